import assert from 'node:assert/strict';
import { isRetried, retrySchema, submitSchema } from '../support/batch/batchJob.ts';
import { evaluate } from '../support/batch/intrinsics.ts';
import type { BatchEvent } from '../support/batch/sinks.ts';
import { type BatchStandIn, type BatchStandInOptions, startBatchStandIn } from '../support/batch/standIn.ts';
import { readBatchTemplate } from '../support/batch/template.ts';
import { waitUntilGone } from '../support/runnerJob.ts';

const DEPLOYED = { account: '123456789012', region: 'eu-west-1', partition: 'aws' } as const;

/** A deployment as small as can be: one queue of m6i.4xlarge, one job definition. */
const TEMPLATE = {
  Parameters: { Tag: { Default: 'v1' } },
  Resources: {
    Machines: {
      Type: 'AWS::Batch::ComputeEnvironment',
      Properties: {
        Type: 'MANAGED',
        ComputeResources: {
          Type: 'EC2',
          MaxvCpus: 32,
          InstanceTypes: ['m6i.4xlarge'],
          Subnets: [{ Ref: 'Elsewhere' }],
        },
      },
    },
    Share: { Type: 'AWS::Batch::SchedulingPolicy', Properties: { Name: 'fair' } },
    Queue: {
      Type: 'AWS::Batch::JobQueue',
      Properties: {
        JobQueueName: { 'Fn::Join': ['-', ['test', 'cpu']] },
        Priority: 1,
        SchedulingPolicyArn: { 'Fn::GetAtt': ['Share', 'Arn'] },
        ComputeEnvironmentOrder: [
          { Order: 1, ComputeEnvironment: { 'Fn::GetAtt': ['Machines', 'ComputeEnvironmentArn'] } },
        ],
      },
    },
    Definition: {
      Type: 'AWS::Batch::JobDefinition',
      Properties: {
        JobDefinitionName: 'test-job',
        Type: 'container',
        Parameters: { what: 'nothing' },
        RetryStrategy: { Attempts: 2, EvaluateOnExit: [{ Action: 'EXIT', OnExitCode: '3' }] },
        ContainerProperties: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation that reads this.
          Image: { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/test/image:${Tag}' },
          Command: ['say', 'Ref::what'],
          Environment: [{ Name: 'USUAL', Value: 'yes' }],
          ResourceRequirements: [
            { Type: 'VCPU', Value: '16' },
            { Type: 'MEMORY', Value: '1024' },
          ],
          LogConfiguration: {
            LogDriver: 'awslogs',
            Options: { 'awslogs-group': '/test', 'awslogs-stream-prefix': 'p' },
          },
        },
      },
    },
  },
};

describe('stand-in for AWS Batch', function () {
  this.timeout(20_000);
  const opened: BatchStandIn[] = [];
  const written: { group: string; stream: string; message: string }[] = [];
  afterEach(async () => {
    written.length = 0;
    for (const each of opened.splice(0)) await each.stop();
  });

  /** @param script of /bin/sh; its arguments are the job's command */
  async function open(script: string, options: Partial<BatchStandInOptions> = {}): Promise<BatchStandIn> {
    const made = await startBatchStandIn({
      templates: [TEMPLATE],
      deployed: DEPLOYED,
      images: [
        { repository: 'test/image', entrypoint: ['/bin/sh', '-c', script, 'sh'], environment: { IMAGE: 'own' } },
      ],
      environment: { PATH: '/usr/bin:/bin' },
      logs: {
        write: async (group, stream, events) => {
          written.push(...events.map(({ message }) => ({ group, stream, message })));
        },
        close: () => {},
      },
      stepMs: 1,
      graceMs: 200,
      ...options,
    });
    opened.push(made);
    return made;
  }

  const request = (changes: object = {}) =>
    submitSchema.parse({
      jobName: 'a-job',
      jobQueue: 'test-cpu',
      jobDefinition: 'test-job',
      shareIdentifier: 'ada',
      ...changes,
    });

  async function ended({ engine }: BatchStandIn, id: string): Promise<Record<string, unknown>> {
    while (!engine.find(id)?.isEnded) await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.events.drain();
    return engine.find(id)?.detail() ?? {};
  }

  it('evaluates what templates say', () => {
    const naming = { ref: (id: string) => (id === 'A' ? 'arn:a' : undefined), attribute: () => undefined };
    const value = (each: unknown) => evaluate(each, DEPLOYED, naming);
    assert.equal(value({ 'Fn::Join': ['/', ['x', { Ref: 'A' }, { Ref: 'AWS::Partition' }]] }), 'x/arn:a/aws');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation that reads these.
    const [text, literal] = ['${A}:${B}:${!C}', '${C}'];
    assert.equal(value({ 'Fn::Sub': [text, { B: { Ref: 'AWS::Region' } }] }), `arn:a:eu-west-1:${literal}`);
    assert.equal(value({ 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b,c'] }] }), 'b');
    assert.deepEqual(value({ list: [{ Ref: 'Unknown' }, { 'Fn::GetAtt': ['X', 'Y'] }] }), {
      list: ['<Unknown>', '<X.Y>'],
    });
    assert.equal(evaluate({ Ref: 'AWS::URLSuffix' }, { ...DEPLOYED, partition: 'aws-cn' }, naming), 'amazonaws.com.cn');
  });

  it('reads queues, machines and definitions, and says what is wrong with them', () => {
    const { queues, environments, definitions } = readBatchTemplate([TEMPLATE], DEPLOYED);
    assert.equal(queues[0]?.arn, 'arn:aws:batch:eu-west-1:123456789012:job-queue/test-cpu');
    assert.equal(queues[0]?.SchedulingPolicyArn, 'arn:aws:batch:eu-west-1:123456789012:scheduling-policy/fair');
    assert.deepEqual(queues[0]?.environments, environments);
    assert.equal(
      definitions[0]?.ContainerProperties.Image,
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/test/image:v1',
    );
    const broken = structuredClone(TEMPLATE);
    broken.Resources.Queue.Properties.Priority = 'high' as never;
    assert.throws(() => readBatchTemplate([broken], DEPLOYED), /AWS::Batch::JobQueue Queue:[\s\S]*Priority/);
    const loose = structuredClone(TEMPLATE);
    loose.Resources.Queue.Properties.ComputeEnvironmentOrder = [{ Order: 1, ComputeEnvironment: 'nowhere' as never }];
    assert.throws(() => readBatchTemplate([loose], DEPLOYED), /test-cpu: there is no compute environment nowhere/);
  });

  it('runs the definition’s own command with parameters and variables filled in, and keeps its log', async () => {
    const batch = await open('echo "$1 $2 $USUAL $IMAGE $EXTRA $AWS_BATCH_JOB_ATTEMPT"; echo "home: $HOME" >&2');
    const overrides = { environment: [{ name: 'EXTRA', value: 'more' }] };
    const job = batch.engine.submit(request({ parameters: { what: 'hello' }, containerOverrides: overrides }));
    const detail = await ended(batch, job.id);
    assert.equal(detail.status, 'SUCCEEDED');
    assert.deepEqual(written.map(({ message }) => message).toSorted(), ['home: ', 'say hello yes own more 1']);
    assert.equal(written[0]?.group, '/test');
    assert.match(written[0]?.stream ?? '', /^p\/default\/[0-9a-f]{32}$/);
    assert.equal((detail.container as { logStreamName?: string }).logStreamName, written[0]?.stream);
    const statuses = batch.engine.events.happened.map(({ detail: { status } }) => status);
    assert.deepEqual(statuses, ['SUBMITTED', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED']);
  });

  it('tries again by the definition’s rules, and leaves nobody of a container behind', async () => {
    const batch = await open('[ "$AWS_BATCH_JOB_ATTEMPT" = 2 ] && exit 3; sleep 600 & echo "child $!"; exit 1');
    const job = batch.engine.submit(request());
    const detail = await ended(batch, job.id);
    assert.deepEqual([detail.status, (detail.attempts as unknown[]).length], ['FAILED', 2]);
    const child = Number(/child (\d+)/.exec(written[0]?.message ?? '')?.[1]);
    assert.ok(child > 0);
    await waitUntilGone(child);
  });

  it('matches rules as Batch does: the first decides, no match means again', () => {
    const failed = (statusReason: string, exitCode?: number) => ({
      stoppedAt: 1,
      statusReason,
      container: exitCode === undefined ? {} : { exitCode },
    });
    const spot = retrySchema.parse({
      attempts: 3,
      evaluateOnExit: [
        { onStatusReason: 'Host EC2*', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    });
    assert.equal(isRetried(spot, 1, failed('Host EC2 (instance i-1) terminated.')), true);
    assert.equal(isRetried(spot, 3, failed('Host EC2 (instance i-1) terminated.')), false);
    assert.equal(isRetried(spot, 1, failed('Essential container in task exited', 1)), false);
    const loose = retrySchema.parse({ attempts: 2, evaluateOnExit: [{ onExitCode: '3', action: 'EXIT' }] });
    assert.equal(isRetried(loose, 1, failed('x', 1)), true);
    assert.equal(isRetried(loose, 1, failed('x', 3)), false);
  });

  it('refuses what Batch refuses', async () => {
    const batch = await open('true');
    assert.throws(() => batch.engine.submit(request({ jobQueue: 'none' })), /JobQueue none not found/);
    assert.throws(() => batch.engine.submit(request({ jobDefinition: 'none' })), /JobDefinition none not found/);
    assert.throws(() => batch.engine.submit(request({ shareIdentifier: undefined })), /shareIdentifier is required/);
    assert.throws(() => batch.engine.submit(request({ dependsOn: [{ jobId: 'none' }] })), /Job none does not exist/);
    for (const changes of [
      { jobName: 'no spaces please' },
      { timeout: { attemptDurationSeconds: 59 } },
      { retryStrategy: { attempts: 11 } },
      { shareIdentifier: 'a.b' },
      { unheardOf: true },
    ]) {
      assert.ok(!submitSchema.safeParse({ ...request(), ...changes }).success, JSON.stringify(changes));
    }
    const unsigned = await fetch(`${batch.endpoint}/v1/describejobs`, { method: 'POST', body: '{"jobs":[]}' });
    assert.equal(unsigned.status, 403);
    const unknown = await fetch(`${batch.endpoint}/v1/createjobqueue`, { method: 'POST', body: '{}' });
    assert.equal(unknown.status, 404);
  });

  it('never starts what no machine of the queue has room for', async () => {
    const batch = await open('true');
    const large = { resourceRequirements: [{ type: 'MEMORY', value: '65536' }] };
    const job = batch.engine.submit(request({ containerOverrides: large }));
    const small = batch.engine.submit(request());
    await ended(batch, small.id);
    assert.match(job.statusReason ?? '', /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    const blocked = batch.engine.events.happened.filter((event) => event['detail-type'] === 'Batch Job Queue Blocked');
    assert.deepEqual(
      blocked.map(({ resources }) => resources),
      [[job.arn, job.queue.arn]],
    );
    batch.engine.end(job.id, 'enough', 'terminate');
  });

  it('shares fairly, and keeps to the queue’s vCPUs', async () => {
    // Two jobs of 16 vCPUs fit into the queue's 32.
    const batch = await open('sleep 0.1', { slots: 10 });
    const mine = Array.from({ length: 4 }, () => batch.engine.submit(request({ shareIdentifier: 'ada' })));
    const other = batch.engine.submit(request({ shareIdentifier: 'bob' }));
    let most = 0;
    while (!other.isEnded) {
      const running = batch.engine.jobs.filter(({ status }) => status === 'STARTING' || status === 'RUNNING');
      most = Math.max(most, running.length);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(most, 2);
    assert.ok(mine.filter(({ isEnded }) => !isEnded).length >= 2, 'the one of the other user did not wait for all');
  });

  it('does to events what it is told', async () => {
    const delivered: BatchEvent[] = [];
    const sink = { deliver: async (event: BatchEvent) => void delivered.push(event), close: () => {} };
    const batch = await open('true', { events: [sink] });
    const fates = ['lose', 'twice', 'late', 'deliver', 'deliver'] as const;
    let index = 0;
    batch.engine.events.fate = () => fates[index++] ?? 'deliver';
    await ended(batch, batch.engine.submit(request()).id);
    assert.deepEqual(
      delivered.map(({ detail }) => detail.status),
      ['RUNNABLE', 'RUNNABLE', 'RUNNING', 'STARTING', 'SUCCEEDED'],
    );
    for (const { time } of delivered) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('lets dependents wait, and fail with what they need', async () => {
    const batch = await open('[ "$2" != bad ]');
    const bad = batch.engine.submit(request({ parameters: { what: 'bad' } }));
    const child = batch.engine.submit(request({ dependsOn: [{ jobId: bad.id }] }));
    const grandchild = batch.engine.submit(request({ dependsOn: [{ jobId: child.id }] }));
    assert.equal((await ended(batch, grandchild.id)).statusReason, 'Dependent Job failed');
    assert.equal(child.attempts.length, 0);
    const good = batch.engine.submit(request());
    assert.equal(
      (await ended(batch, batch.engine.submit(request({ dependsOn: [{ jobId: good.id }] })).id)).status,
      'SUCCEEDED',
    );
  });
});
