/** The parts of the extension that commands work with. Each command asks for the few it needs. */

import type * as vscode from 'vscode';
import type { Connection } from '../connection/connection.ts';
import type { KeyRing } from '../connection/keyRing.ts';
import type { FastaLanguage } from '../fasta/fastaLanguage.ts';
import type { EndNotifier } from '../jobs/endNotifier.ts';
import type { JobArrangement } from '../jobs/jobArrangement.ts';
import type { JobFilter } from '../jobs/jobFilter.ts';
import type { JobNotes } from '../jobs/jobNotes.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { JobsView } from '../jobs/jobsView.ts';
import type { JobLog } from '../logs/jobLog.ts';
import type { ResultReader } from '../results/resultReader.ts';
import type { OpenPages } from '../structure/openPages.ts';
import type { StructurePanels } from '../structure/structurePanels.ts';
import type { StructureShelf } from '../structure/structureShelf.ts';
import type { PredictionMemory } from '../submit/predictionMemory.ts';

export interface Services {
  readonly arrangement: JobArrangement;
  readonly connection: Connection;
  readonly extensionUri: vscode.Uri;
  readonly fasta: FastaLanguage;
  readonly filter: JobFilter;
  readonly jobLog: JobLog;
  readonly keys: KeyRing;
  readonly log: vscode.LogOutputChannel;
  /** Remembers choices for this user. */
  readonly memory: vscode.Memento;
  readonly notes: JobNotes;
  readonly notifier: EndNotifier;
  readonly pages: OpenPages;
  readonly panels: StructurePanels;
  /** What was chosen for the last prediction. */
  readonly predictions: PredictionMemory;
  readonly results: ResultReader;
  readonly shelf: StructureShelf;
  readonly store: JobStore;
  /** Version of the extension. */
  readonly version: string;
  readonly view: JobsView;
}
