import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const ID = 'foldpad.foldpad';

describe('the extension', () => {
  it('is there, and activates', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, `${ID} is not among ${vscode.extensions.all.map((one) => one.id).join(', ')}`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command that its manifest declares', async () => {
    const manifest = vscode.extensions.getExtension(ID)?.packageJSON as {
      contributes?: { commands?: { command: string }[] };
    };
    const declared = (manifest.contributes?.commands ?? []).map(({ command }) => command);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });
});
