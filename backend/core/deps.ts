import type { Stage } from '../api/job.ts';
import type {
  Clock,
  JobStore,
  KeyStore,
  Logger,
  LogSource,
  Notifier,
  ObjectStore,
  Scheduler,
  WorkQueue,
} from './ports.ts';

/** Who asks. A `user` sees and touches own jobs only, an `admin` all. */
export interface Principal {
  readonly owner: string;
  readonly role: 'user' | 'admin';
}

/** What differs between backends but is no port. */
export interface Policy {
  readonly backend: 'local' | 'aws';
  /** Version of Foldpad, for `GET /health`. */
  readonly version: string;
  /** The queue of requests that name none; without it a request must name one. */
  readonly defaultQueue?: string;
  /** Tries of one run before it counts as failed. */
  readonly maxAttempts: number;
  /** Seconds that one attempt may take. */
  readonly timeoutSeconds: number;
  /** As `timeoutSeconds`, for stages that need another limit. */
  readonly stageTimeouts?: Readonly<Partial<Record<Stage, number>>>;
  /** The queue of `features` runs, where they do not wait in the job's own. */
  readonly featuresQueue?: string;
  /**
   * Seconds for which it is believed that databases and programs are those that a features run has seen: so long features
   * in the cache are used without a features run. Without it every job has one.
   */
  readonly featuresTrustSeconds?: number;
  /** The image that features runs run in now: what one of another image has seen says nothing of this one's programs. */
  readonly featuresImage?: string;
  /** Region of the machines, for prices: `us-east-1`. */
  readonly region?: string;
}

/** Everything the use cases of `core/` stand on. */
export interface CoreDeps {
  readonly jobs: JobStore;
  readonly objects: ObjectStore;
  readonly work: WorkQueue;
  readonly scheduler: Scheduler;
  readonly logs: LogSource;
  readonly notifier: Notifier;
  /** Absent where there is one user, as on one's own machine. */
  readonly keys?: KeyStore;
  readonly clock: Clock;
  /** A fresh random id (UUID v4). */
  readonly newId: () => string;
  readonly log: Logger;
  readonly policy: Policy;
}
