import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, type DeploymentInput, parseConfig } from '../../backend/infra/config.ts';
import { WorkstationStack, workstationUserData } from '../../backend/infra/workstationStack.ts';
import { FakePrograms } from '../support/fakePrograms.ts';
import { plainText, type StackTemplate, statements, synthesize } from '../support/stackTemplate.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const IDLE = path.resolve(import.meta.dirname, '../../backend/infra/workstation/idle.sh');

function workstation(settings: DeploymentInput['workstation'] = {}, region = 'us-east-1'): StackTemplate {
  const input = { region, workstation: { enabled: true, ...settings } };
  return synthesize((app, config) => new WorkstationStack(app, config), input);
}

function only(template: StackTemplate, type: string) {
  const [[, resource] = assert.fail(`no ${type}`), ...more] = template.all(type);
  assert.equal(more.length, 0);
  return resource.Properties;
}

describe('Workstation stack', function () {
  this.timeout(60_000);

  it('is open to nobody by default: Session Manager needs no open port', () => {
    const template = workstation();
    assert.equal(only(template, 'AWS::EC2::SecurityGroup').SecurityGroupIngress, undefined);
    assert.match(template.text, /AWS-StartPortForwardingSession/);
  });

  it('is open for DCV to one range of addresses, if asked', () => {
    const { SecurityGroupIngress } = only(workstation({ allowedCidr: '203.0.113.7/32' }), 'AWS::EC2::SecurityGroup');
    for (const { CidrIp, FromPort, ToPort } of SecurityGroupIngress) {
      assert.deepEqual([CidrIp, FromPort, ToPort], ['203.0.113.7/32', 8443, 8443]);
    }
    assert.equal(SecurityGroupIngress.length, 2);
  });

  for (const allowedCidr of ['0.0.0.0/0', '203.0.113.0/4', '10.0.0.0/8', 'everyone']) {
    it(`refuses ${allowedCidr}`, () => {
      assert.throws(
        () => parseConfig({ workstation: { enabled: true, allowedCidr } }),
        (error) => error instanceof ConfigError && /workstation\.allowedCidr/.test(error.message),
      );
    });
  }

  it('is a GPU machine with IMDSv2, an encrypted disk, and a password that nobody wrote down', () => {
    const template = workstation({ instanceType: 'g5.xlarge' });
    const instance = only(template, 'AWS::EC2::Instance');
    assert.equal(instance.InstanceType, 'g5.xlarge');
    assert.equal(instance.BlockDeviceMappings[0].Ebs.Encrypted, true);
    assert.equal(instance.InstanceInitiatedShutdownBehavior, 'stop');
    const { MetadataOptions } = only(template, 'AWS::EC2::LaunchTemplate').LaunchTemplateData;
    assert.deepEqual([MetadataOptions.HttpTokens, MetadataOptions.HttpPutResponseHopLimit], ['required', 1]);
    assert.equal(only(template, 'AWS::SecretsManager::Secret').GenerateSecretString.PasswordLength, 24);
  });

  it('may read results and its password, and keep Session Manager open', () => {
    for (const { Action, Resource } of statements(workstation())) {
      for (const action of Action) {
        assert.match(
          action,
          /^(s3:GetObject|s3:ListBucket|secretsmanager:GetSecretValue|ssm:Update\w+|ssmmessages:\w+)$/,
        );
      }
      if (Action.includes('s3:GetObject'))
        assert.match(Resource.join(), /(-us-east-1\/output|:dcv-license\.us-east-1)\/\*$/);
      if (Resource.includes('*')) assert.ok(Action.every((action) => action.startsWith('ssm')));
    }
  });

  it('stops when nobody uses it, by its own script and by an alarm', () => {
    const template = workstation();
    const alarm = only(template, 'AWS::CloudWatch::Alarm');
    assert.match(plainText(alarm.AlarmActions[0]), /:automate:us-east-1:ec2:stop$/);
    assert.equal(alarm.TreatMissingData, 'notBreaching');
    assert.match(plainText(only(template, 'AWS::EC2::Instance').UserData), /^FOLDPAD_IDLE_MINUTES='60'$/m);
  });

  it('sets itself up with a script that bash can read, small enough for EC2, with the results read-only', () => {
    const text = workstationUserData({ FOLDPAD_REGION: 'us-east-1', FOLDPAD_BUCKET: 'b', FOLDPAD_SECRET: 's' });
    assert.ok(text.startsWith('#!/bin/bash\n') && text.length < 14_000);
    execFileSync('bash', ['-n'], { input: text });
    assert.match(text, /mount-s3 --read-only .*--prefix output\//);
    const packed = /^FOLDPAD_IDLE_SCRIPT='([^']+)'$/m.exec(text)?.[1] ?? '';
    assert.equal(Buffer.from(packed, 'base64').toString('utf8'), readFileSync(IDLE, 'utf8'));
  });

  it('is right in China', () => {
    assert.doesNotMatch(workstation({}, 'cn-northwest-1').text, /arn:aws:|us-east-1/);
  });

  describe('idle script', () => {
    let home: ReturnType<typeof temporaryFolder>;
    let programs: FakePrograms;
    let last: string;

    beforeEach(() => {
      home = temporaryFolder();
      programs = new FakePrograms(home.folder, ['dcv', 'systemctl', 'jq']);
      last = path.join(home.folder, 'root/run/foldpad-last-use');
      mkdirSync(path.dirname(last), { recursive: true });
    });

    afterEach(() => home.remove());

    /** @returns whether the machine was stopped */
    function look(minutesSinceUse: number | undefined, connections: string): boolean {
      if (minutesSinceUse !== undefined)
        writeFileSync(last, `${Math.floor(Date.now() / 1000) - minutesSinceUse * 60}\n`);
      programs.behave('jq', `cat >/dev/null; echo '${connections}'`);
      const env = { FOLDPAD_ROOT: path.join(home.folder, 'root'), FOLDPAD_IDLE_MINUTES: '60' };
      const { code, calls, output } = programs.run(`exec bash '${IDLE}'`, env);
      assert.equal(code, 0, output);
      return calls.includes('systemctl poweroff');
    }

    it('stops after an hour without anybody, not before, and never while somebody is there', () => {
      assert.equal(look(undefined, '0'), false, 'just started');
      assert.equal(look(59, '0'), false);
      assert.equal(look(61, '0'), true);
      assert.equal(look(600, '1'), false);
      assert.equal(look(undefined, '0'), false, 'somebody was there a moment ago');
    });

    it('stops a machine whose desktop never came up', () => {
      programs.behave('dcv', 'exit 127');
      assert.equal(look(90, ''), true);
    });
  });
});
