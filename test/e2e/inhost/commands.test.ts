import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { foldpad, temporaryFile, UBIQUITIN, until, withPerson } from './support.ts';

describe('commands', () => {
  const declared: { command: string }[] = foldpad().packageJSON.contributes.commands;

  for (const { command } of declared) {
    it(`${command} survives being called with nothing`, async () => {
      await withPerson(async ({ errors }) => {
        await vscode.commands.executeCommand(command);
        assert.deepEqual(errors, []);
      });
    });
  }

  it('refuse a file that cannot be predicted, name the place, and submit nothing', async () => {
    const uri = await temporaryFile('bad.fasta', `>good\n${UBIQUITIN}\n>bad\nMQIFVKTLTGK$ITLEVEPSDTIENVKAKIQDKEG\n`);
    await withPerson(
      async ({ errors }) => {
        const jobs = await vscode.commands.executeCommand('foldpad.predictStructure', uri);
        assert.equal(jobs, undefined);
        assert.equal(errors.length, 1);
        assert.match(errors[0] ?? '', /bad\.fasta, line 4, column 12/);
      },
      ['Show in File'],
    );
    const editor = await until('the file at the place', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.toString() === uri.toString() ? active : undefined;
    });
    assert.deepEqual([editor.selection.start.line, editor.selection.start.character], [3, 11]);
    assert.equal(editor.document.languageId, 'fasta');
  });

  it('take the unsaved text of an open document', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'fasta', content: '>x\nMQIFV??\n' });
    await withPerson(async ({ errors }) => {
      await vscode.commands.executeCommand('foldpad.predictStructure', document.uri);
      assert.match(errors[0] ?? '', /line 2, column 6/);
    });
  });

  it('say what is wrong with a file that is not there', async () => {
    await withPerson(async ({ errors }) => {
      await vscode.commands.executeCommand('foldpad.predictStructure', vscode.Uri.file('/nowhere/x.fasta'));
      assert.match(errors[0] ?? '', /x\.fasta could not be read/);
    });
  });
});
