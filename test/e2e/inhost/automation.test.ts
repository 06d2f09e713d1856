import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { TOOLS } from '../../../extension/automation/toolNames.ts';
import { needsEngine } from '../../support/engine.ts';
import { api, drawn, foldpad, UBIQUITIN, withPerson } from './support.ts';

/** Calls a tool as a chat does. In tests the editor answers its own question before a tool runs with yes. */
async function call(tool: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

describe('the tools for language models', () => {
  before(async () => {
    await foldpad().activate();
  });

  it('are offered with their schemas', () => {
    const offered = vscode.lm.tools.filter(({ name }) => name.startsWith('foldpad_'));
    assert.deepEqual(offered.map(({ name }) => name).sort(), Object.values(TOOLS).sort());
    for (const { name, description, inputSchema } of offered) assert.ok(description && inputSchema, name);
  });

  it('answer a mistake with what is wrong and what to do', async () => {
    assert.match(await call(TOOLS.predict, {}), /^Error: Give either "sequence"/);
    assert.match(await call(TOOLS.predict, { sequence: '>a\nMKV1LL\n' }), /^Error: .*line 2, column 4/);
    assert.match(await call(TOOLS.predict, { file: '/etc/passwd' }), /^Error: .*not in the open workspace/);
    assert.match(await call(TOOLS.predict, { file: '../../secret.fasta' }), /^Error: .*not in the open workspace/);
    assert.match(await call(TOOLS.status, { job_id: 'nothing' }), /^Error: There is no job "nothing"/);
    assert.match(await call(TOOLS.results, { job_id: 'nothing' }), /^Error: /);
  });

  it('predict, follow and read a structure', async function () {
    needsEngine(this);
    const two = `>a\n${UBIQUITIN}\n>b\n${UBIQUITIN}\n`;
    assert.match(await call(TOOLS.predict, { sequence: two }), /^Error: There are 2 sequences\. Give the mode/);
    assert.match(await call(TOOLS.predict, { sequence: UBIQUITIN, queue: 'nowhere' }), /^Error: The queue nowhere/);
    const submitted = await call(TOOLS.predict, { sequence: UBIQUITIN, name: 'by a tool' });
    const [, id = ''] = /^- ([\w-]+): by a tool, 76 residues/m.exec(submitted) ?? [];
    assert.ok(id, submitted);
    assert.match(await call(TOOLS.status, {}), new RegExp(`- ${id} "by a tool"`));
    assert.match(await call(TOOLS.status, { job_id: id, wait_seconds: 200 }), /SUCCEEDED, mean estimated CA-lDDT/);
    const text = await call(TOOLS.results, { job_id: id, open: true });
    assert.match(text, /residues, template /);
    assert.match(text, /76 of 76 residues|7\d of 76 residues/);
    const [uri = ''] = /foldpad-result:\S+\.pdb/.exec(text) ?? [];
    const pdb = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(uri)));
    assert.match(pdb, /^ATOM /m);
    await drawn({ jobId: id });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

describe('the API for other extensions', () => {
  it('submits, tells what changes, waits for the end and gives the files', async function () {
    needsEngine(this);
    const foldpadApi = await api();
    assert.equal(foldpadApi.version, 1);
    const input = { sequence: `>mine\n${UBIQUITIN}\n`, comment: 'by another extension' };
    const [estimate] = await foldpadApi.estimate(input);
    assert.equal(estimate?.length, 76);
    assert.equal(estimate.memory.verdict, 'fits');
    const told: string[] = [];
    const listening = foldpadApi.onDidChangeJobs(({ changed }) => told.push(...changed.map(({ id }) => id)));
    const job = await withPerson(async ({ messages }) => {
      const [submitted] = await foldpadApi.submit(input);
      assert.deepEqual(messages, [], 'on this machine it costs nothing, so nobody is asked');
      return submitted;
    });
    assert.ok(job);
    assert.equal(job.name, 'mine');
    assert.equal(job.comment, 'by another extension');
    const ended = await foldpadApi.whenEnded(job.id);
    assert.equal(ended.status, 'SUCCEEDED', ended.failure?.message ?? '');
    listening.dispose();
    assert.ok(told.filter((id) => id === job.id).length >= 2, 'it came, and it changed');
    const result = await foldpadApi.results(job.id);
    const bytes = await foldpadApi.readResultFile(job.id, result.models[0]?.files.pdb ?? '');
    assert.match(new TextDecoder().decode(bytes), /^ATOM /m);
  });

  it('refuses what cannot be predicted, and waits for nothing that is not there', async () => {
    const { submit, whenEnded } = await api();
    await assert.rejects(submit({}), /Give either a sequence or a FASTA file/);
    await assert.rejects(submit({ sequence: 'ACGT1' }), /line 1, column 5/);
    await assert.rejects(whenEnded('nothing'), /no job nothing/);
  });
});

describe('the examples that come with the extension', () => {
  it('are opened as FASTA, from wherever the extension lies', async () => {
    await vscode.commands.executeCommand('foldpad.openExample', 'ubiquitin.fasta');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'fasta');
    assert.match(document.getText(), /UBIQUITIN/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
