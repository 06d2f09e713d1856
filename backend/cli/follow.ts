import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from '../api/connectionError.ts';
import { isFinished, type Job } from '../api/job.ts';
import { ProblemError } from '../api/problem.ts';
import { createProgressDisplay, type ProgressDisplay } from './progressDisplay.ts';
import type { Session } from './session.ts';

/** Between two looks at the same job (ms): quick at first, then so that an hour-long job costs next to nothing. */
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;
const PAUSE_GROWTH = 1.15;
/** A backend that does not answer for so long (ms) is given up; its jobs are not. */
const PATIENCE_MS = 120_000;
const RETRY_PAUSE_MS = 2_000;

/**
 * Waits until all jobs have ended, showing what they do.
 *
 * @returns the jobs as they ended, in the order given; without those that somebody has deleted meanwhile
 * @throws the signal's reason when it was aborted; ConnectionError when the backend stays away
 */
export async function followJobs(session: Session, jobs: readonly Job[]): Promise<Job[]> {
  const display = createProgressDisplay(session.output, jobs);
  const ended = new Map<string, Job | undefined>();
  try {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * PAUSE_GROWTH)) {
      for (const { id } of jobs) {
        if (ended.has(id)) continue;
        const job = await look(session, id, display);
        if (job) display.update(job);
        if (!job || isFinished(job.status)) ended.set(id, job);
      }
      if (ended.size === jobs.length) return jobs.flatMap(({ id }) => ended.get(id) ?? []);
      await sleep(pause, undefined, { signal: session.signal });
    }
  } finally {
    display.stop();
  }
}

/** @returns undefined for a job that is gone */
async function look(session: Session, id: string, display: ProgressDisplay): Promise<Job | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  let { client } = await session.connect();
  for (;;) {
    try {
      return (await client.get(id, { signal: session.signal })).job;
    } catch (error) {
      if (error instanceof ProblemError && error.kind === 'not-found') return undefined;
      if (!(error instanceof ConnectionError) || performance.now() > deadline) throw error;
      display.say('The backend does not answer; trying again. The jobs are not lost.');
      await sleep(RETRY_PAUSE_MS, undefined, { signal: session.signal });
      client = (await session.reconnect()).client;
    }
  }
}
