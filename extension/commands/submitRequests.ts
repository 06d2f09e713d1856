/** Sends requests to one backend, and lets the editor follow what it took. What was taken is never lost sight of. */

import * as vscode from 'vscode';
import { isLive, type Job } from '../../backend/api/job.ts';
import { isProblem, UserError } from '../base/errors.ts';
import { errorText } from '../base/said.ts';
import type { BackendId } from '../connection/address.ts';
import { backendName } from '../connection/profile.ts';
import { forEachJob } from './chosenJobs.ts';
import { noteSubmission, type Submitted } from './noteSubmission.ts';
import type { Services } from './services.ts';

export interface Submission {
  readonly submitted: readonly Submitted[];
  /** The backend that it was prepared for; it goes to no other, whatever is chosen meanwhile. */
  readonly backend: BackendId;
}

/**
 * Submits all or nothing.
 *
 * @param signal takes the jobs back once the backend has answered: to break off the request would leave it to chance
 * whether they run, and nobody would know
 * @throws CancellationError when they were taken back
 */
export async function submitRequests(
  services: Pick<Services, 'connection' | 'log' | 'notes' | 'notifier' | 'store'>,
  { submitted, backend }: Submission,
  signal?: AbortSignal,
): Promise<readonly Job[]> {
  const { connection, notifier, store } = services;
  if (signal?.aborted) throw new vscode.CancellationError();
  // A retry with the same key would give the same jobs.
  const idempotencyKey = crypto.randomUUID();
  const requests = submitted.map(({ request }) => request);
  const jobs = await connection.useAt(backend, (client) => client.submit(requests, { idempotencyKey }));
  if (connection.backend === backend) store.apply(jobs);
  if (signal?.aborted) {
    await takeBack(services, jobs, backend);
    throw new vscode.CancellationError();
  }
  void noteSubmission(services, submitted, jobs, backend);
  await notifier.expect(jobs, backend);
  if (connection.backend !== backend) {
    const name = backendName(backend);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Submitted to {0}. Another backend was chosen in the meantime; choose {0} to see the jobs.', name),
    );
  }
  return jobs;
}

/** @throws UserError when some of them run on */
async function takeBack(
  { connection, store }: Pick<Services, 'connection' | 'store'>,
  jobs: readonly Job[],
  backend: BackendId,
): Promise<void> {
  const errors = await forEachJob(
    jobs.filter(({ status }) => isLive(status)),
    async ({ id }) => {
      try {
        const job = await connection.useAt(backend, (client) => client.cancel(id));
        if (connection.backend === backend) store.apply([job]);
      } catch (error) {
        if (!isProblem(error) || error.kind !== 'job-is-finished') throw error;
      }
    },
  );
  const [first] = errors;
  if (first === undefined) return;
  throw new UserError(
    vscode.l10n.t(
      'The backend had taken the predictions before you cancelled, and {0} of {1} could not be cancelled: {2} Cancel them in the Jobs view.',
      errors.length,
      jobs.length,
      errorText(first),
    ),
    [],
    { cause: first },
  );
}
