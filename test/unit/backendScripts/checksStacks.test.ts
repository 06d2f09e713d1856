import assert from 'node:assert/strict';
import { checkComputeEnvironments, checkJobQueues } from '../../../scripts/backend/checks/batch.ts';
import { checkImage } from '../../../scripts/backend/checks/images.ts';
import { checkLustre } from '../../../scripts/backend/checks/lustre.ts';
import { checkStacks } from '../../../scripts/backend/checks/stacks.ts';
import { fakeAws, refusal } from '../../support/fakeAws.ts';
import { only } from '../../support/findings.ts';

describe('doctor: Batch', () => {
  // CloudFormation makes the names up; other deployments of the account have such names as well.
  const ARN = 'arn:aws:batch:us-east-1:111122223333:compute-environment';
  const QUEUES = ['foldpad-low', 'foldpad-cpu', 'foldpad-databases'];
  const BEHIND: Readonly<Record<string, string>> = {
    'foldpad-low': 'LowEnvironment-aB3dEfGh',
    'foldpad-cpu': 'CpuEnvironment-9kLmNoPq',
    'foldpad-databases': 'DatabasesEnvironment-x7YzAbCd',
    'other-low': 'LowEnvironment-0therOne',
  };
  const VALID = { status: 'VALID', state: 'ENABLED', computeResources: { maxvCpus: 768, desiredvCpus: 8 } };

  /** Batch as it answers: all that there is unless names are given. `fields`: what differs, by queue. */
  const environments = (fields: Readonly<Record<string, object | undefined>>) => {
    const there = Object.entries(BEHIND).flatMap(([queue, computeEnvironmentName]) =>
      queue in fields && fields[queue] === undefined
        ? []
        : [
            {
              computeEnvironmentName,
              computeEnvironmentArn: `${ARN}/${computeEnvironmentName}`,
              ...VALID,
              ...fields[queue],
            },
          ],
    );
    return fakeAws({
      'batch:DescribeJobQueues': ({ jobQueues }: { jobQueues?: string[] }) => ({
        jobQueues: Object.entries(BEHIND)
          .filter(([jobQueueName]) => jobQueues?.includes(jobQueueName) ?? true)
          .map(([jobQueueName, name]) => ({
            jobQueueName,
            computeEnvironmentOrder: [{ order: 1, computeEnvironment: `${ARN}/${name}` }],
          }))
          .reverse(),
      }),
      'batch:DescribeComputeEnvironments': ({ computeEnvironments: asked }: { computeEnvironments?: string[] }) => ({
        computeEnvironments: there.filter(({ computeEnvironmentArn: arn }) => asked?.includes(arn) ?? true),
      }),
    }).aws;
  };

  it('finds the compute environments of a healthy deployment by its queues, whatever their names', async () => {
    const found = await checkComputeEnvironments(environments({ 'other-low': { status: 'INVALID' } }), QUEUES);
    assert.deepEqual(
      found.map(({ name, state }) => [name, state]),
      QUEUES.map((queue) => [`compute environment of ${queue}`, 'ok']),
    );
    assert.match(found[0]?.found ?? '', /8 of up to 768 vCPUs/);
  });

  it('repeats why a compute environment is invalid', async () => {
    const statusReason = 'CLIENT_ERROR - Not authorized to perform ecs:List';
    const aws = environments({ 'foldpad-low': { status: 'INVALID', statusReason } });
    const [finding, ...others] = await checkComputeEnvironments(aws, QUEUES);
    assert.deepEqual([finding?.name, finding?.state], ['compute environment of foldpad-low', 'missing']);
    assert.match(finding?.found ?? '', /LowEnvironment-aB3dEfGh INVALID.*Not authorized to perform ecs:List/);
    assert.ok(others.every(({ state }) => state === 'ok'));
  });

  it('tells one that is switched off, with the command that names it, and one that is gone', async () => {
    const aws = environments({ 'foldpad-cpu': { state: 'DISABLED' }, 'foldpad-databases': undefined });
    const [, off, gone] = await checkComputeEnvironments(aws, QUEUES);
    assert.match(off?.found ?? '', /switched off/);
    assert.match(off?.remedy ?? '', /--compute-environment CpuEnvironment-9kLmNoPq --state ENABLED$/);
    assert.deepEqual([gone?.name, gone?.state], ['compute environment of foldpad-databases', 'missing']);
  });

  it('tells that there are none, where there is no queue', async () => {
    const finding = only(await checkComputeEnvironments(environments({}), ['elsewhere-low']));
    assert.deepEqual([finding.name, finding.state], ['compute environments', 'missing']);
  });

  const NOW = Date.UTC(2026, 10, 22, 12);
  const queue = (jobs: object[], fields: object = {}) =>
    fakeAws({
      'batch:DescribeJobQueues': () => ({
        jobQueues: [{ jobQueueName: 'foldpad-p4', state: 'ENABLED', status: 'VALID', ...fields }],
      }),
      'batch:ListJobs': () => ({ jobSummaryList: jobs }),
    }).aws;
  const job = (minutes: number, statusReason?: string) => ({
    jobName: `waiting-${minutes}`,
    createdAt: NOW - minutes * 60_000,
    statusReason,
  });

  it('tells a blocked queue, with Batch’s reason and what to do', async () => {
    const reason = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - no p4d.24xlarge';
    const finding = only(await checkJobQueues(queue([job(2), job(90, reason)]), ['foldpad-p4'], NOW));
    assert.equal(finding.state, 'missing');
    assert.match(finding.found, /waiting-90\) has been waiting for a machine for 90 min.*INSUFFICIENT/);
    assert.match(finding.remedy ?? '', /no such machine free/);
  });

  it('each of Batch’s reasons has its remedy', async () => {
    const remedies = new Set<string>();
    for (const reason of [
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
      'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS',
      'UNDETERMINED',
    ]) {
      remedies.add(only(await checkJobQueues(queue([job(1, reason)]), ['foldpad-p4'], NOW)).remedy ?? '');
    }
    assert.equal(remedies.size, 5);
  });

  it('is patient for twenty minutes', async () => {
    assert.equal(only(await checkJobQueues(queue([job(19)]), ['foldpad-p4'], NOW)).state, 'advice');
    assert.equal(only(await checkJobQueues(queue([job(21)]), ['foldpad-p4'], NOW)).state, 'missing');
    assert.equal(only(await checkJobQueues(queue([]), ['foldpad-p4'], NOW)).state, 'ok');
  });

  it('tells a queue that is invalid, off, or not there', async () => {
    const found = async (fields: object, name = 'foldpad-p4') =>
      only(await checkJobQueues(queue([], fields), [name], NOW)).found;
    assert.match(await found({ status: 'INVALID', statusReason: 'its environment is gone' }), /environment is gone/);
    assert.match(await found({ state: 'DISABLED' }), /switched off/);
    assert.match(await found({}, 'foldpad-g6'), /no such queue/);
  });
});

describe('doctor: stacks', () => {
  const withStatus = (status: string) =>
    fakeAws({ 'cloudFormation:DescribeStacks': () => ({ Stacks: [{ StackName: 'F-Api', StackStatus: status }] }) }).aws;

  for (const [status, state] of [
    ['CREATE_COMPLETE', 'ok'],
    ['UPDATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'advice'],
    ['UPDATE_ROLLBACK_COMPLETE', 'advice'],
    ['ROLLBACK_COMPLETE', 'missing'],
    ['DELETE_FAILED', 'missing'],
  ] as const) {
    it(`${status} is ${state}`, async () => {
      assert.equal(only(await checkStacks(withStatus(status), 'us-east-1', ['F-Api'])).state, state);
    });
  }

  it('tells one that does not exist', async () => {
    const { aws } = fakeAws({
      'cloudFormation:DescribeStacks': () => {
        throw refusal('ValidationError', 'Stack with id F-Api does not exist');
      },
    });
    assert.match(only(await checkStacks(aws, 'us-east-1', ['F-Api'])).found, /not been deployed/);
  });
});

describe('doctor: images', () => {
  const names = { engine: 'AlphaFold', repository: 'foldpad/alphafold', project: 'foldpad-build-alphafold' };
  const noImage = { 'ecr:DescribeImages': () => ({ imageDetails: [] }) };
  const withBuild = (build: object) =>
    fakeAws({
      ...noImage,
      'codeBuild:ListBuildsForProject': () => ({ ids: ['b:1'] }),
      'codeBuild:BatchGetBuilds': () => ({ builds: [{ id: 'b:1', ...build }] }),
    }).aws;

  it('tells an image with its date, and what its scan found', async () => {
    const image = (critical: number) =>
      fakeAws({
        'ecr:DescribeImages': () => ({
          imageDetails: [
            { imageTags: ['old'], imagePushedAt: new Date('2025-01-01') },
            {
              imageTags: ['2.3.2'],
              imagePushedAt: new Date('2026-11-01'),
              imageScanFindingsSummary: { findingSeverityCounts: { CRITICAL: critical } },
            },
          ],
        }),
      }).aws;
    assert.match(only(await checkImage(image(0), names)).found, /alphafold:2\.3\.2, built 2026-11-01/);
    assert.match(only(await checkImage(image(2), names)).found, /2 critical weaknesses/);
  });

  it('tells a build that runs, one that failed and why, and none at all', async () => {
    const running = withBuild({ buildStatus: 'IN_PROGRESS', currentPhase: 'BUILD' });
    assert.match(only(await checkImage(running, names)).found, /being built now \(BUILD\)/);
    const failed = withBuild({
      buildStatus: 'FAILED',
      phases: [{ phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'no space left' }] }],
    });
    assert.match(only(await checkImage(failed, names)).found, /FAILED in BUILD: no space left/);
    const none = fakeAws({ ...noImage, 'codeBuild:ListBuildsForProject': () => ({ ids: [] }) }).aws;
    assert.match(
      only(await checkImage(none, names)).remedy ?? '',
      /start-build --project-name foldpad-build-alphafold/,
    );
  });

  it('looks for nothing where the image is the user’s own', async () => {
    const { aws, calls } = fakeAws({});
    assert.equal(only(await checkImage(aws, { ...names, own: 'registry/own:1' })).state, 'ok');
    assert.equal(calls.length, 0);
  });
});

describe('doctor: file system', () => {
  const withState = (system: object) =>
    fakeAws({
      'ssm:GetParameter': () => ({ Parameter: { Value: 'fs-1' } }),
      'fsx:DescribeFileSystems': () => ({ FileSystems: [system] }),
    }).aws;

  it('tells its state, and why it failed', async () => {
    const parameter = '/foldpad/lustre/file-system-id';
    const available = withState({ Lifecycle: 'AVAILABLE', StorageCapacity: 2400 });
    assert.equal(only(await checkLustre(available, parameter)).state, 'ok');
    assert.equal(only(await checkLustre(withState({ Lifecycle: 'CREATING' }), parameter)).state, 'advice');
    const failed = withState({ Lifecycle: 'FAILED', FailureDetails: { Message: 'no free addresses' } });
    assert.match(only(await checkLustre(failed, parameter)).found, /no free addresses/);
  });
});
