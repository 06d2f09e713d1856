import type { Failure, KnownFeatures, Progress, ResultSummary, RunStatus, Stage } from '../api/job.ts';

/** A run as planned by dispatch, before the scheduler has it. */
export interface PlannedRun {
  readonly id: string;
  readonly stage: Stage;
}

/**
 * All that can happen to a job. Events may come twice, late or out of order; the reducer in `job.ts` copes.
 * `at` is ISO 8601 UTC.
 */
export type JobEvent =
  /** Dispatch has decided which runs the job needs (before it hands them to the scheduler). */
  | {
      readonly type: 'runsPlanned';
      readonly runs: readonly PlannedRun[];
      /** Those in the cache that the runs start from. */
      readonly features?: KnownFeatures;
      readonly at: string;
    }
  /** A run that started from features in the cache cannot use them: others make them anew, and then do its work. */
  | {
      readonly type: 'runReplaced';
      readonly runId: string;
      readonly runs: readonly PlannedRun[];
      /** A sentence for the user. */
      readonly reason: string;
      readonly at: string;
    }
  /** The scheduler has taken a run. */
  | { readonly type: 'runSubmitted'; readonly runId: string; readonly schedulerId: string; readonly at: string }
  /** The scheduler reports a run's state. */
  | {
      readonly type: 'runObserved';
      readonly runId: string;
      readonly status: RunStatus;
      readonly attempt: number;
      readonly reason?: string;
      readonly exitCode?: number;
      readonly progress?: Progress;
      readonly startedAt?: string;
      readonly endedAt?: string;
      readonly logStreams?: readonly string[];
      readonly at: string;
    }
  /** `result.json` is there. */
  | {
      readonly type: 'resultPublished';
      readonly result: ResultSummary;
      readonly warnings: readonly string[];
      readonly at: string;
    }
  /** The job cannot succeed: the engine's reason, a failed dispatch, a run that ended well without a result. */
  | {
      readonly type: 'failed';
      readonly failure: Failure;
      /** The run that says so; nothing follows from it once that run was replaced. */
      readonly runId?: string;
      readonly at: string;
    }
  /** Why it waits ("no capacity for p4d in us-east-1a"). */
  | { readonly type: 'explained'; readonly reason: string; readonly at: string }
  | { readonly type: 'cancelRequested'; readonly at: string }
  | { readonly type: 'deleteRequested'; readonly at: string };
