/** What a structure page is given to show. */

import type * as vscode from 'vscode';
import type { DeclaredConfidence, Provenance } from './protocol.ts';
import type { StructureSource } from './structureSource.ts';

/** One model that can be shown: its bytes, and what its maker says about it. */
export interface StructureModel {
  /** Shown in the model selector, for example `Rank 1 · model_3`. */
  readonly label: string;
  readonly source: StructureSource;
  /** By which it is found again after the window was reloaded: a file, or a file of a result. */
  readonly place?: vscode.Uri;
  /** What the numbers mean. Without it the file's own header decides, and B-factors stay B-factors. */
  readonly confidence?: DeclaredConfidence;
  readonly provenance?: Provenance;
  /** Reads the JSON of its predicted aligned errors; `undefined` when there are none after all. */
  readonly readPae?: (cancel: vscode.CancellationToken) => Promise<Uint8Array | undefined>;
}

/** What a session shows. */
export interface StructureSubject {
  /** Names what is shown, for example the job: what is laid over it is remembered by this name. */
  readonly key: string;
  readonly title: string;
  /** At least one, best first. */
  readonly models: readonly StructureModel[];
  /** Index of the model shown first; 0 when absent. */
  readonly selectedModel?: number;
  /** Indices of the models that are laid over it at first; none when absent. */
  readonly together?: readonly number[];
  /** Opaque JSON kept in the page's state; handed back when the window was reloaded. */
  readonly restore?: unknown;
}
