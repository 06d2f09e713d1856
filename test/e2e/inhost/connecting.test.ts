import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { FoldpadClient } from '../../../backend/api/client.ts';
import { isLive } from '../../../backend/api/job.ts';
import { TOOLS } from '../../../extension/automation/toolNames.ts';
import { needsEngine } from '../../support/engine.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { SubmissionGate } from './submissionGate.ts';
import { api, foldpad, type Shown, UBIQUITIN, until, withPerson } from './support.ts';

const settings = () => vscode.workspace.getConfiguration('foldpad');
const connect = async () => vscode.commands.executeCommand('foldpad.connectBackend');

async function statusText(): Promise<string> {
  const { content } = await vscode.lm.invokeTool(TOOLS.status, { input: {}, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

describe('profiles', () => {
  const { folder, remove } = temporaryFolder();
  let server: ChildProcess;
  /** Stands before the server, so that a test can say when a submission gets through. */
  let gate: SubmissionGate;
  let url: string;
  let key: string;

  before(async () => {
    const program = vscode.Uri.joinPath(foldpad().extensionUri, 'dist', 'server.mjs').fsPath;
    server = spawn(process.execPath, [program, '--port', '0', '--data', path.join(folder, 'elsewhere')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.ok(server.stdout);
    for await (const line of createInterface({ input: server.stdout })) {
      const announced: { url: string; keyFile: string } = JSON.parse(line);
      gate = await SubmissionGate.before(announced.url);
      ({ url } = gate);
      key = (await readFile(announced.keyFile, 'utf8')).trim();
      break;
    }
  });

  after(async () => {
    for (const name of ['profile', 'profiles'])
      await settings().update(name, undefined, vscode.ConfigurationTarget.Global);
    await gate.stop();
    server.kill();
    await once(server, 'exit');
    remove();
  });

  it('are their user’s alone: no workspace can set what leads to a key or a program', async () => {
    const values = {
      profiles: [{ name: 'evil', endpoint: 'https://evil.example' }],
      profile: 'evil',
      connection: 'remote',
      'remote.url': 'https://evil.example',
      'local.dataDirectory': '/tmp/evil',
      'local.libraryDirectory': '/tmp/evil',
      'local.simultaneousPredictions': 64,
    };
    for (const [name, value] of Object.entries(values)) {
      for (const target of [vscode.ConfigurationTarget.Workspace, vscode.ConfigurationTarget.WorkspaceFolder]) {
        const folderUri = vscode.workspace.workspaceFolders?.[0]?.uri;
        const written = vscode.workspace.getConfiguration('foldpad', folderUri).update(name, value, target);
        await assert.rejects(Promise.resolve(written), Error, `foldpad.${name}`);
      }
    }
    assert.deepEqual((await api()).profile(), { kind: 'local', name: 'This Computer' });
  });

  it('store nothing when the key is wrong', async () => {
    await withPerson(
      async ({ messages }) => {
        await connect();
        assert.match(messages.join(), /does not accept the key/);
      },
      [],
      { take: [{ row: /Add an Endpoint/ }], type: [url, `${key}x`] },
    );
    assert.equal(settings().inspect('profiles')?.globalValue, undefined);
    assert.equal((await api()).profile().kind, 'local');
  });

  it('are added, say who answers, and mix no jobs', async function () {
    needsEngine(this);
    const client = new FoldpadClient({ url, key });
    const [job] = await client.submit([{ fasta: 'elsewhere', sequence: `>elsewhere\n${UBIQUITIN}\n` }]);
    assert.ok(job);
    const foldpadApi = await api();
    const told: string[] = [];
    const listening = foldpadApi.onDidChangeProfile(({ name }) => told.push(name));
    await withPerson(
      async ({ errors }) => {
        await connect();
        assert.deepEqual(errors, []);
      },
      [],
      { take: [{ row: /Add an Endpoint/ }], type: [`${url}/`, ` ${key} `, 'lab'] },
    );
    assert.deepEqual(foldpadApi.profile(), { kind: 'remote', name: 'lab', endpoint: url });
    assert.deepEqual(settings().inspect('profiles')?.globalValue, [{ name: 'lab', endpoint: url }]);
    await foldpadApi.refresh();
    assert.deepEqual(
      foldpadApi.jobs().map(({ id }) => id),
      [job.id],
    );
    assert.match(await statusText(), new RegExp(`${job.id}[^]*Backend: "lab" at ${url}\\.$`));

    // Another name is no other backend: nothing is connected anew.
    await withPerson(connect, [], { take: [{ row: /lab/, button: /Rename/ }], type: ['group'] });
    assert.equal(foldpadApi.profile().name, 'group');
    assert.deepEqual(told, ['lab']);

    await vscode.commands.executeCommand('foldpad.useLocalBackend');
    await foldpadApi.refresh();
    assert.ok(!foldpadApi.jobs().some(({ id }) => id === job.id));
    assert.match(await statusText(), /Backend: this computer\.$/);
    // What was named while the other was chosen is read from there still.
    const uri = vscode.Uri.from({
      scheme: 'foldpad-log',
      authority: `http~${new URL(url).host}`,
      path: `/${job.id}/x.log`,
    });
    await client.cancel(job.id).catch(() => undefined);
    const log = await vscode.workspace.openTextDocument(uri);
    assert.doesNotMatch(log.getText(), /was deleted/, 'it was not looked for on this machine');
    listening.dispose();
  });

  it('that are chosen before a setting of this computer is taken up know nothing of it', async function () {
    needsEngine(this);
    const { Global } = vscode.ConfigurationTarget;
    const told: string[] = [];
    await settings().update('local.simultaneousPredictions', 2, Global);
    const listening = (await api()).onDidChangeProfile(({ name }) => told.push(name));
    try {
      await settings().update('profile', 'group', Global);
      // Longer than a setting takes to settle.
      await delay(3_000);
      assert.deepEqual(told, ['group'], 'nothing was connected anew');
    } finally {
      listening.dispose();
      // While the other is chosen: nothing of this computer settles later.
      await settings().update('local.simultaneousPredictions', undefined, Global);
      await vscode.commands.executeCommand('foldpad.useLocalBackend');
    }
  });

  it('that are switched while a prediction is prepared lose none without a word', async function () {
    needsEngine(this);
    const foldpadApi = await api();
    assert.equal(foldpadApi.profile().kind, 'local');
    const file = vscode.Uri.file(path.join(folder, 'switched.fasta'));
    await vscode.workspace.fs.writeFile(file, Buffer.from(`>switched\n${[...UBIQUITIN].reverse().join('')}\n`));
    const client = new FoldpadClient({ url, key });
    const isSwitched = ({ name }: { readonly name: string }) => name === 'switched';
    await withPerson(async ({ errors }) => {
      const predicting = vscode.commands.executeCommand('foldpad.predictWithLastSettings', file);
      await settings().update('profile', 'group', vscode.ConfigurationTarget.Global);
      await predicting;
      const there = (await client.list()).jobs.some(isSwitched);
      await vscode.commands.executeCommand('foldpad.useLocalBackend');
      await foldpadApi.refresh();
      const here = foldpadApi.jobs().some(isSwitched);
      const told = errors.some((message) => /Another backend was chosen/.test(message));
      const outcomes = [there, here, told].filter(Boolean);
      assert.equal(outcomes.length, 1, `there: ${there}, here: ${here}, told: ${errors.join(' ')}`);
    });
  });

  /** Predicts on the other backend, and does something while the submission is on its way. */
  async function whileSubmitting(name: string, meanwhile: () => unknown): Promise<Shown> {
    const foldpadApi = await api();
    await settings().update('profile', 'group', vscode.ConfigurationTarget.Global);
    await until('the other backend', () => (foldpadApi.profile().name === 'group' ? true : undefined));
    const file = vscode.Uri.file(path.join(folder, `${name}.fasta`));
    await vscode.workspace.fs.writeFile(
      file,
      Buffer.from(`>${name}\n${UBIQUITIN.slice(0, 60)}${name.toUpperCase()}\n`),
    );
    return withPerson(
      async (shown) => {
        const submission = gate.hold();
        const predicting = Promise.resolve(vscode.commands.executeCommand('foldpad.predictWithLastSettings', file));
        const ended = predicting.then(() =>
          assert.fail(`nothing was submitted: ${[...shown.errors, ...shown.messages]}`),
        );
        await Promise.race([submission.arrived, ended]);
        ended.catch(() => {});
        await meanwhile();
        submission.letThrough();
        await predicting;
        return shown;
      },
      [],
      { take: [{ row: /Predict$/ }] },
    );
  }

  const jobNamed = async (name: string) =>
    (await new FoldpadClient({ url, key }).list()).jobs.find((job) => job.name === name);

  it('that are switched while a prediction is submitted lose it not: it is said where it runs', async function () {
    needsEngine(this);
    const { errors, messages } = await whileSubmitting('sent', () =>
      vscode.commands.executeCommand('foldpad.useLocalBackend'),
    );
    assert.deepEqual(errors, []);
    assert.ok(
      messages.some((message) => /^Submitted to group\./.test(message)),
      messages.join(' | '),
    );
    assert.ok(await jobNamed('sent'));
  });

  it('run nothing that was cancelled while it was submitted', async function () {
    needsEngine(this);
    const { withProgress } = vscode.window;
    const cancel = new vscode.CancellationTokenSource();
    const watched: typeof withProgress = (options, task) =>
      withProgress(options, (progress, token) =>
        task(progress, /^Submitting/.test(options.title ?? '') ? cancel.token : token),
      );
    Object.assign(vscode.window, { withProgress: watched });
    try {
      const { errors } = await whileSubmitting('taken', () => cancel.cancel());
      assert.deepEqual(errors, []);
    } finally {
      Object.assign(vscode.window, { withProgress });
    }
    const { status } = await until('the job is cancelled', async () => {
      const job = await jobNamed('taken');
      return job && !isLive(job.status) ? job : undefined;
    });
    assert.equal(status, 'CANCELLED');
  });

  it('lose nothing to a question that was asked about another one', async function () {
    needsEngine(this);
    const foldpadApi = await api();
    await vscode.commands.executeCommand('foldpad.useLocalBackend');
    await foldpadApi.refresh();
    const before = (await new FoldpadClient({ url, key }).list()).jobs.length;
    assert.ok(before > 0);
    for (const command of ['foldpad.deleteFinishedJobs', 'foldpad.cancelAllJobs']) {
      await vscode.commands.executeCommand('foldpad.useLocalBackend');
      if (command === 'foldpad.cancelAllJobs') {
        await foldpadApi.submit({ sequence: UBIQUITIN.slice(0, 50) });
      }
      await withPerson(async ({ errors }) => {
        const details: string[] = [];
        const switching = async (_question: string, { detail = '' }: vscode.MessageOptions, yes: string) => {
          details.push(detail);
          // As another window would.
          await settings().update('profile', 'group', vscode.ConfigurationTarget.Global);
          await until('the other backend', () => (foldpadApi.profile().name === 'group' ? true : undefined));
          return yes;
        };
        Object.assign(vscode.window, { showWarningMessage: switching });
        await vscode.commands.executeCommand(command);
        assert.match(details.join(), /Backend: This Computer$/);
        assert.match(errors.join(), /^Another backend was chosen in the meantime\. Nothing was (deleted|cancelled)\.$/);
      });
    }
    assert.equal((await new FoldpadClient({ url, key }).list()).jobs.length, before);
  });

  it('give no key to an address that it was not entered for', async function () {
    needsEngine(this);
    const asked: string[] = [];
    const evil = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
    const { Global } = vscode.ConfigurationTarget;
    await settings().update('profiles', [{ name: 'group', endpoint }], Global);
    await settings().update('profile', 'group', Global);
    await until('the edited profile', async () => ((await api()).profile().endpoint === endpoint ? true : undefined));
    assert.match(await statusText(), /^Error: There is no key for /);
    assert.deepEqual(asked, []);
    evil.close();
  });

  it('are removed with their keys, after asking', async function () {
    needsEngine(this);
    const { Global } = vscode.ConfigurationTarget;
    await settings().update('profiles', [{ name: 'group', endpoint: url }], Global);
    await until('the former profile', async () => ((await api()).profile().endpoint === url ? true : undefined));
    assert.match(await statusText(), /Backend: "group"/);
    await withPerson(connect, ['Remove'], { take: [{ row: /group/, button: /Remove/ }] });
    assert.equal(settings().inspect('profiles')?.globalValue, undefined);
    await until('the local backend', async () => ((await api()).profile().kind === 'local' ? true : undefined));
    await settings().update('profiles', [{ name: 'group', endpoint: url }], Global);
    await settings().update('profile', 'group', Global);
    await until('the profile again', async () => ((await api()).profile().endpoint === url ? true : undefined));
    assert.match(await statusText(), /^Error: There is no key for /, 'its key went with it');
    // Whoever chooses it again is asked for the key at once.
    await withPerson(connect, [], { take: [{ row: /group/ }], type: [key] });
    assert.match(await statusText(), /Backend: "group"/);
  });

  it('of earlier versions are taken over without asking', async () => {
    const { Global } = vscode.ConfigurationTarget;
    for (const name of ['profile', 'profiles']) await settings().update(name, undefined, Global);
    await settings().update('connection', 'remote', Global);
    await settings().update('remote.url', 'https://abc.execute-api.eu-west-1.amazonaws.com/', Global);
    const endpoint = 'https://abc.execute-api.eu-west-1.amazonaws.com';
    const expected = [{ name: 'AWS eu-west-1', endpoint }];
    await until('the new settings', () => {
      const of = (name: string) => settings().inspect(name)?.globalValue;
      const moved = of('connection') === undefined && of('remote.url') === undefined && of('profile') !== undefined;
      return moved ? true : undefined;
    });
    assert.deepEqual(settings().inspect('profiles')?.globalValue, expected);
    assert.deepEqual((await api()).profile(), { kind: 'remote', name: 'AWS eu-west-1', endpoint });
  });
});
