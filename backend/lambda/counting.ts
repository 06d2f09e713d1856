import type { JobStatus } from '../api/job.ts';
import type { CoreDeps } from '../core/deps.ts';
import type { JobStore, Notifier } from '../core/ports.ts';
import type { MetricName, Telemetry } from './telemetry.ts';

const ENDS: Readonly<Partial<Record<JobStatus, MetricName>>> = {
  SUCCEEDED: 'JobsSucceeded',
  FAILED: 'JobsFailed',
  CANCELLED: 'JobsCancelled',
};

/** The domain's parts with one function's log, and with jobs counted as they are stored and as they end. */
export function counted(deps: CoreDeps, telemetry: Telemetry): CoreDeps {
  return {
    ...deps,
    log: telemetry.log,
    jobs: countSubmissions(deps.jobs, telemetry),
    notifier: countEnds(deps.notifier, telemetry),
  };
}

function countSubmissions(store: JobStore, telemetry: Telemetry): JobStore {
  return {
    create: async (jobs, idempotency) => {
      const answer = await store.create(jobs, idempotency);
      if (answer.outcome === 'created') telemetry.count('JobsSubmitted', jobs.length);
      return answer;
    },
    get: (id) => store.get(id),
    list: (query) => store.list(query),
    update: (job) => store.update(job),
    remove: (id, version) => store.remove(id, version),
    removeAbandoned: async () => (await store.removeAbandoned?.()) ?? 0,
  };
}

/** The notifier is told of a job's end exactly once, by whoever's write ended it. */
function countEnds(notifier: Notifier, telemetry: Telemetry): Notifier {
  return {
    jobEnded: async (job) => {
      const name = ENDS[job.status];
      if (name) telemetry.count(name);
      await notifier.jobEnded(job);
    },
  };
}
