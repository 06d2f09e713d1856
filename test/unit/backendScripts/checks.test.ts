import assert from 'node:assert/strict';
import { checkComputeEnvironments, checkJobQueues } from '../../../scripts/backend/checks/batch.ts';
import { checkBootstrap } from '../../../scripts/backend/checks/bootstrap.ts';
import { findIdentity } from '../../../scripts/backend/checks/credentials.ts';
import { checkDeadLetters } from '../../../scripts/backend/checks/deadLetters.ts';
import { checkImage } from '../../../scripts/backend/checks/images.ts';
import { checkLustre } from '../../../scripts/backend/checks/lustre.ts';
import { checkMail } from '../../../scripts/backend/checks/mail.ts';
import { checkOfferings } from '../../../scripts/backend/checks/offerings.ts';
import { checkInstanceQuotas, checkLustreQuota, familyOf } from '../../../scripts/backend/checks/quotas.ts';
import { checkShareKey } from '../../../scripts/backend/checks/shareKey.ts';
import { checkStacks } from '../../../scripts/backend/checks/stacks.ts';
import type { Finding } from '../../../scripts/backend/findings.ts';
import { fakeAws, refusal } from '../../support/fakeAws.ts';

/** A finding that asks for something must say what. */
function only(findings: readonly Finding[]): Finding {
  assert.equal(findings.length, 1);
  const [finding] = findings;
  assert.ok(finding);
  if (finding.state === 'missing' || finding.state === 'unknown') assert.ok(finding.remedy, finding.found);
  return finding;
}

describe('doctor: credentials', () => {
  it('names the account and who asks', async () => {
    const { aws } = fakeAws({
      'sts:GetCallerIdentity': () => ({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ada' }),
    });
    const { identity, finding } = await findIdentity(aws, 'us-east-1');
    assert.deepEqual(identity, {
      account: '111122223333',
      arn: 'arn:aws:iam::111122223333:user/ada',
      partition: 'aws',
    });
    assert.equal(finding.state, 'ok');
  });

  it('says when the credentials are those of another partition', async () => {
    const { aws } = fakeAws({
      'sts:GetCallerIdentity': () => ({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ada' }),
    });
    const { identity, finding } = await findIdentity(aws, 'cn-northwest-1');
    assert.equal(identity, undefined);
    assert.match(finding.found, /partition aws, and cn-northwest-1 does not/);
  });

  for (const [name, said] of [
    ['CredentialsProviderError', /no AWS credentials/],
    ['ExpiredToken', /expired/],
    ['InvalidClientTokenId', /does not know these credentials/],
    ['AccessDenied', /do not allow/],
  ] as const) {
    it(`explains ${name}`, async () => {
      const { aws } = fakeAws({
        'sts:GetCallerIdentity': () => {
          throw refusal(name);
        },
      });
      const { finding } = await findIdentity(aws, 'us-east-1');
      assert.equal(finding.state, 'missing');
      assert.match(finding.found, said);
      assert.ok(finding.remedy);
    });
  }
});

describe('doctor: bootstrap', () => {
  const version = (value: string) => fakeAws({ 'ssm:GetParameter': () => ({ Parameter: { Value: value } }) }).aws;

  it('accepts a recent one', async () => {
    assert.equal(only(await checkBootstrap(version('28'), '1', 'us-east-1')).state, 'ok');
  });

  it('refuses one that is too old', async () => {
    assert.match(only(await checkBootstrap(version('4'), '1', 'us-east-1')).found, /has version 4, and 6/);
  });

  it('names the command where there is none', async () => {
    const { aws } = fakeAws({
      'ssm:GetParameter': () => {
        throw refusal('ParameterNotFound');
      },
    });
    const { state, remedy } = only(await checkBootstrap(aws, '111122223333', 'eu-west-1'));
    assert.equal(state, 'missing');
    assert.match(remedy ?? '', /cdk bootstrap aws:\/\/111122223333\/eu-west-1/);
  });
});

describe('doctor: quotas', () => {
  const withQuotas = (values: Readonly<Record<string, number>>, defaults: Readonly<Record<string, number>> = {}) => {
    const answer = (table: Readonly<Record<string, number>>) => (input: { QuotaCode: string }) => {
      const value = table[input.QuotaCode];
      if (value === undefined) throw refusal('NoSuchResourceException');
      return { Quota: { Value: value } };
    };
    return fakeAws({
      'quotas:GetServiceQuota': answer(values),
      'quotas:GetAWSDefaultServiceQuota': answer(defaults),
    }).aws;
  };
  const low = { queue: 'low', instanceType: 'p3.2xlarge', vcpus: 8, spot: false };

  it('puts instance types into the families of the quotas', () => {
    const families = ['p3.2xlarge', 'p4d.24xlarge', 'p5.48xlarge', 'p6-b200.48xlarge', 'g6e.4xlarge', 'm6i.4xlarge'];
    assert.deepEqual(families.map(familyOf), ['P', 'P', 'P5', 'P5', 'G', 'standard']);
  });

  it('a quota of 0 is told with the page where more is asked for', async () => {
    const finding = only(await checkInstanceQuotas(withQuotas({ 'L-417A185B': 0 }), 'us-east-1', [low]));
    assert.equal(finding.state, 'missing');
    assert.match(finding.found, /quota is 0/);
    assert.match(finding.remedy ?? '', /us-east-1\.console\.aws\.amazon\.com\/servicequotas.*L-417A185B/);
  });

  it('a quota below one machine is too little', async () => {
    const finding = only(await checkInstanceQuotas(withQuotas({ 'L-417A185B': 4 }), 'us-east-1', [low]));
    assert.match(finding.found, /4 on-demand vCPUs are allowed, and one p3.2xlarge has 8/);
  });

  it('counts the machines that may run at a time', async () => {
    const finding = only(await checkInstanceQuotas(withQuotas({ 'L-417A185B': 100 }), 'us-east-1', [low]));
    assert.deepEqual([finding.state, /up to 12 × p3/.test(finding.found)], ['ok', true]);
  });

  it('an account that never asked has the value that all begin with', async () => {
    const finding = only(await checkInstanceQuotas(withQuotas({}, { 'L-417A185B': 0 }), 'us-east-1', [low]));
    assert.match(finding.found, /quota is 0/);
  });

  it('P5 on Spot has a quota of its own in some accounts only', async () => {
    const p5 = { queue: 'p5-spot', instanceType: 'p5.48xlarge', vcpus: 192, spot: true };
    const own = only(await checkInstanceQuotas(withQuotas({ 'L-C4BD4855': 0, 'L-7212CCBC': 500 }), 'us-east-1', [p5]));
    assert.equal(own.state, 'missing');
    const shared = only(await checkInstanceQuotas(withQuotas({ 'L-7212CCBC': 500 }), 'us-east-1', [p5]));
    assert.equal(shared.state, 'ok');
  });

  it('one refusal does not silence the other queues', async () => {
    const { aws } = fakeAws({
      'quotas:GetServiceQuota': ({ QuotaCode: code }) => {
        if (code === 'L-417A185B') throw refusal('AccessDeniedException');
        return { Quota: { Value: 64 } };
      },
    });
    const cpu = { queue: 'cpu', instanceType: 'm6i.4xlarge', vcpus: 16, spot: false };
    const states = (await checkInstanceQuotas(aws, 'us-east-1', [low, cpu])).map(({ state }) => state);
    assert.deepEqual(states, ['unknown', 'ok']);
  });

  it('compares the file system with its quota', async () => {
    const aws = withQuotas({ 'L-8F1B9C74': 1000, 'L-AD2FC696': 100_800 });
    assert.equal(only(await checkLustreQuota(aws, 'us-east-1', 'PERSISTENT_2', 2400)).state, 'missing');
    assert.equal(only(await checkLustreQuota(aws, 'us-east-1', 'SCRATCH_2', 2400)).state, 'ok');
  });
});

describe('doctor: instance types', () => {
  const { aws, calls } = fakeAws({
    'ec2:DescribeInstanceTypeOfferings': (input: { NextToken?: string }) =>
      input.NextToken === undefined
        ? { InstanceTypeOfferings: [{ InstanceType: 'p3.2xlarge', Location: 'us-east-1b' }], NextToken: 'more' }
        : {
            InstanceTypeOfferings: [
              { InstanceType: 'p3.2xlarge', Location: 'us-east-1a' },
              { InstanceType: 'g5.4xlarge', Location: 'us-east-1a' },
            ],
          },
  });

  it('tells zones, and what the region does not have', async () => {
    const [low, g5, p5] = await checkOfferings(aws, 'us-east-1', [
      { queue: 'low', instanceTypes: ['p3.2xlarge'] },
      { queue: 'g5', instanceTypes: ['g5.4xlarge', 'g5.48xlarge'] },
      { queue: 'p5', instanceTypes: ['p5.48xlarge'] },
    ]);
    assert.match(low?.found ?? '', /p3\.2xlarge in us-east-1a, us-east-1b/);
    assert.deepEqual([g5?.state, p5?.state], ['advice', 'missing']);
    assert.match(p5?.remedy ?? '', /Leave queue p5 out/);
    assert.equal(calls.length, 2);
  });
});

describe('doctor: mail', () => {
  const topic = 'arn:aws:sns:us-east-1:1:foldpad-mail';
  const withSubscriptions = (subscriptions: unknown[]) =>
    fakeAws({ 'sns:ListSubscriptionsByTopic': () => ({ Subscriptions: subscriptions }) }).aws;

  it('says that an address has not been confirmed, and how to get the mail again', async () => {
    const finding = only(
      await checkMail(
        withSubscriptions([
          { Protocol: 'email', Endpoint: 'ada@example.org', SubscriptionArn: 'PendingConfirmation' },
          { Protocol: 'sqs', Endpoint: 'arn:…', SubscriptionArn: 'arn:…' },
        ]),
        topic,
      ),
    );
    assert.equal(finding.state, 'missing');
    assert.match(finding.remedy ?? '', /aws sns subscribe .*foldpad-mail.*ada@example\.org/);
  });

  it('is content with a confirmed one', async () => {
    const subscription = { Protocol: 'email', Endpoint: 'ada@example.org', SubscriptionArn: `${topic}:1` };
    assert.equal(only(await checkMail(withSubscriptions([subscription]), topic)).state, 'ok');
  });

  it('says when nobody is subscribed, and when there is no topic', async () => {
    assert.match(only(await checkMail(withSubscriptions([]), topic)).found, /nobody/);
    const { aws } = fakeAws({
      'sns:ListSubscriptionsByTopic': () => {
        throw refusal('NotFoundException');
      },
    });
    assert.match(only(await checkMail(aws, topic)).found, /no topic/);
  });
});

describe('doctor: dead letters', () => {
  const withMessages = (visible: string, hidden: string) =>
    fakeAws({
      'sqs:GetQueueUrl': () => ({ QueueUrl: 'https://sqs/1/foldpad-work-dead' }),
      'sqs:GetQueueAttributes': () => ({
        Attributes: { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden },
      }),
    }).aws;

  it('counts those that are being looked at as well', async () => {
    assert.match(only(await checkDeadLetters(withMessages('2', '1'), 'us-east-1', 'q', 'work')).found, /^3 messages/);
    assert.equal(only(await checkDeadLetters(withMessages('0', '0'), 'us-east-1', 'q', 'work')).state, 'ok');
  });

  it('says when the queue is not there', async () => {
    const { aws } = fakeAws({
      'sqs:GetQueueUrl': () => {
        throw refusal('QueueDoesNotExist');
      },
    });
    assert.equal(only(await checkDeadLetters(aws, 'us-east-1', 'q', 'work')).state, 'missing');
  });
});

describe('doctor: share key', () => {
  it('never asks for its value', async () => {
    const { aws, calls } = fakeAws({ 'ssm:GetParameter': () => ({ Parameter: { Type: 'SecureString' } }) });
    assert.equal(only(await checkShareKey(aws, '/foldpad/share-key')).state, 'ok');
    assert.deepEqual(calls[0]?.input, { Name: '/foldpad/share-key', WithDecryption: false });
  });

  it('refuses one that is not encrypted, and tells an absent one', async () => {
    const plain = fakeAws({ 'ssm:GetParameter': () => ({ Parameter: { Type: 'String' } }) }).aws;
    assert.match(only(await checkShareKey(plain, '/foldpad/share-key')).found, /not encrypted/);
    const { aws } = fakeAws({
      'ssm:GetParameter': () => {
        throw refusal('ParameterNotFound');
      },
    });
    assert.match(only(await checkShareKey(aws, '/foldpad/share-key')).found, /there is no/);
  });
});

describe('doctor: Batch', () => {
  const environment = (fields: object) =>
    fakeAws({
      'batch:DescribeComputeEnvironments': () => ({
        computeEnvironments: [
          { computeEnvironmentName: 'other-low', status: 'INVALID' },
          { computeEnvironmentName: 'foldpad-low', status: 'VALID', state: 'ENABLED', ...fields },
        ],
      }),
    }).aws;

  it('repeats why a compute environment is invalid', async () => {
    const aws = environment({ status: 'INVALID', statusReason: 'CLIENT_ERROR - Not authorized to perform ecs:List' });
    const finding = only(await checkComputeEnvironments(aws, 'foldpad'));
    assert.equal(finding.state, 'missing');
    assert.match(finding.found, /Not authorized to perform ecs:List/);
  });

  it('tells one that is switched off, and one that is in order', async () => {
    assert.match(
      only(await checkComputeEnvironments(environment({ state: 'DISABLED' }), 'foldpad')).found,
      /switched off/,
    );
    assert.equal(only(await checkComputeEnvironments(environment({}), 'foldpad')).state, 'ok');
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
