import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StackPart } from '../../backend/infra/names.ts';
import { EMULATED_PARTS } from '../../backend/infra/stacks.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { runCommand } from '../../scripts/lib/process.ts';
import { Assembly, synthesize } from '../support/assembly.ts';
import { assemblyOf, placeholderBundles } from '../support/infraAssemblies.ts';

function text(name: 'virginia' | 'ningxia', part: StackPart): string {
  return readFileSync(path.join(assemblyOf(name).folder, `${part}.template.json`), 'utf8');
}

/** How many resources of each type a stack has. */
function census(assembly: Assembly, part: StackPart): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(assembly.template(part).Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

describe('the network', function () {
  this.timeout(120_000);

  it('has a subnet in every zone, ways to S3 and DynamoDB, a record of who speaks with whom, and no NAT gateway', () => {
    const assembly = assemblyOf('virginia');
    const zones = assembly.resources('AWS::EC2::Subnet').map(({ Properties }) => Properties.AvailabilityZone);
    assert.deepEqual(
      zones,
      ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `us-east-1${letter}`),
    );
    const services = assembly
      .resources('AWS::EC2::VPCEndpoint')
      .map(({ Properties }) => JSON.stringify(Properties.ServiceName));
    assert.match(services.sort().join(), /dynamodb.*s3/);
    assert.equal(assembly.resources('AWS::EC2::FlowLog').length, 1);
    assert.equal(assembly.resources('AWS::EC2::NatGateway').length, 0);
  });

  it('may be one that exists: nothing is made in it but security groups', () => {
    const vpc = {
      id: 'vpc-0a1b2c3d',
      subnetIds: ['subnet-0a1b2c3d', 'subnet-0e5f6071'],
      zones: ['us-east-1a', 'us-east-1c'],
    };
    const assembly = synthesize({ network: { vpc } }, { bundles: placeholderBundles() });
    try {
      const types = Object.keys(census(assembly, 'Network')).sort();
      assert.deepEqual(types, ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::SSM::Parameter']);
      const values = assembly.resources('AWS::SSM::Parameter', 'Network').map(({ Properties }) => Properties.Value);
      assert.ok(values.includes('vpc-0a1b2c3d') && values.includes('subnet-0a1b2c3d,subnet-0e5f6071'));
      assert.equal(assembly.resources('AWS::EC2::VPC').length, 0);
    } finally {
      assembly.remove();
    }
  });
});

describe('stacks', function () {
  this.timeout(120_000);

  it('are linked by names: none exports, none imports', () => {
    const assembly = assemblyOf('virginia');
    assert.equal(assembly.parts.length, 9);
    for (const part of assembly.parts) assert.doesNotMatch(text('virginia', part), /Fn::ImportValue|"Export"/, part);
  });

  it('carry the tag that the budget counts by, the instances that they start included', () => {
    for (const { Properties } of assemblyOf('virginia').resources('AWS::Batch::ComputeEnvironment')) {
      assert.equal(Properties.ComputeResources.Tags['foldpad:deployment'], 'foldpad');
    }
    const [bucket] = assemblyOf('virginia').resources('AWS::S3::Bucket');
    assert.ok(bucket?.Properties.Tags.some(({ Key }: { Key: string }) => Key === 'foldpad:deployment'));
  });
});

describe('in China', function () {
  this.timeout(120_000);

  it('names the partition and the domain of the region nowhere by hand', () => {
    for (const part of assemblyOf('ningxia').parts) {
      const template = text('ningxia', part);
      assert.doesNotMatch(template, /arn:aws:(?!cdk)/, part);
      assert.doesNotMatch(template, /us-east-1/, part);
    }
    const variables = assemblyOf('ningxia').resources('AWS::Lambda::Function', 'Api')[0]?.Properties.Environment
      .Variables;
    assert.match(
      JSON.stringify(variables.FOLDPAD_PUBLIC_URL),
      /\.execute-api\.cn-northwest-1\.",\{"Ref":"AWS::URLSuffix"\}/,
    );
  });

  it('uses what there is: functions on x86, the first persistent Lustre, no budget', () => {
    const assembly = assemblyOf('ningxia');
    for (const { Properties } of assembly.resources('AWS::Lambda::Function', 'Api')) {
      assert.deepEqual(Properties.Architectures, ['x86_64']);
    }
    const [fileSystem] = assembly.resources('AWS::FSx::FileSystem');
    assert.equal(fileSystem?.Properties.LustreConfiguration.DeploymentType, 'PERSISTENT_1');
    assert.equal(fileSystem?.Properties.LustreConfiguration.PerUnitStorageThroughput, 200);
    assert.equal(assembly.resources('AWS::Budgets::Budget').length, 0);
    assert.deepEqual(
      assembly.resources('AWS::EC2::Subnet').map(({ Properties }) => Properties.AvailabilityZone),
      ['cn-northwest-1a', 'cn-northwest-1b', 'cn-northwest-1c'],
    );
  });
});

describe('in an emulator', function () {
  this.timeout(120_000);

  it('leaves out just what it cannot make', () => {
    const missing = Object.fromEntries(
      EMULATED_PARTS.map((part) => {
        const real = census(assemblyOf('account'), part);
        const emulated = census(assemblyOf('emulator'), part);
        for (const type of Object.keys(emulated)) assert.ok(type in real, `${part} has ${type} in an emulator only`);
        const gone = Object.entries(real).flatMap(([type, count]) => {
          const less = count - (emulated[type] ?? 0);
          return less === 0 ? [] : [[type, less]];
        });
        return [part, Object.fromEntries(gone)];
      }),
    );
    assert.deepEqual(missing, {
      // The file system, its link to the bucket, and the parameters that tell where it is; "only over TLS", where there
      // is none.
      Storage: {
        'AWS::FSx::FileSystem': 1,
        'AWS::FSx::DataRepositoryAssociation': 1,
        'AWS::SSM::Parameter': 3,
        'AWS::S3::BucketPolicy': 1,
      },
      Notify: {},
      // "Only over TLS" again; policies with a second purpose stay.
      Api: { 'AWS::SQS::QueuePolicy': 2 },
      // The budget, and alarms on formulas.
      Operations: { 'AWS::Budgets::Budget': 1, 'AWS::CloudWatch::Alarm': 3 },
    });
  });
});

describe('npx cdk synth', function () {
  this.timeout(170_000);

  for (const region of ['us-east-1', 'cn-northwest-1']) {
    it(`works without an account, without credentials and without asking anybody: ${region}`, async () => {
      const output = path.join(tmpdir(), `foldpad-cdk-cli-${process.pid}-${region}`);
      // A proxy that is not there: whoever tries to reach AWS fails.
      const nowhere = 'http://127.0.0.1:9';
      const { code, output: printed } = await runCommand(
        process.execPath,
        [
          path.join('node_modules', 'aws-cdk', 'bin', 'cdk'),
          'synth',
          '--quiet',
          '-c',
          `region=${region}`,
          '--output',
          output,
        ],
        {
          cwd: ROOT,
          timeoutMs: 160_000,
          env: {
            PATH: [path.dirname(process.execPath), process.env.PATH ?? ''].join(path.delimiter),
            HOME: output,
            CDK_DISABLE_CLI_TELEMETRY: 'true',
            AWS_EC2_METADATA_DISABLED: 'true',
            HTTPS_PROXY: nowhere,
            HTTP_PROXY: nowhere,
          },
        },
      );
      try {
        assert.equal(code, 0, printed.slice(-3_000));
        const made = new Assembly(assemblyOf(region === 'us-east-1' ? 'virginia' : 'ningxia').config, output);
        for (const part of ['Network', 'Storage', 'Compute', 'Api', 'Notify', 'Operations'] as const) {
          assert.ok(made.parts.includes(part), part);
        }
        const [api] = made.resources('AWS::ApiGatewayV2::Api');
        assert.equal(api?.Properties.Name, 'foldpad');
      } finally {
        rmSync(output, { recursive: true, force: true });
      }
    });
  }
});
