import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogueQueues } from '../../backend/aws/batchQueues.ts';
import type { Policy } from '../../backend/core/deps.ts';
import { chooseQueue } from '../../backend/core/queues.ts';
import { ConfigError, deployedQueues, parseConfig, zonesOf } from '../../backend/infra/config.ts';
import { loadConfig } from '../../backend/infra/configFile.ts';
import { bucketName, resourceNames, stackName } from '../../backend/infra/names.ts';
import { P3_MACHINE } from '../support/p3Machine.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Of a backend in AWS, which has no queue for requests that name none. */
const POLICY: Policy = { backend: 'aws', version: 'test', maxAttempts: 3, timeoutSeconds: 3600 };

/** The error's lines below its first. */
function complaints(input: unknown): string[] {
  try {
    parseConfig(input);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('the configuration of a deployment', () => {
  it('needs nothing: every field has a default', () => {
    const config = parseConfig({});
    assert.equal(config.name, 'foldpad');
    assert.equal(config.region, 'us-east-1');
    assert.equal(config.databases.preset, 'reduced');
    assert.equal(config.workstation.enabled, false);
    assert.deepEqual(zonesOf(config).length, 6);
    for (const queue of ['p4', 'cpu', 'g5-spot']) {
      assert.ok(deployedQueues(config).includes(queue), queue);
    }
  });

  it('has the p3 queues of the article where an AMI is named for them, and else leaves them out', () => {
    const others = ['p4', 'g5', 'g6', 'g6e', 'cpu'];
    assert.deepEqual(parseConfig({}).queues, others);
    assert.deepEqual(parseConfig({ images: { p3Machine: P3_MACHINE } }).queues, ['low', 'mid', 'high', ...others]);
    assert.deepEqual(parseConfig({ queues: ['g6', 'cpu'], images: { p3Machine: P3_MACHINE } }).queues, ['g6', 'cpu']);
  });

  it('refuses a p3 queue, and its Spot twin, without an AMI: field, reason and both remedies in one line', () => {
    const [line = '', ...others] = complaints({
      region: 'eu-west-1',
      queues: ['low', 'high', 'g6', 'cpu'],
      spot: ['low'],
    });
    assert.deepEqual(others, []);
    assert.match(
      line,
      /^images\.p3Machine: is missing, and AWS calls p3 machines \(low, high\) unsupported with AWS Batch's own image\./,
    );
    assert.match(line, /Leave low, high out of "queues" and "spot", or give the id of an AMI/);
    assert.match(
      line,
      /aws ssm get-parameter --name \/aws\/service\/ecs\/optimized-ami\/amazon-linux-2023\/gpu\/recommended\/image_id --region eu-west-1 /,
    );
    assert.match(complaints({ spot: ['mid'] }).join('\n'), /p3Machine: is missing, .*\(mid\)/);
    const named = { queues: ['low', 'cpu'], spot: ['low'], images: { p3Machine: P3_MACHINE } };
    assert.deepEqual(deployedQueues(parseConfig(named)), ['low', 'low-spot', 'cpu']);
    assert.deepEqual(complaints({ images: { p3Machine: 'al2023' } }), [
      'images.p3Machine: must be the id of an AMI such as ami-0a1b2c3d4e5f60718',
    ]);
  });

  it('names field and remedy of every mistake at once', () => {
    assert.deepEqual(
      complaints({ regoin: 'us-east-1', mail: ['nobody'], budget: 'much', logRetentionDays: 8 }).sort(),
      [
        '(the file): does not know "regoin"; remove it or mend the spelling',
        'budget: must be a number',
        'logRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653',
        'mail[0]: must be a mail address such as ada@example.org',
      ],
    );
  });

  it('says what is wrong inside an existing network', () => {
    const vpc = { id: 'vpc-00000001', subnetIds: ['subnet-00000001', 'subnet-00000002'], zones: ['us-east-1a'] };
    assert.deepEqual(complaints({ network: { vpc } }), [
      'network.vpc.zones: must have as many entries as "subnetIds" (2), the zone of each',
    ]);
    assert.equal(
      complaints({ network: { vpc: { ...vpc, id: 'mine' } } })[0],
      'network.vpc.id: must be a VPC id such as vpc-0a1b2c3d',
    );
    assert.match(complaints({ network: { vpc: 'old' } })[0] ?? '', /"new" or an object with id, subnetIds and zones/);
  });

  it('opens no door to the world', () => {
    for (const allowedCidr of ['0.0.0.0/0', '203.0.113.0/16', '10.0.0.0/8']) {
      assert.match(
        complaints({ workstation: { allowedCidr } })[0] ?? '',
        /^workstation\.allowedCidr: must be your own/,
      );
    }
    assert.deepEqual(complaints({ workstation: { allowedCidr: '203.0.113.7/32' } }), []);
  });

  it('keeps queues together that need each other', () => {
    assert.match(complaints({ queues: ['p4'] })[0] ?? '', /^queues: must hold "cpu"/);
    assert.match(complaints({ queues: ['cpu'], spot: ['g5'] })[0] ?? '', /^spot\[0\]: "g5" is not among "queues"/);
    assert.deepEqual(deployedQueues(parseConfig({ queues: ['p4', 'cpu'] })), ['p4', 'cpu', 'cpu-spot']);
  });

  it('answers a request for a queue that was left out with those that are there', () => {
    const names = deployedQueues(parseConfig({}));
    const queues = catalogueQueues({ prefix: 'foldpad', queues: names, alphafold: true });
    for (const asked of ['low', 'mid', 'HIGH', 'low-spot']) {
      const choice = chooseQueue(asked, queues, POLICY);
      assert.ok(choice.kind === 'mistake', asked);
      assert.ok(choice.detail.message.startsWith(`there is no queue "${asked}"`));
      assert.equal(choice.detail.remedy, `Choose one of: ${names.join(', ')}. GET /queues describes them.`);
    }
  });

  it('asks for the zones of a region that it does not know', () => {
    assert.match(
      complaints({ region: 'mx-central-1' })[0] ?? '',
      /^network\.zones: must list the zones of mx-central-1/,
    );
    assert.deepEqual(complaints({ region: 'mx-central-1', network: { zones: ['mx-central-1a'] } }), []);
  });

  it('makes names that AWS takes, also of the longest name', () => {
    const { name } = parseConfig({ name: 'a234567890123456' });
    assert.ok(bucketName(name, '123456789012', 'ap-southeast-1').length <= 63);
    assert.match(complaints({ name: 'a2345678901234567' })[0] ?? '', /^name: must be 3 to 16/);
    assert.equal(stackName('foldpad', 'Network'), 'Foldpad-Network');
    assert.equal(resourceNames('lab-2').workQueue, 'lab-2-work');
  });
});

describe('the configuration file', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const load = (context: Record<string, unknown>) => loadConfig((key) => context[key], folder);
  const write = (text: string) => writeFileSync(path.join(folder, 'foldpad.config.json'), text);

  it('may be missing, unless somebody asks for it by name', () => {
    assert.equal(load({}).region, 'us-east-1');
    assert.throws(() => load({ config: 'mine.json' }), /There is no .*mine\.json/);
  });

  it('is overlaid by context from the command line, which is text', () => {
    write('{"region": "eu-west-1", "budget": 20}');
    const config = load({ budget: '70', account: '000000000042', mail: '["a@example.org"]', unrelated: 'x' });
    assert.deepEqual([config.region, config.budget, config.account], ['eu-west-1', 70, '000000000042']);
    assert.deepEqual(config.mail, ['a@example.org']);
  });

  it('says where it is broken', () => {
    write('{"region": }');
    assert.throws(() => load({}), /foldpad\.config\.json is not JSON/);
    write('[]');
    assert.throws(() => load({}), /must hold one JSON object/);
  });
});
