import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { deployedQueues } from './config.ts';
import type { FoldpadStack } from './foldpadStack.ts';
import type { OperationMetrics } from './metrics.ts';
import { FUNCTIONS, type FunctionName, functionName } from './names.ts';

/** CloudWatch's grid is 24 wide. */
const HALF = 12;
const HEIGHT = 6;

/** Functions in which a job can end. */
const ENDING: readonly FunctionName[] = ['tracker', 'reconciler', 'dispatcher', 'command'];

/** One page that answers: do predictions go through, what waits, what fails, what does it cost and whom. */
export function makeDashboard(stack: FoldpadStack, metrics: OperationMetrics): void {
  const { workQueue, deadQueue, deadEvents } = stack.names;
  new Dashboard(stack, 'Dashboard', {
    dashboardName: stack.config.name,
    defaultInterval: Duration.days(1),
    widgets: [
      [
        new SingleValueWidget({
          title: 'Predictions',
          width: 24,
          height: 3,
          metrics: [
            metrics.own('LiveJobs', Duration.minutes(5), Stats.MAXIMUM),
            metrics.own('JobsSubmitted', Duration.days(1)),
            metrics.own('JobsSucceeded', Duration.days(1)),
            metrics.own('JobsFailed', Duration.days(1)),
            metrics.own('JobsCancelled', Duration.days(1)),
          ],
        }),
      ],
      [
        graph('Predictions that ended', [
          metrics.own('JobsSucceeded'),
          metrics.own('JobsFailed'),
          metrics.own('JobsCancelled'),
        ]),
        graph(
          'Use of the busiest GPU, percent',
          gpuQueues(stack).map((queue) => metrics.gpuUse(queue)),
          [metrics.bootFailures()],
        ),
      ],
      [
        graph(
          'Messages that wait',
          [metrics.queueLength(workQueue)],
          [metrics.queueLength(deadQueue), metrics.queueLength(deadEvents)],
        ),
        graph('From submission to AWS Batch, milliseconds', [
          metrics.own('DispatchLatency', Duration.minutes(5), Stats.p(50)),
          metrics.own('DispatchLatency', Duration.minutes(5), Stats.p(95)),
        ]),
      ],
      [
        graph('Requests', [metrics.api('Count'), metrics.api('4xx'), metrics.api('5xx')]),
        graph('Latency of the API, 95 %, milliseconds', [metrics.api('Latency')]),
      ],
      [
        graph(
          'Errors of functions',
          FUNCTIONS.map((name) => metrics.ofFunction(name, 'Errors')),
        ),
        graph(
          'Duration of functions, 95 %, milliseconds',
          FUNCTIONS.map((name) => metrics.ofFunction(name, 'Duration')),
        ),
      ],
      [costByUser(stack), failures(stack)],
    ],
  });
}

function gpuQueues(stack: FoldpadStack): readonly string[] {
  return deployedQueues(stack.config).filter((queue) => !queue.startsWith('cpu'));
}

function graph(title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget {
  return new GraphWidget({ title, left: [...left], right: [...right], width: HALF, height: HEIGHT });
}

function endingLogs(stack: FoldpadStack): string[] {
  return ENDING.map((name) => `/aws/lambda/${functionName(stack.config.name, name)}`);
}

/** From the line that the functions write when a job ends (`backend/core/change.ts`). */
function costByUser(stack: FoldpadStack): IWidget {
  return new LogQueryWidget({
    title: 'Machine time by user (list prices)',
    logGroupNames: endingLogs(stack),
    view: LogQueryVisualizationType.TABLE,
    width: HALF,
    height: HEIGHT,
    queryLines: [
      'filter message = "job ended"',
      'stats count(*) as predictions, sum(cost) as total by owner, currency',
      'sort total desc',
    ],
  });
}

function failures(stack: FoldpadStack): IWidget {
  return new LogQueryWidget({
    title: 'Newest failures',
    logGroupNames: endingLogs(stack),
    view: LogQueryVisualizationType.TABLE,
    width: HALF,
    height: HEIGHT,
    queryLines: [
      'fields @timestamp, owner, queue, failure, jobId',
      'filter message = "job ended" and status = "FAILED"',
      'sort @timestamp desc',
      'limit 20',
    ],
  });
}
