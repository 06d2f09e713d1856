import { isFinished, type Job } from '../../backend/api/job.ts';
import { UserError } from '../base/errors.ts';
import type { JobStore } from '../jobs/jobStore.ts';

type Store = Pick<JobStore, 'find' | 'follow' | 'refresh' | 'onDidChange'>;

/** What of a `vscode.CancellationToken` is needed. */
export interface CancelSignal {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): unknown };
}

/** A job's end. @throws Error when the job is gone or unknown, or the token is cancelled */
export async function whenEnded(store: Store, id: string, cancel?: CancelSignal): Promise<Job> {
  if (!store.find(id)) {
    store.follow([id]);
    await store.refresh();
  }
  return new Promise((resolve, reject) => {
    const listening: { dispose(): unknown }[] = [];
    const finish = (settle: () => void) => {
      for (const one of listening) one.dispose();
      settle();
    };
    const look = () => {
      const job = store.find(id);
      if (!job) finish(() => reject(unknownJob(id)));
      else if (isFinished(job.status)) finish(() => resolve(job));
    };
    const stop = () => finish(() => reject(new UserError(`Waiting for job ${id} was cancelled.`)));
    listening.push(store.onDidChange(look));
    if (cancel) listening.push(cancel.onCancellationRequested(stop));
    if (cancel?.isCancellationRequested) stop();
    else look();
  });
}

/** For programs, so it is not translated. */
export function unknownJob(id: string): UserError {
  return new UserError(`There is no job ${id}. It may have been deleted, or belong to another backend.`);
}
