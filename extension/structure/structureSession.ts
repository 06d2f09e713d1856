/**
 * One structure page and what it shows: the handshake, the reading, the answers to its messages.
 * Shared by the custom editor and the result panels.
 */

import * as vscode from 'vscode';
import { chooseStructureFile } from './chooseStructureFile.ts';
import { structurePageHtml } from './pageHtml.ts';
import {
  type DeclaredConfidence,
  type HostMessage,
  type PageMessage,
  type PixelCounts,
  type Provenance,
  parsePageMessage,
} from './protocol.ts';
import { saveStructureFile } from './saveFile.ts';
import {
  checkStructureSize,
  type StructureSource,
  StructureSourceError,
  sourceFromUri,
  structureNameOf,
} from './structureSource.ts';

/** One model that can be shown: its bytes, and what its maker says about it. */
export interface StructureModel {
  /** Shown in the model selector, for example `Rank 1 · model_3`. */
  readonly label: string;
  readonly source: StructureSource;
  /** What the numbers mean. Without it the file's own header decides, and B-factors stay B-factors. */
  readonly confidence?: DeclaredConfidence;
  readonly provenance?: Provenance;
  /** Reads the JSON of its predicted aligned errors; `undefined` when there are none after all. */
  readonly readPae?: (cancel: vscode.CancellationToken) => Promise<Uint8Array | undefined>;
}

/** What a session shows. */
export interface StructureSubject {
  readonly title: string;
  /** At least one, best first. */
  readonly models: readonly StructureModel[];
  /** Index of the model shown first; 0 when absent. */
  readonly selectedModel?: number;
  /** Opaque JSON kept in the page's state; handed back when the window was reloaded. */
  readonly restore?: unknown;
}

/** A count of what the page draws, for tests. */
export interface Measurement {
  readonly width: number;
  readonly height: number;
  readonly pixels: PixelCounts;
}

/** Lets a page load the viewer's own two files and nothing else of the disk. */
export function structureWebviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

/** Binds a webview to a {@link StructureSubject}. Nothing is sent before the page says it is ready. */
export class StructureSession implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #measurements = new Map<number, PromiseWithResolvers<Measurement>>();
  #subject: StructureSubject;
  #selected: number;
  #ready = false;
  #serial = 0;
  #measureId = 0;
  /** Fulfilled when the page has drawn what it was sent last; rejected when it could not. */
  #shown = Promise.withResolvers<void>();
  #reading: vscode.CancellationTokenSource | undefined;

  constructor(options: {
    readonly webview: vscode.Webview;
    readonly extensionUri: vscode.Uri;
    readonly subject: StructureSubject;
    readonly log: vscode.LogOutputChannel;
  }) {
    this.#webview = options.webview;
    this.#log = options.log;
    this.#subject = options.subject;
    this.#selected = options.subject.selectedModel ?? 0;
    this.#expect();
    this.#webview.options = structureWebviewOptions(options.extensionUri);
    this.#subscriptions.push(this.#webview.onDidReceiveMessage((message) => this.#receive(message)));
    const part = (name: string): string =>
      this.#webview.asWebviewUri(vscode.Uri.joinPath(options.extensionUri, 'dist', 'webview', name)).toString();
    this.#webview.html = structurePageHtml({
      language: vscode.env.language,
      title: vscode.l10n.t('Structure'),
      texts: vscode.l10n.bundle,
      scriptUri: part('viewer.js'),
      styleUri: part('viewer.css'),
      styleSource: this.#webview.cspSource,
      nonce: crypto.randomUUID().replaceAll('-', ''),
    });
  }

  /** Shows something else in the same page. */
  show(subject: StructureSubject): void {
    this.#subject = subject;
    this.#selected = subject.selectedModel ?? 0;
    if (this.#ready) void this.#send(false);
  }

  /** Reads the shown file again; the page keeps its camera. */
  reload(): void {
    if (this.#ready) void this.#send(true);
  }

  /** Puts a word beside what is shown. */
  notify(text: string): void {
    void this.#post({ type: 'notice', text });
  }

  /**
   * Asks the page what it draws, as soon as it has drawn it. For tests.
   * @throws Error when the structure could not be shown, or was closed
   */
  async measure(): Promise<Measurement> {
    await this.#shown.promise;
    const id = this.#measureId++;
    const answer = Promise.withResolvers<Measurement>();
    this.#measurements.set(id, answer);
    void this.#post({ type: 'measure', id });
    return answer.promise;
  }

  dispose(): void {
    this.#reading?.cancel();
    this.#reading?.dispose();
    this.#reading = undefined;
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    const closed = new Error('The structure was closed.');
    this.#shown.reject(closed);
    for (const answer of this.#measurements.values()) answer.reject(closed);
    this.#measurements.clear();
  }

  get #model(): StructureModel {
    const model = this.#subject.models[this.#selected] ?? this.#subject.models[0];
    if (!model) throw new Error('A structure needs at least one model.');
    return model;
  }

  /** Starts waiting for the next structure to be shown; who waited for the last one waits for it too. */
  #expect(): void {
    const next = Promise.withResolvers<void>();
    // Nobody may be waiting; a failure is told to the user by the page.
    next.promise.catch(() => {});
    this.#shown.resolve(next.promise);
    this.#shown = next;
  }

  async #post(message: HostMessage): Promise<void> {
    await this.#webview.postMessage(message);
  }

  #receive(value: unknown): void {
    const message = parsePageMessage(value);
    if (!message) {
      this.#log.warn('The structure page sent a message that is not understood; it was ignored.');
      return;
    }
    this.#answer(message);
  }

  #answer(message: PageMessage): void {
    switch (message.type) {
      case 'ready':
        // A page that was hidden or reloaded has lost everything: it says so again, and is given everything again.
        this.#ready = true;
        void this.#send(true);
        return;
      case 'retry':
        void this.#send(true);
        return;
      case 'select-model':
        if (message.index >= this.#subject.models.length) return;
        this.#selected = message.index;
        void this.#send(false);
        return;
      case 'compare':
        void this.#compare(this.#subject.models[message.index]);
        return;
      case 'compare-file':
        void this.#compareFile();
        return;
      case 'save-file':
        void this.#saveFile(message.fileName, message.bytes);
        return;
      case 'open-as-text':
        if (this.#model.source.uri) {
          void vscode.commands.executeCommand('vscode.openWith', this.#model.source.uri, 'default');
        }
        return;
      case 'shown':
        if (message.serial === this.#serial) this.#shown.resolve();
        this.#log.debug(
          `${this.#model.source.fileName}: drawn, ${message.atoms} atoms in ${message.residues} residues.`,
        );
        return;
      case 'failed':
        if (message.serial === this.#serial) this.#shown.reject(new Error(message.problem));
        this.#log.warn(`${this.#model.source.fileName}: ${message.problem}`);
        return;
      case 'measured':
        this.#measurements
          .get(message.id)
          ?.resolve({ width: message.width, height: message.height, pixels: message.pixels });
        this.#measurements.delete(message.id);
        return;
    }
  }

  async #send(reloaded: boolean): Promise<void> {
    this.#reading?.cancel();
    this.#reading?.dispose();
    const reading = new vscode.CancellationTokenSource();
    this.#reading = reading;
    const serial = ++this.#serial;
    this.#expect();
    const model = this.#model;
    const { fileName } = model.source;
    await this.#post({ type: 'reading', fileName });
    try {
      const name = structureNameOf(fileName);
      const bytes = await model.source.read(reading.token);
      if (reading.token.isCancellationRequested) return;
      checkStructureSize(fileName, bytes.byteLength);
      const pae = await this.#readPae(model, reading.token);
      if (reading.token.isCancellationRequested) return;
      await this.#post({
        type: 'structure',
        serial,
        title: this.#subject.title,
        fileName,
        format: name.format,
        // A plain array of its own: VS Code's file system answers with a Node Buffer, which would travel as JSON text,
        // and a view into a larger buffer would take all of that buffer along.
        bytes: new Uint8Array(bytes),
        models: this.#subject.models.map(({ label }) => ({ label })),
        selectedModel: this.#selected,
        reloaded,
        canOpenAsText: model.source.uri !== undefined && name.format !== 'bcif' && !name.gzipped,
        ...(model.confidence && { confidence: model.confidence }),
        ...(model.provenance && { provenance: model.provenance }),
        ...(pae && { pae: new Uint8Array(pae) }),
        ...(this.#subject.restore !== undefined && { restore: this.#subject.restore }),
      });
    } catch (error) {
      if (reading.token.isCancellationRequested) return;
      const problem = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof StructureSourceError ? error.remedy : 'Choose Try again.';
      this.#log.error(`${fileName}: ${problem}`);
      this.#shown.reject(new Error(problem));
      await this.#post({ type: 'unreadable', problem, remedy });
    }
  }

  /** A structure is worth seeing without its errors; that they are missing goes to the log. */
  async #readPae(model: StructureModel, cancel: vscode.CancellationToken): Promise<Uint8Array | undefined> {
    try {
      return await model.readPae?.(cancel);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn(`${model.source.fileName}: its predicted aligned errors could not be read: ${reason}`);
      return undefined;
    }
  }

  async #compareFile(): Promise<void> {
    const uri = await chooseStructureFile(this.#model.source.uri);
    if (uri) await this.#compare({ label: uri.path.slice(uri.path.lastIndexOf('/') + 1), source: sourceFromUri(uri) });
  }

  /** Sends a second structure for the one that is shown now. */
  async #compare(model: StructureModel | undefined): Promise<void> {
    if (!model) return;
    const serial = this.#serial;
    const reading = new vscode.CancellationTokenSource();
    try {
      const name = structureNameOf(model.source.fileName);
      const bytes = await model.source.read(reading.token);
      checkStructureSize(model.source.fileName, bytes.byteLength);
      await this.#post({
        type: 'comparison',
        serial,
        label: model.label,
        format: name.format,
        bytes: new Uint8Array(bytes),
      });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof StructureSourceError ? error.remedy : '';
      await this.#post({ type: 'comparison-failed', text: `${problem} ${remedy}`.trim() });
    } finally {
      reading.dispose();
    }
  }

  async #saveFile(fileName: string, bytes: Uint8Array): Promise<void> {
    const { uri } = this.#model.source;
    const answer = await saveStructureFile({ fileName, bytes, ...(uri && { besides: uri }) });
    await this.#post({ type: 'file-saved', ...answer });
  }
}
