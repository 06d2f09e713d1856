import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchLogSource } from '../../backend/aws/cloudWatchLogSource.ts';
import { removeLogStreams } from '../../backend/aws/logStream.ts';
import { DynamoRunClaims } from '../../backend/aws/runClaims.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { computeTemplate } from '../support/batch/computeTemplate.ts';
import { runThat, scheduledWorld } from '../support/batch/localRun.ts';
import { CloudWatchSink } from '../support/batch/sinks.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { describeLogSource } from './logSource.contract.ts';
import { describeScheduler, type RunBehaviour } from './scheduler.contract.ts';

/** The log group of the Batch jobs, by the template. */
const GROUP = '/foldpad/batch';

/** Behaviours for which the machine goes away under a run: what Batch tries again. */
const LOSSES: Readonly<Partial<Record<RunBehaviour, number>>> = { fails: Number.POSITIVE_INFINITY, 'fails-once': 1 };
/** What they would do if their machine stayed. */
const SCRIPTS: Readonly<Partial<Record<RunBehaviour, string>>> = { fails: 'endless', 'fails-once': 'succeeds' };

describe('AWS Batch', function () {
  this.timeout(120_000);
  let stack: MiniStack;
  let world: AwsWorld;
  let logs: CloudWatchLogsClient;
  let template: unknown;

  before(async function () {
    needsMiniStack(this);
    stack = await startMiniStack();
    world = new AwsWorld(stack);
    logs = new CloudWatchLogsClient(stack.clientConfig);
    template = computeTemplate({ name: 'foldpad' });
  });
  after(async () => {
    world?.close();
    logs?.destroy();
    await stack?.stop();
  });

  describeLogSource('CloudWatch Logs', async () => {
    const group = `/test/${randomUUID()}`;
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    const sink = new CloudWatchSink(stack.clientConfig);
    return {
      logs: new CloudWatchLogSource({ client: logs, name: group }),
      append: async (_job, run, lines) => {
        const timestamp = Date.now();
        // Lines of one moment have the same time, as those of a program that writes many at once.
        const events = lines.map((line) => ({ timestamp, message: `${new Date(timestamp).toISOString()} ${line}` }));
        await sink.write(group, run.logStreams?.at(-1) ?? '', events);
      },
      close: () => sink.close(),
    };
  });

  describeScheduler('AWS Batch', async () => {
    const table = await world.table();
    const group = { client: logs, name: GROUP };
    const scheduled = await scheduledWorld(template, new DynamoRunClaims(table), {
      removeLogs: (streams) => removeLogStreams(group, streams),
      standIn: { logs: new CloudWatchSink(stack.clientConfig) },
    });
    const { engine } = scheduled.standIn;
    const losses = new Map<string, number>();
    const deliver = engine.events.fate;
    engine.events.fate = (event) => {
      const { jobId, jobName, status } = event.detail as { jobId: string; jobName: string; status: string };
      const left = losses.get(jobName) ?? 0;
      if (status === 'RUNNING' && left > 0) {
        losses.set(jobName, left - 1);
        setImmediate(() => engine.loseHost(jobId));
      }
      return deliver(event);
    };
    return {
      scheduler: scheduled.scheduler,
      reported: scheduled.reported,
      prepare: async (behaviour, changes = {}) => {
        const run = runThat(SCRIPTS[behaviour] ?? behaviour, changes);
        losses.set(`foldpad-${run.runId}`, LOSSES[behaviour] ?? 0);
        return run;
      },
      kept: async (id) => {
        const [seen] = await scheduled.scheduler.describe([id]);
        const names = new Set(seen?.logStreams);
        const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
        return logStreams.filter(({ logStreamName = '' }) => names.has(logStreamName));
      },
      close: async () => {
        await scheduled.close();
        await table.remove();
      },
    };
  });
});
