/** The custom editor for structure files. */

import * as vscode from 'vscode';
import { type Measurement, type PageServices, StructureSession } from './structureSession.ts';
import { modelOfFile } from './structureShelf.ts';

/** `viewType` of the custom editor in the manifest. */
export const STRUCTURE_EDITOR = 'foldpad.structure';

/** How long a changed file must be quiet before it is read again (ms): programs write in several steps. */
const QUIET_MS = 300;

/** A structure file opened in the editor. It is only read. */
export class StructureDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  constructor(uri: vscode.Uri) {
    this.uri = uri;
  }
  dispose(): void {}
}

/** Opens `.pdb .ent .cif .mmcif .bcif` (each also `.gz`) from any file system the editor knows. */
export class StructureEditorProvider implements vscode.CustomReadonlyEditorProvider<StructureDocument> {
  readonly #services: PageServices;
  readonly #sessions = new Map<string, StructureSession>();

  constructor(services: PageServices) {
    this.#services = services;
  }

  /** Registers the editor; dispose the answer to take it away. */
  register(): vscode.Disposable {
    return vscode.window.registerCustomEditorProvider(STRUCTURE_EDITOR, this, {
      supportsMultipleEditorsPerDocument: true,
      // The page keeps its state and is sent its data again: a hidden tab holds no memory and no graphics context.
      webviewOptions: { retainContextWhenHidden: false },
    });
  }

  openCustomDocument(uri: vscode.Uri): StructureDocument {
    return new StructureDocument(uri);
  }

  resolveCustomEditor(document: StructureDocument, panel: vscode.WebviewPanel): void {
    const model = modelOfFile(document.uri);
    const key = document.uri.toString();
    const subject = { key, title: model.label, models: [model] };
    const session = new StructureSession(panel, subject, this.#services);
    this.#sessions.set(key, session);
    const watcher = watchFile(document.uri, {
      changed: () => session.reload(),
      deleted: () =>
        session.notify(
          vscode.l10n.t('{0} was deleted on disk. This is how it was when it was last read.', model.label),
        ),
    });
    panel.onDidDispose(() => {
      watcher.dispose();
      session.dispose();
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    });
  }

  /** What the open editor of a file draws; undefined when it is not open. For tests. */
  measure(uri: vscode.Uri): Promise<Measurement> | undefined {
    return this.#sessions.get(uri.toString())?.measure();
  }
}

/**
 * Watches one file. Its folder is watched and the name compared, because a file name may hold glob characters
 * (`model[1].pdb`).
 */
function watchFile(
  uri: vscode.Uri,
  on: { readonly changed: () => void; readonly deleted: () => void },
): vscode.Disposable {
  const folder = vscode.Uri.joinPath(uri, '..');
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '*'));
  const wanted = uri.toString();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (action: () => void) => (changed: vscode.Uri) => {
    if (changed.toString() !== wanted) return;
    clearTimeout(timer);
    timer = setTimeout(action, QUIET_MS);
  };
  watcher.onDidChange(later(on.changed));
  watcher.onDidCreate(later(on.changed));
  watcher.onDidDelete(later(on.deleted));
  return {
    dispose: () => {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
