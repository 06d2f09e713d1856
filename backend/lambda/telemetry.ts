import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { Logger } from '../core/ports.ts';
import { redact, redactText } from './redact.ts';

/** CloudWatch namespace of everything that is counted; the dimension `service` is the deployment's prefix. */
const NAMESPACE = 'Foldpad';

/** Everything that is counted, and in what. Alarms and dashboard name these. */
export const METRICS = {
  JobsSubmitted: MetricUnit.Count,
  JobsSucceeded: MetricUnit.Count,
  JobsFailed: MetricUnit.Count,
  JobsCancelled: MetricUnit.Count,
  /** From the sending of a job's dispatch to the moment when the scheduler has its runs. */
  DispatchLatency: MetricUnit.Milliseconds,
  /** Work that did not succeed and is tried again. */
  WorkRetried: MetricUnit.Count,
  /** Messages that nobody understands. */
  WorkPoisoned: MetricUnit.Count,
  KeysRefused: MetricUnit.Count,
  RequestErrors: MetricUnit.Count,
  LiveJobs: MetricUnit.Count,
  RunsLost: MetricUnit.Count,
  WorkResent: MetricUnit.Count,
} as const;
export type MetricName = keyof typeof METRICS;

/** Log and metrics of one function. */
export class Telemetry {
  readonly #logger: PowertoolsLogger;
  readonly #metrics: Metrics;
  /** The domain's log; nothing secret passes. */
  readonly log: Logger;

  /** @param service the deployment's prefix @param component name of the function */
  constructor(service: string, component: string) {
    this.#logger = new PowertoolsLogger({ serviceName: service, persistentKeys: { component } });
    this.#metrics = new Metrics({ namespace: NAMESPACE, serviceName: service });
    const write = (level: 'info' | 'warn' | 'error'): Logger['info'] => {
      return (message, facts = {}) =>
        this.#logger[level](redactText(message), redact(facts) as Record<string, unknown>);
    };
    this.log = { info: write('info'), warn: write('warn'), error: write('error') };
  }

  count(name: MetricName, value = 1): void {
    this.#metrics.addMetric(name, METRICS[name], value);
  }

  /**
   * Does the work of one invocation: its lines carry the ids given, and what was counted is published at its end.
   *
   * @param ids what tells this invocation from others, for example the request's id
   */
  async during<T>(context: Context, ids: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
    this.#logger.addContext(context);
    this.#logger.appendKeys(redact(ids) as Record<string, string>);
    try {
      return await work();
    } catch (error) {
      this.log.error('the function failed', { error });
      throw error;
    } finally {
      if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
      this.#logger.resetKeys();
    }
  }
}
