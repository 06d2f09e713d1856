import assert from 'node:assert/strict';
import { CANCEL_ROUTES, ROUTES } from '../../backend/api/routes.ts';
import type { TemplateResource } from '../support/assembly.ts';
import { assemblyOf } from '../support/infraAssemblies.ts';

const OPEN = ['GET /health', 'GET /openapi.json', 'GET /shared/{proxy+}'];

function api(type: string): readonly TemplateResource[] {
  return assemblyOf('virginia').resources(type, 'Api');
}

function only(type: string): TemplateResource['Properties'] {
  const [found, ...more] = api(type);
  assert.ok(found && more.length === 0, `${more.length + 1} of ${type}`);
  return found.Properties;
}

describe('the HTTP API', function () {
  this.timeout(120_000);

  it('has every route of the contract, and ANY for CANCEL', () => {
    const expected = [
      ...Object.values(ROUTES).map(({ method, path }) => `${method} ${path.replace('{path}', '{path+}')}`),
      ...Object.values(CANCEL_ROUTES).map(({ path }) => `ANY ${path}`),
      'GET /shared/{proxy+}',
    ];
    const made = api('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    assert.deepEqual([...made].sort(), expected.sort());
  });

  it('asks for a key on every route but three', () => {
    for (const { Properties } of api('AWS::ApiGatewayV2::Route')) {
      const { RouteKey, AuthorizationType, AuthorizerId } = Properties;
      if (OPEN.includes(RouteKey)) assert.equal(AuthorizationType, 'NONE', RouteKey);
      else assert.ok(AuthorizationType === 'CUSTOM' && AuthorizerId !== undefined, RouteKey);
    }
  });

  it('lets reading be answered by one function and all else by another', () => {
    const { Resources } = assemblyOf('virginia').template('Api');
    for (const { Properties } of api('AWS::ApiGatewayV2::Route')) {
      const integration = /integrations\/.*?"Ref":"(\w+)"/.exec(JSON.stringify(Properties.Target))?.[1] ?? '';
      const uri = JSON.stringify(Resources[integration]?.Properties.IntegrationUri);
      const handler = Properties.RouteKey.startsWith('GET ') ? /"Query/ : /"Command/;
      assert.match(uri, handler, Properties.RouteKey);
    }
  });

  it('forgets within half a minute that a key was good', () => {
    const authorizer = only('AWS::ApiGatewayV2::Authorizer');
    assert.ok(authorizer.AuthorizerResultTtlInSeconds <= 30);
    assert.equal(authorizer.EnableSimpleResponses, true);
    assert.equal(authorizer.AuthorizerPayloadFormatVersion, '2.0');
    assert.deepEqual(authorizer.IdentitySource, ['$request.header.Authorization']);
  });

  it('is throttled, and logs neither keys nor the paths of share links', () => {
    const { DefaultRouteSettings, AccessLogSettings } = only('AWS::ApiGatewayV2::Stage');
    assert.deepEqual([DefaultRouteSettings.ThrottlingRateLimit, DefaultRouteSettings.ThrottlingBurstLimit], [50, 100]);
    const logged = JSON.stringify(AccessLogSettings.Format);
    assert.match(logged, /\$context\.authorizer\.owner/);
    assert.doesNotMatch(logged, /header|authorization|\$context\.path|queryString/i);
  });
});

describe('the functions', function () {
  this.timeout(120_000);

  it('run on the newest Node that Lambda has, with the environment that they read', () => {
    const functions = api('AWS::Lambda::Function');
    assert.equal(functions.length, 6);
    for (const { Properties } of functions) {
      assert.equal(Properties.Runtime, 'nodejs24.x');
      assert.deepEqual(Properties.Architectures, ['arm64']);
      assert.equal(Properties.Handler, 'index.handler');
      assert.equal(Properties.LoggingConfig.LogFormat, 'JSON');
      assert.deepEqual(Object.keys(Properties.Environment.Variables).sort(), [
        'FOLDPAD_ALPHAFOLD',
        'FOLDPAD_ALPHAFOLD_IMAGE',
        'FOLDPAD_BUCKET',
        'FOLDPAD_DEAD_QUEUE_URL',
        'FOLDPAD_LOG_GROUP',
        'FOLDPAD_PREFIX',
        'FOLDPAD_PUBLIC_URL',
        'FOLDPAD_QUEUES',
        'FOLDPAD_SHARE_KEY_PARAMETER',
        'FOLDPAD_TABLE',
        'FOLDPAD_TOPIC_ARN',
        'FOLDPAD_WORK_QUEUE_URL',
      ]);
    }
  });

  it('know the image that features runs run in by the name that these know it by', () => {
    const [definition] = assemblyOf('virginia')
      .resources('AWS::Batch::JobDefinition')
      .filter(({ Properties }) => Properties.JobDefinitionName === 'foldpad-features');
    const { Image, Environment } = definition?.Properties.ContainerProperties ?? assert.fail();
    const told = (Environment as { Name: string; Value: unknown }[]).find(({ Name }) => Name === 'FOLDPAD_IMAGE');
    assert.deepEqual(told?.Value, Image);
    for (const { Properties } of api('AWS::Lambda::Function')) {
      assert.deepEqual(Properties.Environment.Variables.FOLDPAD_ALPHAFOLD_IMAGE, Image);
    }
  });

  it('keep their logs as long as configured, and no longer', () => {
    for (const { Properties } of assemblyOf('virginia').resources('AWS::Logs::LogGroup')) {
      assert.equal(Properties.RetentionInDays, 90, JSON.stringify(Properties.LogGroupName));
    }
  });
});

describe('work and events', function () {
  this.timeout(120_000);

  const queue = (name: string) => {
    const found = api('AWS::SQS::Queue').find(({ Properties }) => Properties.QueueName === name);
    assert.ok(found, name);
    return found.Properties;
  };

  it('puts work aside that fails again and again', () => {
    const { RedrivePolicy, VisibilityTimeout } = queue('foldpad-work');
    assert.ok(RedrivePolicy.maxReceiveCount >= 3 && RedrivePolicy.maxReceiveCount <= 20);
    assert.match(JSON.stringify(RedrivePolicy.deadLetterTargetArn), /DeadWork/);
    const dispatcher = api('AWS::Lambda::Function').find(
      ({ Properties }) => Properties.FunctionName === 'foldpad-dispatcher',
    );
    assert.ok(VisibilityTimeout >= 6 * dispatcher?.Properties.Timeout, 'AWS asks for six times the time limit');
    assert.equal(queue('foldpad-work-dead').MessageRetentionPeriod, 14 * 24 * 3600);
  });

  it('hands messages to few dispatchers at once, and takes partial failures', () => {
    const mapping = only('AWS::Lambda::EventSourceMapping');
    assert.deepEqual(mapping.FunctionResponseTypes, ['ReportBatchItemFailures']);
    assert.ok(mapping.ScalingConfig.MaximumConcurrency <= 5);
  });

  it('takes messages over encrypted connections only', () => {
    for (const { Properties } of api('AWS::SQS::QueuePolicy')) {
      const [statement] = Properties.PolicyDocument.Statement;
      assert.deepEqual([statement.Effect, statement.Action], ['Deny', 'sqs:*']);
      assert.deepEqual(statement.Condition, { Bool: { 'aws:SecureTransport': 'false' } });
    }
    assert.equal(api('AWS::SQS::QueuePolicy').length, 3);
  });

  it('tells the tracker of its own queues only, and the reconciler every two minutes', () => {
    const rules = api('AWS::Events::Rule').map(({ Properties }) => Properties);
    const patterns = rules.flatMap(({ EventPattern }) => EventPattern ?? []);
    const own =
      /"prefix":\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},":batch:us-east-1:",\{"Ref":"AWS::AccountId"\},":job-queue\/foldpad-"\]\]\}/;
    const states = patterns.find((pattern) => pattern['detail-type'][0] === 'Batch Job State Change');
    assert.match(JSON.stringify(states.detail.jobQueue), own);
    const blocked = patterns.find((pattern) => pattern['detail-type'][0] === 'Batch Job Queue Blocked');
    assert.match(JSON.stringify(blocked.resources), own);
    assert.ok(patterns.some(({ source }) => source[0] === 'foldpad.runner'));
    assert.deepEqual(
      rules.flatMap(({ ScheduleExpression }) => ScheduleExpression ?? []),
      ['rate(2 minutes)'],
    );
    for (const { Targets } of rules) assert.ok(Targets[0].DeadLetterConfig.Arn, 'an event must not be lost in silence');
  });

  it('keeps events that a function failed on', () => {
    const settings = api('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    assert.equal(settings.length, 2);
    for (const { DestinationConfig } of settings) {
      assert.match(JSON.stringify(DestinationConfig.OnFailure.Destination), /DeadEvents/);
    }
  });
});

describe('alarms', function () {
  this.timeout(120_000);

  it('mail, and tell what to do', () => {
    const alarms = assemblyOf('virginia').resources('AWS::CloudWatch::Alarm', 'Operations');
    const names = alarms.map(({ Properties }) => Properties.AlarmName);
    const gpuQueues = ['low', 'mid', 'high', 'p4', 'p5', 'g5', 'g5-spot', 'g6', 'g6-spot', 'g6e', 'g6e-spot'];
    for (const id of ['DeadWork', 'DeadEvents', 'WorkWaits', 'FailedJobs', 'FunctionErrors', 'ApiErrors']) {
      assert.ok(names.includes(`foldpad-${id}`), id);
    }
    for (const name of gpuQueues) assert.ok(names.includes(`foldpad-Idle-${name}`), name);
    for (const { Properties } of alarms) {
      assert.match(JSON.stringify(Properties.AlarmActions), /:sns:us-east-1:.*:foldpad-mail/);
      assert.match(Properties.AlarmDescription, /\. \S.*\.$/);
      assert.equal(Properties.TreatMissingData, 'notBreaching');
    }
  });

  it('watch the use of GPUs under the name and the dimensions that instances report it by', () => {
    const [userData] = assemblyOf('virginia')
      .resources('AWS::EC2::LaunchTemplate', 'Compute')
      .map(({ Properties }) => JSON.stringify(Properties.LaunchTemplateData.UserData));
    assert.match(userData ?? '', /nvidia_gpu/);
    const idle = assemblyOf('virginia')
      .resources('AWS::CloudWatch::Alarm', 'Operations')
      .filter(({ Properties }) => Properties.AlarmName.includes('Idle'));
    for (const { Properties } of idle) {
      assert.equal(Properties.MetricName, 'nvidia_smi_utilization_gpu');
      assert.deepEqual(Properties.Dimensions.map(({ Name }: { Name: string }) => Name).sort(), ['Deployment', 'Queue']);
    }
  });

  it('come before the money is gone', () => {
    const [budget] = assemblyOf('virginia').resources('AWS::Budgets::Budget', 'Operations');
    assert.deepEqual(budget?.Properties.Budget.BudgetLimit, { Amount: 500, Unit: 'USD' });
    assert.deepEqual(budget?.Properties.Budget.CostFilters, { TagKeyValue: ['user:foldpad:deployment$foldpad'] });
  });

  it('may use the topic and its key, and nobody else may', () => {
    const [key] = assemblyOf('virginia').resources('AWS::KMS::Key', 'Notify');
    assert.equal(key?.Properties.EnableKeyRotation, true);
    const [topic] = assemblyOf('virginia').resources('AWS::SNS::Topic', 'Notify');
    assert.ok(topic?.Properties.KmsMasterKeyId);
    const services = ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'];
    const [policy] = assemblyOf('virginia').resources('AWS::SNS::TopicPolicy', 'Notify');
    for (const statements of [key?.Properties.KeyPolicy.Statement, policy?.Properties.PolicyDocument.Statement]) {
      const open = statements.filter(({ Principal }: { Principal: { Service?: unknown } }) => Principal.Service);
      assert.equal(open.length, 1);
      assert.deepEqual([...open[0].Principal.Service].sort(), services);
      assert.deepEqual(open[0].Condition, { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
    }
    const [subscription] = assemblyOf('virginia').resources('AWS::SNS::Subscription', 'Notify');
    assert.deepEqual(
      [subscription?.Properties.Protocol, subscription?.Properties.Endpoint],
      ['email', 'ada@example.org'],
    );
  });
});
