import type { Context, ScheduledEvent } from 'aws-lambda';
import type { CoreDeps } from '../core/deps.ts';
import { type ReconcileReport, reconcile } from '../core/reconcile.ts';
import { counted } from './counting.ts';
import type { Telemetry } from './telemetry.ts';

export interface RepairParts {
  readonly deps: CoreDeps;
  readonly telemetry: Telemetry;
}

/** Repairs, on a schedule, what events and messages missed. */
export function repairHandler({ deps, telemetry }: RepairParts) {
  const parts = counted(deps, telemetry);
  return (event: Pick<ScheduledEvent, 'id'>, context: Context): Promise<ReconcileReport> =>
    telemetry.during(context, { eventId: event.id ?? '' }, async () => {
      const report = await reconcile(parts);
      telemetry.count('LiveJobs', report.jobs);
      telemetry.count('RunsLost', report.lost);
      telemetry.count('WorkResent', report.resent);
      telemetry.log.info('reconciled', { ...report });
      return report;
    });
}
