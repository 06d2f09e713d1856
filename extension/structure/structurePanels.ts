/** Panels that show results: one per structure, used again when it is opened again, restored after a window reload. */

import * as vscode from 'vscode';
import { structureIcon } from '../base/icons.ts';
import { type Measurement, type PageServices, StructureSession, structureWebviewOptions } from './structureSession.ts';
import type { StructureSubject } from './structureSubject.ts';

/** `viewType` of result panels; the manifest activates on `onWebviewPanel:foldpad.result`. */
export const STRUCTURE_PANEL = 'foldpad.result';

/** What a request was restored from: the JSON given as `restore` when it was opened. */
export type RestoreStructure = (restore: unknown) => Promise<StructureSubject | undefined>;

/** Opens and keeps the result panels. */
export class StructurePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #services: PageServices;
  readonly #restore: RestoreStructure;
  readonly #open = new Map<string, { readonly panel: vscode.WebviewPanel; readonly session: StructureSession }>();

  /** @param restore makes the subject again from the JSON it was opened with; undefined when it is gone. */
  constructor(services: PageServices, restore: RestoreStructure) {
    this.#services = services;
    this.#restore = restore;
  }

  /** Makes panels come back after the window is reloaded; dispose the answer to stop that. */
  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(STRUCTURE_PANEL, this);
  }

  /** Shows a structure: in the panel that its key already has, or in a new one. */
  open(request: StructureSubject, column: vscode.ViewColumn = vscode.ViewColumn.Active): void {
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
      structureWebviewOptions(this.#services.extensionUri),
    );
    this.#adopt(panel, request);
  }

  /** VS Code calls this for each panel that was open before the reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = typeof state === 'object' && state !== null && 'restore' in state ? state.restore : undefined;
    const selected = typeof state === 'object' && state !== null && 'selectedModel' in state ? state.selectedModel : 0;
    let request: StructureSubject | undefined;
    try {
      request = kept === undefined ? undefined : await this.#restore(kept);
    } catch (error) {
      this.#services.log.error(
        `A structure could not be restored: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    if (!request || this.#open.has(request.key)) {
      // An empty tab helps nobody; the structure can be opened again from the Jobs view.
      panel.dispose();
      return;
    }
    this.#adopt(panel, { ...request, selectedModel: Number.isSafeInteger(selected) ? Number(selected) : 0 });
  }

  /** What the panel of a structure draws; undefined when it is not open. For tests. */
  measure(key: string): Promise<Measurement> | undefined {
    return this.#open.get(key)?.session.measure();
  }

  dispose(): void {
    for (const { panel } of [...this.#open.values()]) panel.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, request: StructureSubject): void {
    panel.iconPath = structureIcon(this.#services.extensionUri);
    const session = new StructureSession(panel, request, this.#services);
    this.#open.set(request.key, { panel, session });
    panel.onDidDispose(() => {
      session.dispose();
      this.#open.delete(request.key);
    });
  }
}
