import { Duration } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type DeploymentConfig, deployedQueues, isChina } from './config.ts';
import { makeDashboard } from './dashboard.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { OperationMetrics } from './metrics.ts';
import { TAGS } from './names.ts';

interface AlarmSpec {
  readonly metric: IMetric;
  /** Rings at this value. */
  readonly from?: number;
  /** Rings at this value and below it. */
  readonly downTo?: number;
  /** Periods in a row; 1 if left out. */
  readonly periods?: number;
  /** What happened, and what to do. */
  readonly text: string;
}

/** Eyes on the deployment: a dashboard, alarms that mail, a budget. */
export class OperationsStack extends FoldpadStack {
  readonly #metrics: OperationMetrics;
  readonly #action: IAlarmAction;

  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Operations', config, 'dashboard, alarms and budget');
    const apiId = StringParameter.valueForStringParameter(this, this.names.parameters.apiId);
    this.#metrics = new OperationMetrics(config, apiId);
    this.#action = new SnsAction(Topic.fromTopicArn(this, 'Mail', this.arn('sns', this.names.topic)));
    this.#work();
    this.#functions();
    this.#machines();
    makeDashboard(this, this.#metrics);
    if (config.budget > 0 && config.emulator === undefined && !isChina(config.region)) this.#budget();
  }

  #work(): void {
    const { deadQueue, deadEvents, workQueue } = this.names;
    this.#alarm('DeadWork', {
      metric: this.#metrics.queueLength(deadQueue),
      from: 1,
      text: `Work that failed again and again lies in ${deadQueue}. The dispatcher's log says why; then start a redrive.`,
    });
    this.#alarm('DeadEvents', {
      metric: this.#metrics.queueLength(deadEvents),
      from: 1,
      text: `Events that could not be handled lie in ${deadEvents}. The tracker's log says why; no job is lost by it.`,
    });
    this.#alarm('WorkWaits', {
      metric: this.#metrics.queueAge(workQueue),
      from: Duration.minutes(15).toSeconds(),
      periods: 2,
      text: 'Submitted jobs wait for more than 15 minutes to be handed to AWS Batch. Look at the dispatcher.',
    });
    this.#alarm('FailedJobs', {
      metric: this.#metrics.own('JobsFailed', Duration.hours(1)),
      from: 5,
      text: 'Five or more predictions failed within an hour. The mails about them tell the reasons.',
    });
  }

  #functions(): void {
    this.#alarm('FunctionErrors', {
      metric: this.#metrics.functionErrors(),
      from: 3,
      text: 'Functions of the API fail. The dashboard shows which, its log group why.',
    });
    this.#alarm('FunctionThrottles', {
      metric: this.#metrics.functionThrottles(),
      from: 10,
      text: 'Lambda refuses to run more functions at once. Ask for a higher quota of concurrent executions.',
    });
    this.#alarm('ApiErrors', {
      metric: this.#metrics.api('5xx'),
      from: 5,
      text: 'The API answers with errors of its own. The dashboard shows which function fails.',
    });
    this.#alarm('RefusedKeys', {
      metric: this.#metrics.own('KeysRefused', Duration.minutes(15)),
      from: 100,
      text: 'Somebody tries many keys that do not exist or are revoked. The access log has their addresses.',
    });
  }

  #machines(): void {
    for (const queue of deployedQueues(this.config).filter((name) => !name.startsWith('cpu'))) {
      this.#alarm(`Idle-${queue}`, {
        metric: this.#metrics.gpuUse(queue),
        downTo: 1,
        periods: 12,
        text: `GPUs of the queue ${queue} have run for an hour without work and are paid for. Look at its instances.`,
      });
    }
    this.#alarm('BootFailures', {
      metric: this.#metrics.bootFailures(),
      from: 1,
      text: 'An instance could not be made ready (file system, GPU) and was ended. For an hour, its console output says why.',
    });
  }

  #alarm(id: string, { metric, from, downTo, periods = 1, text }: AlarmSpec): void {
    // Emulators know no alarms on formulas.
    if (this.config.emulator !== undefined && metric instanceof MathExpression) return;
    const alarm = new Alarm(this, id, {
      alarmName: `${this.config.name}-${id}`,
      alarmDescription: text,
      metric,
      threshold: from ?? downTo ?? 0,
      comparisonOperator:
        from === undefined
          ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      // Nothing is measured where nothing runs, which is how it should be.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(this.#action);
  }

  /** Counts what carries the deployment's tag, once the tag is activated for cost allocation (docs/deploy.md). */
  #budget(): void {
    const { budget, name } = this.config;
    const address = this.arn('sns', this.names.topic);
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers: [{ subscriptionType: 'SNS', address }],
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `${name}-${this.config.region}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: budget, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${TAGS.deployment}$${name}`] },
      },
      notificationsWithSubscribers: [notify('ACTUAL', 80), notify('ACTUAL', 100), notify('FORECASTED', 100)],
    });
  }
}
