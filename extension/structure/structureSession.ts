/**
 * One structure page and what it shows: the handshake, the reading, the answers to its messages.
 * Shared by the custom editor and the result panels.
 */

import * as vscode from 'vscode';
import type { OpenPages } from './openPages.ts';
import { structurePageHtml } from './pageHtml.ts';
import { PageLink } from './pageLink.ts';
import { type HostMessage, type PageMessage, type PixelCounts, parsePageMessage } from './protocol.ts';
import { saveStructureFile } from './saveFile.ts';
import type { StructureShelf } from './structureShelf.ts';
import { readStructure, StructureSourceError } from './structureSource.ts';
import type { StructureModel, StructureSubject } from './structureSubject.ts';
import { StructuresTogether } from './structuresTogether.ts';

/** The parts of the extension that every page shares. */
export interface PageServices {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly pages: OpenPages;
  readonly shelf: StructureShelf;
}

/** A count of what the page draws, for tests. */
export interface Measurement {
  readonly width: number;
  readonly height: number;
  readonly pixels: PixelCounts;
}

/** Lets a page load the viewer's own files and nothing else of the disk. */
export function structureWebviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

/** Binds a webview to a {@link StructureSubject}. Nothing is sent before the page says it is ready. */
export class StructureSession implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #webview: vscode.Webview;
  readonly #log: vscode.LogOutputChannel;
  readonly #shelf: StructureShelf;
  readonly #link: PageLink;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #measurements = new Map<number, PromiseWithResolvers<Measurement>>();
  #subject: StructureSubject;
  #together: StructuresTogether;
  #ready = false;
  #serial = 0;
  #measureId = 0;
  /** Fulfilled when the page has drawn what it was sent last; rejected when it could not. */
  #shown = Promise.withResolvers<void>();
  #reading: vscode.CancellationTokenSource | undefined;

  constructor(panel: vscode.WebviewPanel, subject: StructureSubject, services: PageServices) {
    const { extensionUri, log, pages, shelf } = services;
    this.panel = panel;
    this.#webview = panel.webview;
    this.#log = log;
    this.#shelf = shelf;
    this.#subject = subject;
    this.#together = new StructuresTogether(this, shelf, subject);
    this.#link = new PageLink(this, pages);
    // It follows the next one: when the tab is closed early, nobody has to have waited.
    this.#shown.promise.catch(() => {});
    this.#expect();
    this.#webview.options = structureWebviewOptions(extensionUri);
    this.#subscriptions.push(this.#webview.onDidReceiveMessage((message) => this.#receive(message)));
    this.#subscriptions.push(panel.onDidChangeViewState(() => this.#link.moved()));
    const part = (name: string): string =>
      this.#webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
    this.#webview.html = structurePageHtml({
      language: vscode.env.language,
      title: vscode.l10n.t('Structure'),
      texts: vscode.l10n.bundle,
      scriptUri: part('viewer.js'),
      libraryUri: part('ngl.js'),
      styleUri: part('viewer.css'),
      styleSource: this.#webview.cspSource,
      nonce: crypto.randomUUID().replaceAll('-', ''),
    });
  }

  /** Shows something else in the same page. */
  show(subject: StructureSubject): void {
    this.#subject = subject;
    this.#together = new StructuresTogether(this, this.#shelf, subject);
    if (this.#ready) void this.#send(false);
  }

  /** Reads the shown file again; the page keeps its camera. */
  reload(): void {
    if (this.#ready) void this.#send(true);
  }

  /** Puts a word beside what is shown. */
  notify(text: string): void {
    void this.post({ type: 'notice', text });
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
    void this.post({ type: 'measure', id });
    return answer.promise;
  }

  dispose(): void {
    this.#reading?.cancel();
    this.#reading?.dispose();
    this.#reading = undefined;
    this.#link.dispose();
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    const closed = new Error('The structure was closed.');
    this.#shown.reject(closed);
    for (const answer of this.#measurements.values()) answer.reject(closed);
    this.#measurements.clear();
  }

  /** Counts what was sent: the page quotes it. */
  get serial(): number {
    return this.#serial;
  }

  /** Where the shown structure is from. */
  get place(): vscode.Uri | undefined {
    return this.#model.place;
  }

  get #model(): StructureModel {
    return this.#together.structures.shown;
  }

  /** Starts waiting for the next structure to be shown; who waited for the last one waits for it too. */
  #expect(): void {
    const next = Promise.withResolvers<void>();
    // Nobody may be waiting; a failure is told to the user by the page.
    next.promise.catch(() => {});
    this.#shown.resolve(next.promise);
    this.#shown = next;
  }

  /** Sends a message to the page. */
  async post(message: HostMessage): Promise<void> {
    await this.#webview.postMessage(message);
  }

  #receive(value: unknown): void {
    const message = parsePageMessage(value);
    if (!message) {
      this.#log.warn('The structure page sent a message that is not understood; it was ignored.');
      return;
    }
    this.#link.receive(message);
    void this.#together.receive(message);
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
        if (this.#together.select(message.index)) void this.#send(false);
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
    this.#link.clear();
    const together = this.#together;
    await together.load();
    if (reading.token.isCancellationRequested) return;
    const { models, selected, shown: model, together: others } = together.structures;
    const { fileName } = model.source;
    await this.post({ type: 'reading', fileName });
    try {
      const { format, gzipped, bytes } = await readStructure(model.source, reading.token);
      if (reading.token.isCancellationRequested) return;
      const pae = await this.#readPae(model, reading.token);
      if (reading.token.isCancellationRequested) return;
      await this.post({
        type: 'structure',
        serial,
        title: this.#subject.title,
        fileName,
        format,
        bytes,
        models: models.map(({ label }) => ({ label })),
        selectedModel: selected,
        together: others.length,
        reloaded,
        canOpenAsText: model.source.uri !== undefined && format !== 'bcif' && !gzipped,
        ...(model.confidence && { confidence: model.confidence }),
        ...(model.provenance && { provenance: model.provenance }),
        ...(pae && { pae: new Uint8Array(pae) }),
        ...(this.#subject.restore !== undefined && { restore: this.#subject.restore }),
      });
      await together.sendAll();
    } catch (error) {
      if (reading.token.isCancellationRequested) return;
      const problem = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof StructureSourceError ? error.remedy : vscode.l10n.t('Choose Try again.');
      this.#log.error(`${fileName}: ${problem}`);
      this.#shown.reject(new Error(problem));
      await this.post({ type: 'unreadable', problem, remedy });
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

  async #saveFile(fileName: string, bytes: Uint8Array): Promise<void> {
    const { uri } = this.#model.source;
    const answer = await saveStructureFile({ fileName, bytes, ...(uri && { besides: uri }) });
    await this.post({ type: 'file-saved', ...answer });
  }
}
