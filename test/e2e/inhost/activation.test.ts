import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, foldpad, hasStartedBackend } from './support.ts';

describe('activation', () => {
  it('is quick, and starts no backend by itself', async () => {
    const extension = foldpad();
    const wasActive = extension.isActive;
    const begin = performance.now();
    await extension.activate();
    // The number that counts is measured by the benchmark; this one is for whoever reads the log.
    if (!wasActive) console.log(`      activated in ${(performance.now() - begin).toFixed(1)} ms`);
    assert.ok(extension.isActive);
    assert.deepEqual((await api()).jobs(), []);
    assert.equal(hasStartedBackend(), false);
  });

  it('registers every command of the manifest', async () => {
    const registered = await vscode.commands.getCommands(true);
    const declared: { command: string }[] = foldpad().packageJSON.contributes.commands;
    for (const { command } of declared) assert.ok(registered.includes(command), command);
  });
});
