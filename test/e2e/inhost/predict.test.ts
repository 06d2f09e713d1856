import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isLive, type Job } from '../../../backend/api/job.ts';
import { parseStructureFileName } from '../../../extension/structure/formats.ts';
import { needsEngine } from '../../support/engine.ts';
import { api, drawn, hasStartedBackend, temporaryFile, UBIQUITIN, until, withPerson } from './support.ts';

/** Submits a file as the menu does. */
async function predict(name: string, sequence = UBIQUITIN): Promise<Job> {
  const uri = await temporaryFile(`${name}.fasta`, `>sp|P0CG48|UBC_HUMAN Ubiquitin\n${sequence}\n`);
  return withPerson(async ({ errors }) => {
    const jobs = await vscode.commands.executeCommand<readonly Job[]>('foldpad.predictStructure', uri, [uri]);
    assert.deepEqual(errors, []);
    assert.equal(jobs?.length, 1);
    return jobs[0] as Job;
  });
}

async function ended(id: string): Promise<Job> {
  const { jobs, refresh } = await api();
  return until(`the end of job ${id}`, async () => {
    await refresh();
    return jobs().find((job) => job.id === id && !isLive(job.status));
  });
}

describe('a prediction for real', () => {
  let job: Job;

  before(function () {
    needsEngine(this);
  });

  it('is submitted and succeeds', async () => {
    job = await predict('ubiquitin');
    assert.equal(job.name, 'ubiquitin');
    assert.ok(
      (await api()).jobs().some(({ id }) => id === job.id),
      'the view shows it at once',
    );
    // What the test of the activation looks for is looked for in the right place.
    assert.ok(hasStartedBackend());
    job = await ended(job.id);
    assert.equal(job.status, 'SUCCEEDED', job.failure?.message ?? '');
    assert.equal(job.result?.confidenceMetric, 'estimated CA-lDDT');
    assert.ok(job.result.meanConfidence > 50, `ubiquitin has good templates: ${job.result.meanConfidence}`);
  });

  it('has result files that can be read where they are, and not changed', async () => {
    const root = vscode.Uri.from({ scheme: 'foldpad-result', path: `/${job.id}/` });
    const [attempt] = (await vscode.workspace.fs.readDirectory(root))[0] ?? [];
    const folder = vscode.Uri.joinPath(root, attempt ?? '');
    const entries = await vscode.workspace.fs.readDirectory(folder);
    const structure = entries.find(([name]) => name.endsWith('.pdb'));
    assert.ok(structure, JSON.stringify(entries));
    const uri = vscode.Uri.joinPath(folder, structure[0]);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    assert.match(text, /^ATOM /m);
    assert.equal((await vscode.workspace.fs.stat(uri)).size, text.length);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array()));
    await assert.rejects(async () => vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, 'nothing.pdb')));
    const json = entries.find(([name]) => parseStructureFileName(name) === undefined)?.[0];
    if (json) await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, json));
  });

  it('is drawn, most of it in the colours of good confidence', async () => {
    await vscode.commands.executeCommand('foldpad.openStructure', job.id);
    const pixels = await drawn({ jobId: job.id });
    assert.ok(pixels.veryHigh + pixels.high > pixels.veryLow, JSON.stringify(pixels));
    // The file that it was made from is opened, and the cursor goes to the first residue that the model has.
    await vscode.commands.executeCommand('foldpad.revealInFasta');
    const text = await until('the FASTA file', () => vscode.window.activeTextEditor);
    assert.match(text.document.uri.path, /\/ubiquitin\.fasta$/);
    assert.ok(text.selection.active.line >= 1, 'in the sequence, below the header');
    // As the menu of chosen rows does it.
    await vscode.commands.executeCommand('foldpad.openTogether', job.id, [job.id]);
    await until('the tab of structures together', () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => /^ubiquitin · Rank 1 · /.test(label)),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('has a log that can be followed to its end', async () => {
    await vscode.commands.executeCommand('foldpad.showLog', job.id);
    const { logLines } = await api();
    const lines = await until('log lines', () => logLines(job.id) || undefined);
    assert.ok(lines > 3, `${lines} lines`);
  });

  it('is offered instead of predicting the same sequence again, under whatever name', async () => {
    const uri = await temporaryFile('other-name.fasta', `>other\n${UBIQUITIN.toLowerCase()}\n`);
    const before = (await api()).jobs().length;
    const { window } = vscode;
    const { showQuickPick } = window;
    const asked: string[] = [];
    window.showQuickPick = (async (items: readonly vscode.QuickPickItem[], options: vscode.QuickPickOptions) => {
      asked.push(options.title ?? '');
      return items[0];
    }) as unknown as typeof showQuickPick;
    try {
      const jobs = await vscode.commands.executeCommand<readonly Job[]>('foldpad.predictStructure', uri);
      assert.deepEqual(jobs, []);
    } finally {
      window.showQuickPick = showQuickPick;
    }
    assert.deepEqual(asked, ['This sequence has been predicted already']);
    assert.equal((await api()).jobs().length, before);
    await drawn({ jobId: job.id });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is predicted again with the settings of last time when that is what is wanted', async () => {
    const uri = await temporaryFile('two.fasta', `>a\n${UBIQUITIN.slice(0, 60)}\n`);
    const jobs = await withPerson(async ({ errors }) => {
      const submitted = await vscode.commands.executeCommand<readonly Job[]>('foldpad.predictWithLastSettings', uri);
      assert.deepEqual(errors, []);
      return submitted;
    });
    assert.deepEqual(
      jobs.map(({ name, queue }) => [name, queue]),
      [['two', 'local']],
    );
    await vscode.commands.executeCommand('foldpad.cancelJob', jobs[0]?.id);
  });

  it('goes on without the files that cannot be predicted, if one agrees, and sums up', async () => {
    const good = await temporaryFile('good.fasta', `>a\n${UBIQUITIN.slice(0, 65)}\n`);
    const other = await temporaryFile('other.fasta', `>a\n${UBIQUITIN.slice(0, 66)}\n`);
    const bad = await temporaryFile('bad.fasta', '>a\nMQIF??\n');
    const uris = [good, bad, other];
    await withPerson(async ({ errors, messages }) => {
      const none = await vscode.commands.executeCommand<readonly Job[]>('foldpad.predictStructure', good, uris);
      assert.deepEqual([none, errors], [[], []], 'nothing without a yes');
      assert.match(messages[0] ?? '', /1 of 3 files cannot be predicted/);
    });
    await withPerson(
      async ({ errors, messages }) => {
        const jobs = await vscode.commands.executeCommand<readonly Job[]>('foldpad.predictStructure', good, uris);
        assert.deepEqual(errors, []);
        assert.deepEqual(
          jobs.map(({ name }) => name),
          ['good', 'other'],
        );
        assert.match(
          messages.at(-1) ?? '',
          /Predictions submitted: 2, from files: 2\. Files with mistakes that were left out: 1\./,
        );
        for (const { id } of jobs) await vscode.commands.executeCommand('foldpad.cancelJob', id);
      },
      ['Predict the Other 2'],
    );
  });

  it('can be cancelled while it waits or runs', async () => {
    // Another sequence: the same one would be offered instead of predicted.
    const second = await predict('cancelled', UBIQUITIN.slice(0, 70));
    await withPerson(async ({ errors }) => {
      await vscode.commands.executeCommand('foldpad.cancelJob', second.id);
      assert.deepEqual(errors, []);
    });
    assert.equal((await ended(second.id)).status, 'CANCELLED');
  });

  it('can be deleted after asking, with all that it left', async () => {
    const { jobs, refresh } = await api();
    await withPerson(async ({ messages }) => {
      await vscode.commands.executeCommand('foldpad.deleteJob', job.id);
      assert.match(messages[0] ?? '', /Delete the prediction "ubiquitin"/);
    });
    await refresh();
    assert.ok(
      jobs().some(({ id }) => id === job.id),
      'nothing is deleted without a yes',
    );
    await withPerson(
      async ({ errors }) => {
        await vscode.commands.executeCommand('foldpad.deleteJob', job.id);
        assert.deepEqual(errors, []);
      },
      ['Delete'],
    );
    await until('the end of the job', async () => {
      await refresh();
      return jobs().some(({ id }) => id === job.id) ? undefined : true;
    });
  });
});
