import assert from 'node:assert/strict';
import path from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { runCommand } from '../../scripts/lib/process.ts';
import { pythonProgram } from '../../scripts/setup/python.ts';
import { type Assembly, readFindings, synthesizeApp } from '../support/assembly.ts';
import { assemblyOf, CONFIGURATION_NAMES } from '../support/infraAssemblies.ts';
import { needsMiniStack } from '../support/miniStack.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const REGIONS = ['virginia', 'ningxia'] as const;

/**
 * Rules of cfn-lint that do not apply: W3005 is the CDK's habit to say twice what depends on what; W3010 asks for zones
 * that are looked up, where ours are written down on purpose (backend/infra/zones.ts).
 */
const IGNORED = ['W3005', 'W3010'];

async function lint(assembly: Assembly): Promise<string> {
  const files = assembly.parts.map((part) => path.join(assembly.folder, `${part}.template.json`));
  const args = ['--regions', assembly.config.region, '--format', 'parseable', '--ignore-checks', ...IGNORED, '--'];
  const { code, output } = await runCommand(pythonProgram('aws', 'cfn-lint'), [...args, ...files], {
    timeoutMs: 170_000,
  });
  assert.ok(code === 0 || output.trim() !== '', 'cfn-lint could not be run');
  return output.trim();
}

describe('rules that every template keeps', function () {
  this.timeout(180_000);

  for (const name of REGIONS) {
    it(`leaves no finding of cdk-nag's AwsSolutions unexplained (${name})`, () => {
      const unexplained = assemblyOf(name).findings.filter(({ reason }) => reason === undefined);
      assert.deepEqual(unexplained, []);
    });

    it(`explains findings in sentences (${name})`, () => {
      const { findings } = assemblyOf(name);
      assert.ok(findings.length > 10, 'the rules were not checked');
      for (const { rule, reason = '' } of findings) assert.match(reason, /^\S.{20,}[.:]?$/, `${rule}: "${reason}"`);
    });
  }

  for (const name of CONFIGURATION_NAMES) {
    it(`starts nothing from an image of Batch that does not support it (${name})`, () => {
      // "ECS_AL2023_NVIDIA doesn't support p3 and g3 instance types", and there is no other for GPUs any more.
      const environments = assemblyOf(name).resources('AWS::Batch::ComputeEnvironment');
      assert.ok(environments.length > 1);
      for (const { Properties } of environments) {
        const { InstanceTypes, Ec2Configuration } = Properties.ComputeResources;
        assert.equal(Ec2Configuration.length, 1);
        const [{ ImageType, ImageIdOverride }] = Ec2Configuration;
        assert.doesNotMatch(ImageType, /^ECS_AL2(_|$)/, 'Batch takes no new environment of Amazon Linux 2');
        const isOld = InstanceTypes.some((type: string) => /^(p3|p3dn|g3|g3s)\./.test(type));
        if (ImageType === 'ECS_AL2023_NVIDIA' && isOld)
          assert.match(ImageIdOverride ?? 'none', /^ami-/, `${InstanceTypes}`);
        else assert.equal(ImageIdOverride, undefined, `${InstanceTypes}`);
      }
    });
  }

  it('finds what is wrong: the checks are awake', () => {
    const { folder, remove } = temporaryFolder();
    try {
      const open = (app: App) => new Bucket(new Stack(app, 'Storage'), 'Open');
      assert.throws(() => synthesizeApp(folder, true, open), /Validation failed/);
      const rules = readFindings(folder).flatMap(({ rule, reason }) => (reason === undefined ? rule : []));
      assert.deepEqual(rules.sort(), ['AwsSolutions-S1', 'AwsSolutions-S10']);
    } finally {
      remove();
    }
  });

  describe('cfn-lint', () => {
    before(function () {
      needsMiniStack(this);
    });

    for (const name of REGIONS) {
      it(`has nothing to say, the region's services included (${name})`, async () => {
        assert.equal(await lint(assemblyOf(name)), '');
      });
    }
  });
});
