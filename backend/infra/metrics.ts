/** The numbers that alarms and dashboard look at. */
import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { DeploymentConfig } from './config.ts';
import { METRICS_NAMESPACE } from './functions.ts';
import { FUNCTIONS, type FunctionName, functionName } from './names.ts';

/** What the functions count (`backend/lambda/telemetry.ts`). */
export type OwnMetric =
  | 'JobsSubmitted'
  | 'JobsSucceeded'
  | 'JobsFailed'
  | 'JobsCancelled'
  | 'DispatchLatency'
  | 'WorkRetried'
  | 'KeysRefused'
  | 'LiveJobs'
  | 'RunsLost';

const FIVE_MINUTES = Duration.minutes(5);

/**
 * Metrics of one deployment; counts are sums over five minutes unless said otherwise. CloudWatch tells those of one graph
 * apart by their names and dimensions, so they have no labels (which would make an alarm on one a formula).
 */
export class OperationMetrics {
  readonly #config: DeploymentConfig;
  readonly #apiId: string;

  constructor(config: DeploymentConfig, apiId: string) {
    this.#config = config;
    this.#apiId = apiId;
  }

  own(metricName: OwnMetric, period = FIVE_MINUTES, statistic: string = Stats.SUM): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.#config.name },
      statistic,
      period,
    });
  }

  queueLength(queueName: string): Metric {
    return this.#queue(queueName, 'ApproximateNumberOfMessagesVisible');
  }

  /** Seconds that the oldest message has waited. */
  queueAge(queueName: string): Metric {
    return this.#queue(queueName, 'ApproximateAgeOfOldestMessage');
  }

  #queue(QueueName: string, metricName: string): Metric {
    return new Metric({
      namespace: 'AWS/SQS',
      metricName,
      dimensionsMap: { QueueName },
      statistic: Stats.MAXIMUM,
      period: FIVE_MINUTES,
    });
  }

  ofFunction(name: FunctionName, metricName: 'Errors' | 'Throttles' | 'Invocations' | 'Duration'): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: functionName(this.#config.name, name) },
      statistic: metricName === 'Duration' ? Stats.p(95) : Stats.SUM,
      period: FIVE_MINUTES,
    });
  }

  functionErrors(): MathExpression {
    return this.#allFunctions('Errors');
  }

  functionThrottles(): MathExpression {
    return this.#allFunctions('Throttles');
  }

  #allFunctions(metricName: 'Errors' | 'Throttles'): MathExpression {
    const usingMetrics = Object.fromEntries(FUNCTIONS.map((name) => [name, this.ofFunction(name, metricName)]));
    return new MathExpression({
      expression: FUNCTIONS.map((name) => `FILL(${name}, 0)`).join(' + '),
      usingMetrics,
      period: FIVE_MINUTES,
      label: metricName,
    });
  }

  api(metricName: 'Count' | '4xx' | '5xx' | 'Latency'): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.#apiId },
      statistic: metricName === 'Latency' ? Stats.p(95) : Stats.SUM,
      period: FIVE_MINUTES,
    });
  }

  /**
   * Percent at which the busiest GPU of a queue works, as its instances report it (`compute/boot.sh`). Nothing is
   * reported where no instance runs.
   *
   * @param Queue as deployed: `p4`, `g5-spot`
   */
  gpuUse(Queue: string): Metric {
    return new Metric({
      namespace: METRICS_NAMESPACE,
      metricName: 'nvidia_smi_utilization_gpu',
      dimensionsMap: { Deployment: this.#config.name, Queue },
      statistic: Stats.MAXIMUM,
      period: FIVE_MINUTES,
    });
  }

  /** Instances of all queues together that could not be made ready. */
  bootFailures(): MathExpression {
    const schema = `SCHEMA("${METRICS_NAMESPACE}", Deployment, Queue)`;
    return new MathExpression({
      expression: `SELECT SUM(BootFailures) FROM ${schema} WHERE Deployment = '${this.#config.name}'`,
      usingMetrics: {},
      period: FIVE_MINUTES,
      label: 'Instances that failed to boot',
    });
  }
}
