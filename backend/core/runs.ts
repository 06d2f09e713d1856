/** The runs of a job, for the reducer: which of them decide, and how one is changed. */
import type { Job, Run } from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import type { PlannedRun } from './events.ts';

/** A run that nobody has handed over yet. */
export function newRun({ id, stage }: PlannedRun): Run {
  return { id, stage, status: 'SUBMITTED', attempt: 1 };
}

/** Whether a run of that id is there and was replaced. */
export function isSuperseded(job: Job, runId: string | undefined): boolean {
  return job.runs.some(({ id, superseded }) => id === runId && superseded);
}

/** The runs that decide what becomes of the job: those that were not replaced. */
export function decisiveRuns(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ superseded }) => !superseded);
}

/** The first run that has not succeeded and still matters; `undefined` when there is none. */
export function currentRun(runs: readonly Run[]): Run | undefined {
  return decisiveRuns(runs).find((run) => run.status !== 'SUCCEEDED');
}

/** The job with one run changed; the very same job where the run is unknown or stays what it was. */
export function withRun(job: Job, id: string, change: (run: Run) => Run): Job {
  const run = job.runs.find((candidate) => candidate.id === id);
  if (!run) return job;
  const changed = change(run);
  if (changed === run) return job;
  return { ...job, runs: job.runs.map((other) => (other === run ? inOrder(changed) : other)) };
}

/** Properties in one order, so that equal runs are equal as JSON. */
function inOrder(run: Run): Run {
  const { id, stage, status, schedulerId, attempt, statusReason, exitCode, startedAt, endedAt } = run;
  return dropUndefined({
    id,
    stage,
    status,
    schedulerId,
    attempt,
    statusReason,
    exitCode,
    startedAt,
    endedAt,
    logStreams: run.logStreams,
    superseded: run.superseded,
  });
}
