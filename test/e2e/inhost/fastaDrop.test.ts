import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FastaDrop } from '../../../extension/jobs/fastaDrop.ts';
import { temporaryFile, UBIQUITIN } from './support.ts';

/** What comes of dropping something onto the Jobs view. */
async function drop(types: Readonly<Record<string, string>>): Promise<{ files: string[]; told: string[] }> {
  const files: string[] = [];
  const told: string[] = [];
  const target = new FastaDrop({
    predict: (uris) => files.push(...uris.map(String)),
    tell: ({ message }) => told.push(message),
  });
  const data = new vscode.DataTransfer();
  for (const [type, value] of Object.entries(types)) data.set(type, new vscode.DataTransferItem(value));
  for (const type of Object.keys(types)) assert.ok(target.dropMimeTypes.includes(type), type);
  await target.handleDrop(undefined, data);
  return { files, told };
}

describe('FASTA files that are dropped onto the Jobs view', () => {
  it('are predicted, each once, whatever else was dropped with them', async () => {
    const one = await temporaryFile('one.fasta', `>a\n${UBIQUITIN}\n`);
    const two = await temporaryFile('two.FA', `>b\n${UBIQUITIN}\n`);
    const picture = await temporaryFile('picture.png', 'x');
    const list = ['# chosen files', one, picture, two, one].join('\r\n');
    assert.deepEqual(await drop({ 'text/uri-list': list }), { files: [String(one), String(two)], told: [] });
  });

  it('are found in a folder', async () => {
    const file = await temporaryFile('in-folder.faa', `>a\n${UBIQUITIN}\n`);
    const folder = vscode.Uri.joinPath(file, '..');
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, 'notes.txt'), new Uint8Array());
    assert.deepEqual((await drop({ 'text/uri-list': String(folder) })).files, [String(file)]);
  });

  it('are missed when there are none', async () => {
    const picture = await temporaryFile('picture.png', 'x');
    const { files, told } = await drop({ 'text/uri-list': String(picture) });
    assert.deepEqual(files, []);
    assert.match(told.join(), /no FASTA file/);
    const nowhere = await drop({ 'text/uri-list': 'file:///nowhere/folder' });
    assert.match(nowhere.told.join(), /no FASTA file/);
  });

  it('that have no address are told of', async () => {
    const { files, told } = await drop({ 'text/uri-list': '' });
    assert.deepEqual(files, []);
    assert.match(told.join(), /no address/);
  });
});
