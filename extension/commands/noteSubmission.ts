/** Writes down what the Jobs view tells of submitted jobs beyond what the server says. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import type { WireJobRequest } from '../../backend/api/wireRequest.ts';
import { describeError } from '../base/errors.ts';
import type { BackendId } from '../connection/address.ts';
import type { Services } from './services.ts';

export interface Submitted {
  readonly request: WireJobRequest;
  /** The file that the sequence is from. */
  readonly uri: vscode.Uri;
}

/** More than these at once are not asked about: nobody compares them one by one. */
const MOST_ESTIMATES = 100;

/**
 * Notes the files of jobs, and then what their predictions were estimated to take.
 *
 * @param submitted in the order of the jobs
 */
export async function noteSubmission(
  { connection, log, notes }: Pick<Services, 'connection' | 'log' | 'notes'>,
  submitted: readonly Submitted[],
  jobs: readonly Job[],
  backend: BackendId,
): Promise<void> {
  await notes.add(
    submitted.flatMap(({ uri }, index) => {
      const job = jobs[index];
      return job && uri.scheme !== 'untitled'
        ? [[job.id, { file: vscode.workspace.asRelativePath(uri) }] as const]
        : [];
    }),
  );
  try {
    const requests = submitted.slice(0, MOST_ESTIMATES).map(({ request }) => request);
    const estimates = await connection.useAt(backend, (client) => client.estimate(requests));
    await notes.add(
      estimates.flatMap(({ minutes, cost }, index) => {
        const job = jobs[index];
        return job ? [[job.id, { forecast: { minutes, ...(cost ? { cost } : {}) } }] as const] : [];
      }),
    );
  } catch (error) {
    // The jobs run all the same; the view says nothing of what was estimated.
    log.warn(`The backend gave no estimate for what was submitted: ${describeError(error)}`);
  }
}
