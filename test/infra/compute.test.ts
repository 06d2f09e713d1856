import assert from 'node:assert/strict';
import { findMachine, fitsOn, MACHINES, machineRequest, maxGpus } from '../../backend/api/machines.ts';
import { ComputeStack } from '../../backend/infra/computeStack.ts';
import { type DeploymentInput, deployedQueues, parseConfig } from '../../backend/infra/config.ts';
import { P3_MACHINE } from '../support/p3Machine.ts';
import { plainText, type Resource, type StackTemplate, statements, synthesize } from '../support/stackTemplate.ts';

const QUEUE = 'AWS::Batch::JobQueue';
const DEFINITION = 'AWS::Batch::JobDefinition';
const ALL: DeploymentInput = {
  queues: ['low', 'mid', 'high', 'p4', 'p5', 'g5', 'g6', 'g6e', 'cpu'],
  spot: ['low', 'p4', 'g6e', 'cpu'],
  images: { p3Machine: P3_MACHINE },
};

function compute(input: DeploymentInput = ALL): StackTemplate {
  return synthesize((app, config) => new ComputeStack(app, config), input);
}

function environmentOf(template: StackTemplate, queue: string): Resource {
  const { Properties } = template.one(QUEUE, 'JobQueueName', `foldpad-${queue}`);
  assert.equal(Properties.ComputeEnvironmentOrder.length, 1);
  return template.at(Properties.ComputeEnvironmentOrder[0].ComputeEnvironment);
}

function userDataOf(template: StackTemplate, queue: string): string {
  const { LaunchTemplate } = environmentOf(template, queue).Properties.ComputeResources;
  const launch = template.at(LaunchTemplate.LaunchTemplateId);
  return plainText(launch.Properties.LaunchTemplateData.UserData);
}

describe('Compute stack', function () {
  this.timeout(60_000);
  let template: StackTemplate;
  before(() => {
    template = compute();
  });

  describe('queues', () => {
    const queues = deployedQueues(parseConfig(ALL));

    it('has one for every kind of machine and every Spot twin, named as agreed', () => {
      const names = template.all(QUEUE).map(([, { Properties }]) => Properties.JobQueueName);
      assert.deepEqual(names.sort(), queues.map((queue) => `foldpad-${queue}`).sort());
      assert.ok(queues.includes('p4-spot') && !queues.includes('p5-spot'));
    });

    for (const queue of queues) {
      it(`${queue} starts from nothing the machines of the catalogue, with the right image`, () => {
        const { machine, isSpot } = findMachine(queue) ?? assert.fail();
        const { ComputeResources: resources, ...environment } = environmentOf(template, queue).Properties;
        assert.equal(environment.Type, 'MANAGED');
        assert.equal(environment.ComputeEnvironmentName, undefined, 'a fixed name cannot be replaced');
        assert.equal(environment.ReplaceComputeEnvironment, false);
        assert.equal(resources.MinvCpus, 0);
        assert.equal(resources.DesiredvCpus, undefined);
        assert.equal(resources.Type, isSpot ? 'SPOT' : 'EC2');
        assert.deepEqual(
          resources.InstanceTypes,
          machine.instances.map(({ name }) => name),
        );
        assert.ok(resources.MaxvCpus >= Math.max(...machine.instances.map(({ vcpus }) => vcpus)));
        const image = machine.gpuModel === undefined ? 'ECS_AL2023' : 'ECS_AL2023_NVIDIA';
        // AWS Batch has no image for p3 machines.
        const isP3 = ['low', 'low-spot', 'mid', 'high'].includes(queue);
        assert.deepEqual(resources.Ec2Configuration, [
          { ImageType: image, ...(isP3 && { ImageIdOverride: P3_MACHINE }) },
        ]);
      });
    }

    it('shares every queue between users, and lets nothing wait for ever', () => {
      const policy = { 'Fn::GetAtt': ['FairShare', 'Arn'] };
      assert.equal(template.at(policy).Properties.Name, 'foldpad-fair-share');
      for (const [, { Properties }] of template.all(QUEUE)) {
        assert.deepEqual(Properties.SchedulingPolicyArn, policy);
        const limits = Properties.JobStateTimeLimitActions as Record<string, unknown>[];
        assert.deepEqual(limits.map(({ Reason }) => Reason).sort(), [
          'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
          'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
          'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
        ]);
        for (const { Action, State, MaxTimeSeconds } of limits) {
          assert.deepEqual([Action, State], ['CANCEL', 'RUNNABLE']);
          assert.ok((MaxTimeSeconds as number) >= 600 && (MaxTimeSeconds as number) <= 86_400);
        }
      }
    });

    it('searches beside the file system, and predicts wherever there are GPUs', () => {
      const subnets = (queue: string) => environmentOf(template, queue).Properties.ComputeResources.Subnets;
      assert.equal(subnets('cpu').length, 1);
      assert.deepEqual(subnets('cpu'), subnets('p4').slice(0, 1));
      assert.equal(subnets('p4').length, 6);
    });

    it('raises a limit of vCPUs that would allow no instance at all', () => {
      const small = compute({ queues: ['p5', 'cpu'], maxVcpus: 8, spot: [] });
      assert.equal(environmentOf(small, 'p5').Properties.ComputeResources.MaxvCpus, 192);
    });
  });

  describe('instances', () => {
    it('take no job over IMDSv1, hold no role for containers, and have an encrypted disk with room', () => {
      const launches = template.all('AWS::EC2::LaunchTemplate');
      assert.equal(launches.length, template.all(QUEUE).length);
      for (const [, { Properties }] of launches) {
        const data = Properties.LaunchTemplateData;
        assert.deepEqual(data.MetadataOptions, {
          HttpEndpoint: 'enabled',
          HttpPutResponseHopLimit: 1,
          HttpTokens: 'required',
        });
        assert.equal(data.InstanceInitiatedShutdownBehavior, 'terminate');
        const [disk] = data.BlockDeviceMappings;
        assert.equal(disk.DeviceName, '/dev/xvda');
        assert.equal(disk.Ebs.Encrypted, true);
        assert.ok(disk.Ebs.VolumeSize >= 100);
        assert.ok(plainText(data.UserData).length < 12_000, 'EC2 takes 16 KB, and Batch adds its own part');
      }
    });

    it('mount the databases read-only', () => {
      for (const queue of ['p4', 'cpu', 'g6e-spot']) {
        const userData = userDataOf(template, queue);
        assert.match(userData, /^FOLDPAD_LUSTRE_DNS='<SsmParameterValuefoldpadlustrednsname\w+>'$/m);
        assert.match(userData, /^FOLDPAD_LUSTRE_NAME='<SsmParameterValuefoldpadlustremountname\w+>'$/m);
        assert.match(userData, /^FOLDPAD_LUSTRE_OPTIONS='ro,noatime,flock'$/m);
        assert.match(userData, /^FOLDPAD_LUSTRE_MOUNT='\/fsx'$/m);
      }
      assert.match(userDataOf(template, 'cpu'), /^FOLDPAD_HAS_GPU='no'$/m);
      assert.match(userDataOf(template, 'p4'), /^FOLDPAD_HAS_GPU='yes'$/m);
    });

    it('mount nothing where there is no file system', () => {
      const bare = compute({ databases: { fileSystem: false } });
      assert.doesNotMatch(bare.text, /lustre\/dns-name|FOLDPAD_LUSTRE_DNS='/);
      const { Volumes } = bare.one(DEFINITION, 'JobDefinitionName', 'foldpad-features').Properties.ContainerProperties;
      assert.deepEqual(
        Volumes.map(({ Name }: { Name: string }) => Name),
        ['scratch'],
      );
    });
  });

  describe('job definitions', () => {
    const definition = (name: string) => template.one(DEFINITION, 'JobDefinitionName', `foldpad-${name}`).Properties;

    for (const name of ['features', 'predict', 'homology']) {
      it(`${name} runs the runner, with something for every Ref::`, () => {
        const { ContainerProperties: container, Parameters: parameters } = definition(name);
        assert.deepEqual(container.Command, ['run', '--job', 'Ref::job', '--stage', 'Ref::stage', '--run', 'Ref::run']);
        for (const part of container.Command as string[]) {
          const [, parameter] = /^Ref::(\w+)$/.exec(part) ?? [];
          if (parameter) assert.equal(typeof parameters[parameter], 'string', part);
        }
        assert.equal(parameters.stage, name === 'features' ? 'features' : 'predict');
      });

      it(`${name} is tried again after the loss of its machine, and never otherwise`, () => {
        const { RetryStrategy, Timeout, PropagateTags, SchedulingPriority } = definition(name);
        assert.equal(RetryStrategy.Attempts, 3);
        assert.deepEqual(RetryStrategy.EvaluateOnExit, [
          { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
          { Action: 'EXIT', OnReason: '*' },
        ]);
        assert.ok(Timeout.AttemptDurationSeconds >= 3_600);
        assert.equal(PropagateTags, true);
        assert.equal(typeof SchedulingPriority, 'number', 'a queue with a fair share refuses jobs without');
      });

      it(`${name} logs where the backend looks, is not privileged, and ends cleanly`, () => {
        const { LogConfiguration, Privileged, LinuxParameters, Environment } = definition(name).ContainerProperties;
        assert.equal(LogConfiguration.LogDriver, 'awslogs');
        const group = LogConfiguration.Options['awslogs-group'];
        template.one('AWS::Logs::LogGroup', 'LogGroupName', group);
        assert.equal(group, '/foldpad/batch');
        assert.equal(Privileged, false);
        assert.equal(LinuxParameters.InitProcessEnabled, true);
        const environment = new Map((Environment as { Name: string; Value: string }[]).map((e) => [e.Name, e.Value]));
        assert.equal(environment.get('FOLDPAD_EVENTS'), 'eventbridge');
        assert.equal(environment.get('AWS_REGION'), 'us-east-1');
      });
    }

    it('show the databases, read-only, to AlphaFold alone', () => {
      for (const name of ['features', 'predict']) {
        const { MountPoints, Volumes } = definition(name).ContainerProperties;
        const mount = MountPoints.find(({ SourceVolume }: { SourceVolume: string }) => SourceVolume === 'databases');
        assert.deepEqual(mount, { SourceVolume: 'databases', ContainerPath: '/databases', ReadOnly: true });
        const volume = Volumes.find(({ Name }: { Name: string }) => Name === 'databases');
        assert.deepEqual(volume.Host, { SourcePath: '/fsx/databases' });
      }
      assert.doesNotMatch(JSON.stringify(definition('homology')), /fsx/);
    });

    it('ask for what fits: the defaults on every queue they may go to, and every number of GPUs on one of its machines', () => {
      const asked = (name: string, type: string) =>
        Number(
          definition(name).ContainerProperties.ResourceRequirements.find(({ Type }: { Type: string }) => Type === type)
            ?.Value ?? 0,
        );
      const request = (name: string) => ({
        vcpus: asked(name, 'VCPU'),
        memoryMiB: asked(name, 'MEMORY'),
        gpus: asked(name, 'GPU'),
      });
      assert.equal(request('predict').gpus, 1);
      assert.equal(request('features').gpus, 0);
      for (const machine of MACHINES) {
        const names = machine.gpuModel === undefined ? ['features', 'homology'] : ['predict'];
        for (const name of names) {
          assert.ok(
            machine.instances.some((each) => fitsOn(each, request(name))),
            `${name} on ${machine.queue}`,
          );
        }
        for (let gpu = 1; gpu <= maxGpus(machine); gpu += 1) {
          const scaled = machineRequest(machine, 'predict', gpu);
          assert.ok(
            machine.instances.some((each) => fitsOn(each, scaled)),
            `${gpu} GPUs on ${machine.queue}`,
          );
        }
      }
    });

    it('are not made for AlphaFold where there is no GPU', () => {
      const only = compute({ queues: ['cpu'], databases: { fileSystem: false } });
      assert.deepEqual(
        only.all(DEFINITION).map(([, { Properties }]) => Properties.JobDefinitionName),
        ['foldpad-homology'],
      );
    });
  });

  describe('rights', () => {
    it('name every action; no managed policy, nothing deleted, no resource of others', () => {
      for (const { Action, Resource } of statements(template)) {
        for (const action of Action) {
          assert.doesNotMatch(action, /\*/);
          assert.doesNotMatch(action, /Delete|iam:|sts:/);
          assert.ok(
            !Resource.includes('*') || /^(ecs:Discover|ec2:Describe|ecr:GetAuth|cloudwatch:Put)/.test(action),
            action,
          );
        }
      }
      for (const [id, { Properties }] of template.all('AWS::IAM::Role')) {
        assert.equal(Properties.ManagedPolicyArns, undefined, id);
      }
    });

    it('let a job read inputs, write results, and speak as the runner only', () => {
      const own = statements(template);
      const written = own.filter(({ Action }) => Action.includes('s3:PutObject')).flatMap(({ Resource }) => Resource);
      const folders = new Set(written.map((resource) => resource.replace(/^.*-us-east-1\//, '')));
      assert.deepEqual([...folders].sort(), ['features/*', 'output/*']);
      for (const { Action, Condition, Resource } of own) {
        if (!Action.includes('events:PutEvents')) continue;
        assert.deepEqual(Condition, { StringEquals: { 'events:source': 'foldpad.runner' } });
        assert.deepEqual(Resource, ['arn:<AWS::Partition>:events:us-east-1:<AWS::AccountId>:event-bus/default']);
      }
    });

    it('are taken by ECS tasks of this account alone', () => {
      const roles = template.all('AWS::IAM::Role').filter(([id]) => !id.startsWith('Instance'));
      assert.equal(roles.length, 3);
      for (const [, { Properties }] of roles) {
        const [statement] = Properties.AssumeRolePolicyDocument.Statement;
        assert.deepEqual(statement.Condition, { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
      }
    });
  });

  it('runs an image of the user’s own, and may pull it', () => {
    const own = '111122223333.dkr.ecr.us-east-1.amazonaws.com/labs/alphafold:2.3.2';
    const custom = compute({ images: { alphafold: own } });
    for (const name of ['features', 'predict']) {
      const { Properties } = custom.one(DEFINITION, 'JobDefinitionName', `foldpad-${name}`);
      assert.equal(Properties.ContainerProperties.Image, own);
    }
    const pulled = statements(custom).find(({ Action }) => Action.includes('ecr:BatchGetImage'));
    assert.ok(pulled?.Resource.includes('arn:<AWS::Partition>:ecr:us-east-1:111122223333:repository/labs/alphafold'));
  });

  it('is right in China, where hosts and partition are others', () => {
    const china = compute({ region: 'cn-northwest-1' });
    const { Image } = china.one(DEFINITION, 'JobDefinitionName', 'foldpad-homology').Properties.ContainerProperties;
    assert.match(
      plainText(Image),
      /^<AWS::AccountId>\.dkr\.ecr\.cn-northwest-1\.<AWS::URLSuffix>\/foldpad\/homology:[0-9a-f]{16}$/,
    );
    assert.doesNotMatch(china.text, /arn:aws:|us-east-1/);
  });
});
