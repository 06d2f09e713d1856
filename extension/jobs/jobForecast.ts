/**
 * How long a job has taken, and how long it may still take: from its own progress and from what the backend estimated
 * when it was submitted. Pure.
 */

import { isLive, type Job, type Stage } from '../../backend/api/job.ts';
import type { Forecast } from './jobNotes.ts';

export interface JobTimes {
  /** Since it was submitted, until it ended or now (ms). */
  readonly sinceCreated: number;
  /** Run time (ms); undefined before the start. */
  readonly elapsed?: number;
  /** What may be left (ms); undefined when nothing is known. */
  readonly remaining?: number;
  /** Part of the job, 0–1, where it can be told. */
  readonly fraction?: number;
  /** It has taken longer than the highest estimate. */
  readonly isLate: boolean;
}

/** Below this part, progress says little about the rest: what comes first is seldom typical. */
const EARLIEST = 0.05;
const MINUTE = 60_000;

/** @param now ms since 1970 */
export function jobTimes(job: Job, forecast: Forecast | undefined, now: number): JobTimes {
  const end = job.endedAt === undefined ? now : Date.parse(job.endedAt);
  const sinceCreated = Math.max(0, end - Date.parse(job.createdAt));
  if (job.startedAt === undefined) return { sinceCreated, isLate: false };
  const elapsed = Math.max(0, end - Date.parse(job.startedAt));
  const live = isLive(job.status);
  const isLate = live && forecast !== undefined && elapsed > forecast.minutes.high * MINUTE;
  const remaining = live && job.status === 'RUNNING' ? remainingOf(job, elapsed, forecast, now) : undefined;
  const fraction = remaining === undefined ? undefined : elapsed / (elapsed + remaining);
  return {
    sinceCreated,
    elapsed,
    isLate,
    ...(remaining === undefined ? {} : { remaining }),
    ...(fraction === undefined || Number.isNaN(fraction) ? {} : { fraction }),
  };
}

/**
 * By the estimate at first, more and more by the progress, which knows this job. A job with a stage still to come can only
 * be judged by an estimate; without one, nothing is said.
 */
function remainingOf(job: Job, elapsed: number, forecast: Forecast | undefined, now: number): number | undefined {
  const byEstimate = forecast && Math.max(0, forecast.minutes.likely * MINUTE - elapsed);
  const stage = job.progress?.stage ?? currentRun(job)?.stage;
  if (stage === undefined || hasStageToCome(job, stage)) return positive(byEstimate);
  const fraction = job.progress?.fraction ?? 0;
  const byProgress = stageRemaining(job, now);
  if (byProgress === undefined) return positive(byEstimate);
  // What the estimate left over has no weight any more when the job has taken longer.
  if (!byEstimate) return byProgress;
  return fraction * byProgress + (1 - fraction) * byEstimate;
}

/** What may be left of the stage that runs now (ms), by its own progress. */
export function stageRemaining(job: Job, now: number): number | undefined {
  const { progress } = job;
  const startedAt = currentRun(job)?.startedAt;
  if (!progress || startedAt === undefined || progress.fraction < EARLIEST || progress.fraction > 1) return undefined;
  const elapsed = Math.max(0, now - Date.parse(startedAt));
  return (elapsed * (1 - progress.fraction)) / progress.fraction;
}

/** AlphaFold jobs predict after their search. */
function hasStageToCome(job: Job, stage: Stage): boolean {
  return stage === 'features' && job.engine === 'alphafold2';
}

function currentRun({ runs }: Job) {
  return runs.find(({ status }) => status === 'RUNNING');
}

/** An estimate that is used up says nothing. */
function positive(milliseconds: number | undefined): number | undefined {
  return milliseconds !== undefined && milliseconds > 0 ? milliseconds : undefined;
}
