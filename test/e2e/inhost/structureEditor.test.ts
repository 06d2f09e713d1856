import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { drawn, foldpad, temporaryFile, until } from './support.ts';

describe('the structure editor', () => {
  const names = ['MODEL[1].PDB', 'a structure.ent.GZ'];
  let bytes: Uint8Array;

  before(async () => {
    const fixture = vscode.Uri.joinPath(foldpad().extensionUri, 'test', 'fixtures', 'structures', '5eep.pdb');
    bytes = await vscode.workspace.fs.readFile(fixture);
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  for (const name of names) {
    it(`draws ${name}`, async () => {
      const uri = await temporaryFile(name, /gz$/i.test(name) ? gzipSync(bytes) : bytes);
      await vscode.commands.executeCommand('foldpad.viewStructureFile', uri);
      await drawn({ uri });
      const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
      assert.ok(input instanceof vscode.TabInputCustom);
      assert.equal(input.viewType, 'foldpad.structure');
    });
  }

  it('is an option: a click on a PDB file still shows its text', async () => {
    const uri = await temporaryFile('plain.pdb', bytes);
    await vscode.commands.executeCommand('vscode.open', uri);
    const input = await until('an open editor', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input);
    assert.ok(input instanceof vscode.TabInputText);
  });
});
