/** Colours and badges of the rows of jobs: what to trust, what failed, what needs somebody. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import type { JobStore } from './jobStore.ts';
import { confidenceText } from './jobText.ts';
import { waitingAdvice } from './waitingAdvice.ts';

const SCHEME = 'foldpad-job';

/** Mean confidence below which a model may be wrong as a whole; AlphaFold's and lDDT's own limit of "low". */
const LOW_CONFIDENCE = 50;

/** Names the row of a job, for its decoration. */
export function jobUri(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${id}` });
}

export class JobDecorations extends Disposable implements vscode.FileDecorationProvider {
  readonly #store: JobStore;
  readonly #changed = this._register(new vscode.EventEmitter<vscode.Uri[]>());
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(store: JobStore) {
    super();
    this.#store = store;
    this._register(
      store.onDidChange(({ changed, before }) => {
        const anew = changed.filter((job) => before.get(job.id)?.status !== job.status || isWaiting(job));
        if (anew.length > 0) this.#changed.fire(anew.map(({ id }) => jobUri(id)));
      }),
    );
    this._register(vscode.window.registerFileDecorationProvider(this));
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    const job = this.#store.find(uri.path.slice(1));
    return job && decoration(job);
  }
}

function isWaiting({ statusReason }: Job): boolean {
  return statusReason !== undefined;
}

/** Undefined for jobs of which nothing has to be said at first sight. */
export function decoration(job: Job): vscode.FileDecoration | undefined {
  const make = (badge: string | undefined, tooltip: string, color: string): vscode.FileDecoration =>
    new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(color));
  if (job.status === 'FAILED') return make('!', vscode.l10n.t('Failed'), 'list.errorForeground');
  if (job.status === 'CANCELLED') return make(undefined, vscode.l10n.t('Cancelled'), 'disabledForeground');
  if (job.status === 'SUCCEEDED' && job.result && job.result.meanConfidence < LOW_CONFIDENCE) {
    const text = vscode.l10n.t('Low confidence: {0}. The model may be wrong as a whole.', confidenceText(job.result));
    return make('?', text, 'list.warningForeground');
  }
  const advice = waitingAdvice(job);
  if (advice?.isStuck) return make('!', advice.reason, 'list.warningForeground');
  return undefined;
}
