import assert from 'node:assert/strict';
import { checkBootstrap } from '../../../scripts/backend/checks/bootstrap.ts';
import { findIdentity } from '../../../scripts/backend/checks/credentials.ts';
import { checkDeadLetters } from '../../../scripts/backend/checks/deadLetters.ts';
import { checkMail } from '../../../scripts/backend/checks/mail.ts';
import { checkOfferings } from '../../../scripts/backend/checks/offerings.ts';
import { checkInstanceQuotas, checkLustreQuota, familyOf } from '../../../scripts/backend/checks/quotas.ts';
import { checkShareKey } from '../../../scripts/backend/checks/shareKey.ts';
import { fakeAws, refusal } from '../../support/fakeAws.ts';
import { only } from '../../support/findings.ts';

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
