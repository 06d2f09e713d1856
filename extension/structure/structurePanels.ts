/** Panels that show results: one per structure, used again when it is opened again, restored after a window reload. */

import * as vscode from 'vscode';
import { structureIcon } from '../base/icons.ts';
import {
  type Measurement,
  StructureSession,
  type StructureSubject,
  structureWebviewOptions,
} from './structureSession.ts';

/** `viewType` of result panels; the manifest activates on `onWebviewPanel:foldpad.result`. */
export const STRUCTURE_PANEL = 'foldpad.result';

/** A structure to open. */
export interface StructureRequest extends StructureSubject {
  /** Names the structure, for example the job id: opening the same key again shows the panel that is there. */
  readonly key: string;
}

/** What a request was restored from: the JSON given as `restore` when it was opened. */
export type RestoreStructure = (restore: unknown) => Promise<StructureRequest | undefined>;

/** Opens and keeps the result panels. */
export class StructurePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #extensionUri: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #restore: RestoreStructure;
  readonly #open = new Map<string, { readonly panel: vscode.WebviewPanel; readonly session: StructureSession }>();

  /**
   * @param options.restore makes the request again from the JSON it was opened with; undefined when it is gone.
   */
  constructor(options: {
    readonly extensionUri: vscode.Uri;
    readonly log: vscode.LogOutputChannel;
    readonly restore: RestoreStructure;
  }) {
    this.#extensionUri = options.extensionUri;
    this.#log = options.log;
    this.#restore = options.restore;
  }

  /** Makes panels come back after the window is reloaded; dispose the answer to stop that. */
  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(STRUCTURE_PANEL, this);
  }

  /** Shows a structure: in the panel it already has, or in a new one beside nothing else. */
  open(request: StructureRequest, column: vscode.ViewColumn = vscode.ViewColumn.Active): void {
    const known = this.#open.get(request.key);
    if (known) {
      known.panel.title = request.title;
      known.panel.reveal();
      known.session.show(request);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      STRUCTURE_PANEL,
      request.title,
      column,
      structureWebviewOptions(this.#extensionUri),
    );
    this.#adopt(panel, request);
  }

  /** VS Code calls this for each panel that was open before the reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = typeof state === 'object' && state !== null && 'restore' in state ? state.restore : undefined;
    const selected = typeof state === 'object' && state !== null && 'selectedModel' in state ? state.selectedModel : 0;
    let request: StructureRequest | undefined;
    try {
      request = kept === undefined ? undefined : await this.#restore(kept);
    } catch (error) {
      this.#log.error(`A structure could not be restored: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!request || this.#open.has(request.key)) {
      // An empty tab helps nobody; the structure can be opened again from the Jobs view.
      panel.dispose();
      return;
    }
    const selectedModel = request.models.findIndex((_, index) => index === selected);
    this.#adopt(panel, { ...request, selectedModel: Math.max(selectedModel, 0) });
  }

  /** What the panel of a structure draws; undefined when it is not open. For tests. */
  measure(key: string): Promise<Measurement> | undefined {
    return this.#open.get(key)?.session.measure();
  }

  dispose(): void {
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, request: StructureRequest): void {
    panel.iconPath = structureIcon(this.#extensionUri);
    const session = new StructureSession({
      webview: panel.webview,
      extensionUri: this.#extensionUri,
      subject: request,
      log: this.#log,
    });
    this.#open.set(request.key, { panel, session });
    panel.onDidDispose(() => {
      session.dispose();
      this.#open.delete(request.key);
    });
  }
}
