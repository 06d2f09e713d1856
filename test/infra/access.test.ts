import assert from 'node:assert/strict';
import type { TemplateResource } from '../support/assembly.ts';
import { assemblyOf } from '../support/infraAssemblies.ts';
import { plainText } from '../support/stackTemplate.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

const REGIONS = ['virginia', 'ningxia'] as const;

/** Actions that AWS limits to no resource, so that `*` is the only one there is. */
const UNLIMITED = new Set([
  'batch:DescribeComputeEnvironments',
  'batch:DescribeJobDefinitions',
  'batch:DescribeJobQueues',
  'batch:DescribeJobs',
  'batch:ListJobs',
  'cloudwatch:PutMetricData',
  'ec2:DescribeInstances',
  'ec2:DescribeTags',
  'ec2:DescribeVolumes',
  'ecr:GetAuthorizationToken',
  'ecs:CreateCluster',
  'ecs:DiscoverPollEndpoint',
  'ecs:RegisterContainerInstance',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ssm:UpdateInstanceInformation',
]);

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function statementsOf({ Type, Properties }: TemplateResource): readonly Statement[] {
  const documents =
    Type === 'AWS::IAM::Role'
      ? list(Properties.Policies).map(({ PolicyDocument }) => PolicyDocument)
      : [Properties.PolicyDocument];
  return documents.flatMap((document) => list<Statement>(document?.Statement));
}

/** What roles may do, with the role or policy it is written in. */
function grants(name: (typeof REGIONS)[number]) {
  const assembly = assemblyOf(name);
  return assembly.parts.flatMap((part) =>
    Object.entries(assembly.template(part).Resources)
      .filter(([, { Type }]) => /^AWS::IAM::(Role|Policy|ManagedPolicy)$/.test(Type))
      .flatMap(([id, resource]) =>
        statementsOf(resource)
          .filter(({ Effect }) => Effect === 'Allow')
          .map((statement) => ({ where: `${part}/${id}`, statement })),
      ),
  );
}

describe('what roles may do', function () {
  this.timeout(120_000);

  for (const name of REGIONS) {
    it(`names every action (${name})`, () => {
      const all = grants(name);
      assert.ok(all.length > 30);
      for (const { where, statement } of all) {
        for (const action of list(statement.Action)) assert.doesNotMatch(action, /[*?]/, where);
        assert.ok(!('NotAction' in statement) && !('NotResource' in statement), where);
      }
    });

    it(`names every resource, but where AWS knows none (${name})`, () => {
      for (const { where, statement } of grants(name)) {
        if (!list(statement.Resource).includes('*')) continue;
        for (const action of list(statement.Action)) assert.ok(UNLIMITED.has(action), `${where} allows ${action} on *`);
      }
    });

    it(`uses no managed policy that allows more (${name})`, () => {
      const policies = assemblyOf(name)
        .resources('AWS::IAM::Role')
        .flatMap(({ Properties }) => list(Properties.ManagedPolicyArns))
        .map((policy) => JSON.stringify(policy));
      for (const policy of policies) assert.doesNotMatch(policy, /FullAccess|PowerUser|Administrator/);
    });
  }

  it('is trusted to one service each', () => {
    for (const { Properties } of assemblyOf('virginia').resources('AWS::IAM::Role')) {
      const principals = list<{ Principal: object }>(Properties.AssumeRolePolicyDocument.Statement);
      for (const { Principal } of principals) assert.deepEqual(Object.keys(Principal), ['Service']);
    }
  });
});

describe('what each function may do', function () {
  this.timeout(120_000);

  const actionsOf = (name: string): string[] => {
    const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
    const template = assemblyOf('virginia').template('Api');
    const [role, ...more] = Object.entries(template.Resources).filter(([key]) => key.startsWith(id));
    assert.ok(role && more.length === 0, id);
    return [...new Set(statementsOf(role[1]).flatMap(({ Action }) => list(Action)))].sort();
  };
  const own = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const batch = [
    'batch:DescribeComputeEnvironments',
    'batch:DescribeJobDefinitions',
    'batch:DescribeJobQueues',
    'batch:DescribeJobs',
    'batch:ListJobs',
  ];
  const read = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 's3:GetObject', 's3:ListBucket'];
  const change = [
    ...own,
    ...batch,
    ...read,
    'batch:CancelJob',
    'batch:TerminateJob',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'logs:GetLogEvents',
    'sns:Publish',
    'sqs:SendMessage',
    'ssm:GetParameter',
  ];
  const expected: Record<string, readonly string[]> = {
    authorizer: [...own, 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
    query: [...own, ...batch, ...read, 'logs:GetLogEvents', 'ssm:GetParameter'],
    command: [...change, 's3:DeleteObject', 's3:PutObject'],
    dispatcher: [
      ...change,
      'batch:SubmitJob',
      'batch:TagResource',
      'logs:DeleteLogStream',
      's3:DeleteObject',
      's3:PutObject',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ],
    tracker: change,
    reconciler: [...change, 'sqs:ReceiveMessage'],
  };

  for (const [name, actions] of Object.entries(expected)) {
    it(`is just this: ${name}`, () => assert.deepEqual(actionsOf(name), [...actions].sort()));
  }

  it('is to read the index of features but no features, and to write of results only which of them a job uses', () => {
    const { Resources } = assemblyOf('virginia').template('Api');
    const statements = Object.entries(Resources)
      .filter(([id]) => id.startsWith('DispatcherRole'))
      .flatMap(([, role]) => statementsOf(role));
    const keysFor = (action: string): string[] =>
      statements
        .filter(({ Action }) => list(Action).includes(action))
        .flatMap(({ Resource }) => list(Resource).map((arn) => plainText(arn).replace(/^.*:s3:::[^/]+\//, '')));
    assert.deepEqual(keysFor('s3:GetObject').sort(), [
      'features/*/features.json',
      'features/present/*.json',
      'features/targets/*.json',
      'input/*',
      'output/*',
    ]);
    assert.deepEqual(keysFor('s3:PutObject').sort(), ['input/*', 'output/*/features.json']);
  });

  it('has a role for each function', () => {
    const roles = assemblyOf('virginia')
      .resources('AWS::Lambda::Function', 'Api')
      .map(({ Properties }) => JSON.stringify(Properties.Role));
    assert.equal(new Set(roles).size, 6);
  });
});

describe('what may connect', function () {
  this.timeout(120_000);

  for (const name of REGIONS) {
    it(`is nobody from the world (${name})`, () => {
      const assembly = assemblyOf(name);
      const inline = assembly
        .resources('AWS::EC2::SecurityGroup')
        .flatMap(({ Properties }) => list<Record<string, unknown>>(Properties.SecurityGroupIngress));
      const separate = assembly.resources('AWS::EC2::SecurityGroupIngress').map(({ Properties }) => Properties);
      assert.ok(inline.length + separate.length >= 6);
      for (const rule of [...inline, ...separate]) {
        assert.ok(rule.CidrIp === undefined && rule.CidrIpv6 === undefined, JSON.stringify(rule));
        assert.ok(rule.SourceSecurityGroupId !== undefined, JSON.stringify(rule));
      }
    });
  }

  it('is only Lustre: the file system from instances, and its answers', () => {
    const rules = assemblyOf('virginia').resources('AWS::EC2::SecurityGroupIngress', 'Network');
    const ports = new Set(rules.map(({ Properties: { FromPort, ToPort } }) => `${FromPort}-${ToPort}`));
    assert.deepEqual([...ports].sort(), ['1018-1023', '988-988']);
    for (const { Properties } of rules) assert.equal(Properties.IpProtocol, 'tcp');
  });
});
