import type { Context, EventBridgeEvent } from 'aws-lambda';
import { isFinished, type RunStatus } from '../api/job.ts';
import { observationOfEvent } from '../aws/batchEvents.ts';
import type { CoreDeps } from '../core/deps.ts';
import { trackRun } from '../core/track.ts';
import { counted } from './counting.ts';
import type { Telemetry } from './telemetry.ts';

export interface FollowParts {
  /** With a notifier that tells people once, however often it is called for a job. */
  readonly deps: CoreDeps;
  readonly telemetry: Telemetry;
  /** The deployment's, whose jobs are followed. */
  readonly prefix: string;
}

function isEnded(status: RunStatus): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/**
 * Takes in what AWS Batch and the runs report through EventBridge. A report that could not be taken in fails the
 * invocation: Lambda tries again, and what still fails is kept for people while the reconciler asks Batch itself.
 */
export function followHandler({ deps, telemetry, prefix }: FollowParts) {
  const parts = counted(deps, telemetry);
  return (event: EventBridgeEvent<string, unknown>, context: Context): Promise<void> =>
    telemetry.during(context, { eventId: event.id ?? '' }, async () => {
      const observation = observationOfEvent(event, prefix);
      if (!observation) {
        telemetry.log.info('event of others', { source: event.source, type: event['detail-type'] });
        return;
      }
      const { jobId, runId, status, attempt } = observation;
      telemetry.log.info('run reported', { jobId, runId, status, attempt, progress: observation.progress });
      const change = await trackRun(parts, observation);
      // Whoever's write had ended the job may have died before it told people. The notifier tells them once.
      if (change && isFinished(change.before.status) && isEnded(status)) await deps.notifier.jobEnded(change.after);
    });
}
