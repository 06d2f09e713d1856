/** What can happen to a job, for the tests of its reducer: events, and what is true of every job. */
import assert from 'node:assert/strict';
import { isFinished, isLive, type Job, type RunStatus, STAGES, type Stage } from '../../backend/api/job.ts';
import type { JobEvent } from '../../backend/core/events.ts';
import { reduceAll } from '../../backend/core/job.ts';
import { sampleJob } from './sampleJob.ts';

export const AT = '2026-11-22T10:00:01.000Z';
export const RESULT = { confidenceMetric: 'pLDDT', meanConfidence: 90, models: 5, bestModel: 'ranked_0.pdb' } as const;
export const FAILURE = { code: 'no-template', message: 'No template was found.' };

export const planned = (...stages: readonly Stage[]): JobEvent => ({
  type: 'runsPlanned',
  runs: stages.map((stage) => ({ id: stage, stage })),
  at: AT,
});
export const submitted = (runId: string): JobEvent => ({
  type: 'runSubmitted',
  runId,
  schedulerId: `s-${runId}`,
  at: AT,
});
export const observed = (
  runId: string,
  status: RunStatus,
  more: Partial<Extract<JobEvent, { type: 'runObserved' }>> = {},
): JobEvent => ({
  type: 'runObserved',
  runId,
  status,
  attempt: 1,
  at: AT,
  ...more,
});
export const published: JobEvent = { type: 'resultPublished', result: RESULT, warnings: [], at: AT };
export const failed = { type: 'failed', failure: FAILURE, at: AT } as const satisfies JobEvent;
export const FEATURES = { key: 'a'.repeat(64), sha256: 'b'.repeat(64) };
/** A plan that begins with features from the cache: its run is `cached`. */
export const plannedFromCache: JobEvent = {
  type: 'runsPlanned',
  runs: [{ id: 'cached', stage: 'predict' }],
  features: FEATURES,
  at: AT,
};
/** That run cannot use them. `made`: tells the new runs of one report from those of another. */
export const replaced = (made = ''): JobEvent => ({
  type: 'runReplaced',
  runId: 'cached',
  runs: STAGES.map((stage) => ({ id: `${stage}${made}`, stage })),
  reason: 'The features are gone.',
  at: AT,
});
export const cancel: JobEvent = { type: 'cancelRequested', at: AT };
export const remove: JobEvent = { type: 'deleteRequested', at: AT };
export const jobAfter = (...events: readonly JobEvent[]): Job => reduceAll(sampleJob(), events);

/** Things that are true of every job, whatever has happened to it. */
export function assertConsistent(job: Job): void {
  if (job.status === 'SUCCEEDED') {
    assert.ok(job.result, 'a succeeded job has a result');
    assert.ok(job.runs.some((run) => run.stage === 'predict' && run.status === 'SUCCEEDED'));
  }
  if (job.status === 'FAILED') assert.ok(job.failure?.message && job.statusReason, 'a failed job says why');
  if (job.status === 'CANCELLED' || job.status === 'CANCELLING') assert.ok(job.cancelRequestedAt);
  if (job.status === 'CANCELLED') assert.equal(job.failure, undefined);
  if (job.status === 'DELETING') assert.ok(job.deleteRequestedAt);
  const decisive = job.runs.filter(({ superseded }) => !superseded);
  if (job.status === 'QUEUED') assert.ok(decisive.every((run) => run.schedulerId === undefined));
  if (job.knownFeatures)
    assert.ok(
      job.runs.every(({ stage }) => stage === 'predict'),
      'features, or a run that makes them',
    );
  const replacements = job.runs.length - decisive.length;
  assert.ok(replacements <= 1 && (replacements === 0 || decisive.length === 2));
  assert.equal(job.endedAt !== undefined, isFinished(job.status) || job.status === 'DELETING');
  if (isLive(job.status))
    assert.ok(job.statusReason !== undefined || job.status === 'RUNNING', `${job.status} says why`);
}
