// The programs that a platform engineer runs, as processes, against the emulator: deploy, look, deploy again, remove.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DescribeTableCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, HeadObjectCommand, NotFound, PutObjectCommand } from '@aws-sdk/client-s3';
import { FoldpadClient } from '../../backend/api/client.ts';
import { awsClients } from '../../scripts/backend/clients.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { type CommandResult, runCommand } from '../../scripts/lib/process.ts';
import { lambdaBundles } from '../support/lambda/bundles.ts';
import { type MiniStack, needsMiniStack, startMiniStack } from '../support/miniStack.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const KEY = /fp_[a-z2-7]{12}_[\w-]{43}/;
const STEP_MS = 240_000;

describe('npm run deploy:backend, doctor:backend, destroy:backend', function () {
  this.timeout(2 * STEP_MS);
  const { folder, remove } = temporaryFolder();
  const config = path.join(folder, 'foldpad.config.json');
  let stack: MiniStack;
  let key = '';
  let url = '';

  before(async function () {
    needsMiniStack(this);
    await lambdaBundles();
    stack = await startMiniStack({ environment: { MINISTACK_HOST: 'localhost' } });
    // Everything that an account has and the emulator has not is left out by `emulator`.
    writeFileSync(config, JSON.stringify({ emulator: stack.endpoint, mail: ['ada@example.org'] }));
  });
  after(async () => {
    await stack?.stop();
    remove();
  });

  function run(program: string, ...args: readonly string[]): Promise<CommandResult> {
    const file = path.join(ROOT, 'scripts', 'backend', `${program}.ts`);
    const own = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
    return runCommand(process.execPath, [file, '--config', config, ...args], {
      cwd: ROOT,
      env: { ...Object.fromEntries(own), ...stack.environment },
      timeoutMs: STEP_MS,
    });
  }

  it('shows its plan and changes nothing with --dry-run', async () => {
    const { code, output } = await run('deploy', '--dry-run', '--no-build');
    assert.equal(code, 0, output);
    assert.match(output, /Foldpad-Api: .*Lambda function/);
    assert.match(output, /together\s+\d+\.\d\d \$\/month/);
    const doctor = await run('doctor');
    assert.equal(doctor.code, 1);
    assert.match(doctor.output, /there is no foldpad in us-east-1.*\n.*npm run deploy:backend/);
  });

  it('does not ask where nobody can answer, and says how to say yes', async () => {
    const { code, output } = await run('deploy', '--no-build');
    assert.equal(code, 2, output);
    assert.match(output, /Add --yes/);
  });

  it('bootstraps, deploys, prints address and key once, and tells the editor the address alone', async () => {
    const settings = path.join(folder, 'settings.json');
    writeFileSync(settings, '// mine\n{ "editor.fontSize": 14 }\n');
    const steps = ['--yes', '--no-build', '--no-build-images', '--no-stage-databases'];
    const { code, output } = await run('deploy', ...steps, '--editor-settings', settings);
    assert.equal(code, 0, output);
    key = KEY.exec(output)?.[0] ?? '';
    url = /URL\s+(\S+)/.exec(output)?.[1] ?? '';
    assert.ok(key && url, output);
    const written = readFileSync(settings, 'utf8');
    assert.match(written, /^\/\/ mine/);
    assert.ok(written.includes(url) && !written.includes(key));

    const client = new FoldpadClient({ url, key });
    assert.equal((await client.health()).backend, 'aws');
    assert.deepEqual((await client.list()).jobs, []);
  });

  it('deploys again without making another key or another share key', async () => {
    const { code, output } = await run('deploy', '--yes', '--no-build', '--no-build-images', '--no-stage-databases');
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, KEY);
    assert.match(output, /kept \/foldpad\/share-key/);
    assert.deepEqual((await new FoldpadClient({ url, key }).list()).jobs, []);
  });

  it('the doctor finds the stacks in order and what an emulator does not have', async () => {
    const { output } = await run('doctor');
    assert.match(output, /ok\s+stack Foldpad-Api: (CREATE|UPDATE)_COMPLETE/);
    assert.match(output, /ok\s+API: .* answers/);
    assert.match(output, /ok\s+key of the download links/);
    assert.match(output, /ok\s+work that was given up: none/);
    assert.match(output, /MISSING\s+image for AlphaFold/);
    assert.ok(!output.includes(key));
  });

  it('removes all but the data, and the data when told to', async () => {
    const refused = await run('destroy');
    assert.equal(refused.code, 2, refused.output);
    const { endpoint, region, credentials } = stack.clientConfig;
    const { s3, dynamo } = awsClients({ endpoint, region, credentials });
    const removed = await run('destroy', '--yes');
    assert.equal(removed.code, 0, removed.output);
    const [, Bucket = '', TableName = ''] = /Kept: (\S+) and the table (\S+)\./.exec(removed.output) ?? [];
    await s3.send(new HeadBucketCommand({ Bucket }));
    await dynamo.send(new DescribeTableCommand({ TableName }));
    await assert.rejects(new FoldpadClient({ url, key }).health(), 'the rest is gone');
    // A bucket goes only when it is empty.
    const object = { Bucket, Key: 'output/x/result.json' };
    await s3.send(new PutObjectCommand({ ...object, Body: '{}' }));
    await s3.send(new HeadObjectCommand(object));

    const { code, output } = await run('destroy', '--yes', '--delete-data');
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /Kept:/);
    await assert.rejects(s3.send(new HeadBucketCommand({ Bucket })), NotFound);
    await assert.rejects(dynamo.send(new DescribeTableCommand({ TableName })), ResourceNotFoundException);
    const doctor = await run('doctor');
    assert.match(doctor.output, /there is no foldpad in us-east-1/);
  });
});
