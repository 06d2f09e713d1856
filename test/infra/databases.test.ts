import assert from 'node:assert/strict';
import { fitsOn, usableMemoryMiB } from '../../backend/api/machines.ts';
import { BEST_FOR_DATABASES } from '../../backend/infra/compute/databaseMachine.ts';
import { ConfigError, DATABASE_HOSTS, type DeploymentInput, parseConfig } from '../../backend/infra/config.ts';
import { DatabasesStack } from '../../backend/infra/databasesStack.ts';
import { parseArguments } from '../../container/databases/arguments.ts';
import { HOSTS } from '../../container/databases/catalogue.ts';
import { plainText, type StackTemplate, statements, synthesize } from '../support/stackTemplate.ts';

describe('Databases stack', function () {
  this.timeout(60_000);
  const databases = (input: DeploymentInput = {}): StackTemplate =>
    synthesize((app, config) => new DatabasesStack(app, config), input);
  const jobOf = (template: StackTemplate) =>
    template.one('AWS::Batch::JobDefinition', 'JobDefinitionName', 'foldpad-databases').Properties;

  it('gives the program a command that it understands, with the preset of the deployment', () => {
    for (const preset of ['reduced', 'full'] as const) {
      const { ContainerProperties: container, Parameters: parameters } = jobOf(databases({ databases: { preset } }));
      const argv = (container.Command as string[]).map((part) =>
        part.replace(/^Ref::(\w+)$/, (_, name) => parameters[name]),
      );
      const options = parseArguments(argv);
      assert.deepEqual(
        [options?.preset, options?.target, options?.staging],
        [preset, '/fsx/databases', '/fsx/staging'],
      );
    }
  });

  it('asks the mirrors, and for the snapshot, that the configuration names', () => {
    const mirrors = { pdb: 'https://mirror.example.org/pdb' };
    const { Command } = jobOf(databases({ databases: { mirrors, snapshot: '20250101' } })).ContainerProperties;
    const options = parseArguments((Command as string[]).map((part) => part.replace('Ref::preset', 'full')));
    assert.deepEqual(options?.hosts, { ...HOSTS, ...mirrors });
    assert.equal(options?.snapshot, '20250101');
    assert.deepEqual([...DATABASE_HOSTS].sort(), Object.keys(HOSTS).sort());
    for (const url of ['http://plain.example.org', 'https://x.example.org/', 'https://x y']) {
      assert.throws(
        () => parseConfig({ databases: { mirrors: { pdb: url } } }),
        /databases\.mirrors\.pdb: must be an https/,
      );
    }
    assert.throws(() => parseConfig({ databases: { mirrors: { nasa: 'https://x.org' } as never } }), ConfigError);
  });

  it('can write to the file system, which lies in the same zone', () => {
    const template = databases();
    const { MountPoints, Volumes, User } = jobOf(template).ContainerProperties;
    assert.deepEqual(MountPoints, [{ SourceVolume: 'lustre', ContainerPath: '/fsx', ReadOnly: false }]);
    assert.deepEqual(Volumes, [{ Name: 'lustre', Host: { SourcePath: '/fsx' } }]);
    assert.equal(User, '0:0');
    const [, launch] = template.all('AWS::EC2::LaunchTemplate')[0] ?? assert.fail();
    assert.match(
      plainText(launch.Properties.LaunchTemplateData.UserData),
      /^FOLDPAD_LUSTRE_OPTIONS='rw,noatime,flock'$/m,
    );
    const [, environment] = template.all('AWS::Batch::ComputeEnvironment')[0] ?? assert.fail();
    const { Subnets, Type, MinvCpus, MaxvCpus } = environment.Properties.ComputeResources;
    assert.equal(Subnets.length, 1);
    assert.deepEqual([Type, MinvCpus, MaxvCpus], ['EC2', 0, 16]);
  });

  it('asks for what each of its machines has', () => {
    const requirements = jobOf(databases()).ContainerProperties.ResourceRequirements as {
      Type: string;
      Value: string;
    }[];
    const value = (type: string) => Number(requirements.find(({ Type }) => Type === type)?.Value ?? 0);
    const request = { vcpus: value('VCPU'), memoryMiB: value('MEMORY'), gpus: value('GPU') };
    for (const machine of BEST_FOR_DATABASES) {
      assert.ok(fitsOn(machine, request), `${machine.name} offers ${usableMemoryMiB(machine)} MiB`);
    }
  });

  it('may send its own events and mails, and say in the bucket that the databases have changed', () => {
    const template = databases();
    const written: string[] = [];
    for (const { Action, Resource } of statements(template)) {
      for (const action of Action) assert.doesNotMatch(action, /\*|s3:(Get|Delete|List)|iam:/);
      if (Action.some((action) => action.startsWith('s3:'))) written.push(...Resource);
      if (Action.includes('sns:Publish')) assert.match(Resource.join(), /:foldpad-mail$/);
    }
    assert.equal(written.length, 1);
    assert.match(written[0] ?? '', /:s3:::foldpad-<AWS::AccountId>-us-east-1\/features\/present\/changed\.json\*$/);
    const events = statements(template).find(({ Action }) => Action.includes('events:PutEvents'));
    assert.deepEqual(events?.Condition, { StringEquals: { 'events:source': 'foldpad.databases' } });
    const environment = jobOf(template).ContainerProperties.Environment as { Name: string; Value: unknown }[];
    const topic = environment.find(({ Name }) => Name === 'FOLDPAD_TOPIC_ARN')?.Value;
    assert.match(plainText(topic), /:sns:us-east-1:<AWS::AccountId>:foldpad-mail$/);
    const bucket = environment.find(({ Name }) => Name === 'FOLDPAD_BUCKET')?.Value;
    assert.equal(plainText(bucket), 'foldpad-<AWS::AccountId>-us-east-1');
  });

  it('has a queue of its own, first come, first served', () => {
    const queue = databases().one('AWS::Batch::JobQueue', 'JobQueueName', 'foldpad-databases').Properties;
    assert.equal(queue.SchedulingPolicyArn, undefined);
    assert.ok(queue.JobStateTimeLimitActions.length > 0);
  });

  it('is right in China', () => {
    assert.doesNotMatch(databases({ region: 'cn-northwest-1' }).text, /arn:aws:|us-east-1/);
  });
});
