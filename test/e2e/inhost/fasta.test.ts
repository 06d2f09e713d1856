import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { temporaryFile, UBIQUITIN, until, withPerson } from './support.ts';

/** Mature hen egg-white lysozyme. */
const LYSOZYME =
  'KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL';

async function open(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language: 'fasta', content });
  return vscode.window.showTextDocument(document);
}

/** Problems as `code line:column-endColumn`, once there are any that fit. */
function problems(uri: vscode.Uri, fits: (codes: string[]) => boolean): Promise<string[]> {
  let last: string[] = [];
  return until(
    'the problems',
    () => {
      last = vscode.languages
        .getDiagnostics(uri)
        .map(({ code, range: { start, end } }) => `${code} ${start.line}:${start.character}-${end.character}`);
      return fits(last) ? last : undefined;
    },
    20_000,
  ).catch((error: unknown) => {
    throw new Error(`${error}; the last were: ${last.join(', ') || 'none'}`);
  });
}

async function fixes(uri: vscode.Uri, line: number, column: number): Promise<vscode.CodeAction[]> {
  const range = new vscode.Range(line, column, line, column);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
  return actions.filter(({ title }) => !/Copilot|Explain|Fix using/.test(title));
}

async function hoverText(uri: vscode.Uri, line: number, column: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    new vscode.Position(line, column),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('\\', '');
}

describe('FASTA in the editor', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('shows mistakes at their places while one types, and no longer once they are gone', async () => {
    const editor = await open(`>a\n${UBIQUITIN}\n>a\nMQI-FV$\n`);
    const { uri } = editor.document;
    const found = await problems(uri, (codes) => codes.length >= 3);
    assert.deepEqual(
      found.filter((problem) => !problem.startsWith('chain-too-short')),
      ['duplicate-id 2:1-2', 'alignment-gap 3:3-4', 'illegal-letter 3:6-7'],
    );
    await editor.edit((edit) => {
      edit.replace(new vscode.Range(2, 1, 2, 2), 'b');
      edit.replace(new vscode.Range(3, 0, 3, 7), LYSOZYME);
    });
    assert.deepEqual(await problems(uri, (codes) => codes.length === 0), []);
  });

  it('mends what it can', async () => {
    const editor = await open(`>a\n${UBIQUITIN}\n>a\n${LYSOZYME.slice(0, 40)}--\nU\n`);
    const { uri } = editor.document;
    await problems(uri, (codes) => codes.length === 3);
    const titles = async (line: number, column: number) => (await fixes(uri, line, column)).map(({ title }) => title);
    assert.deepEqual(await titles(2, 1), ['Rename to "a_2"']);
    assert.deepEqual(await titles(4, 0), ['Replace U by C in this record']);
    const [strip] = await fixes(uri, 3, 40);
    assert.equal(strip?.title, 'Remove all gaps from this record');
    assert.ok(strip?.edit && (await vscode.workspace.applyEdit(strip.edit)));
    assert.equal(editor.document.lineAt(3).text, LYSOZYME.slice(0, 40));
    await problems(uri, (codes) => !codes.some((code) => code.startsWith('alignment-gap')));
  });

  it('lists the records in the outline, with names and lengths, and folds them', async () => {
    const editor = await open(
      `>sp|P0CG48|UBC_HUMAN Polyubiquitin-C\n${UBIQUITIN}\n\n>second\n${LYSOZYME.slice(0, 60)}\n${LYSOZYME.slice(60)}\n`,
    );
    const { uri } = editor.document;
    const symbols = await until('lengths in the outline', async () => {
      const found = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        uri,
      );
      return found?.[1]?.detail.includes('residues') ? found : undefined;
    });
    assert.deepEqual(
      symbols.map(({ name, detail }) => [name, detail]),
      [
        ['UBC_HUMAN', '76 residues · Polyubiquitin-C'],
        ['second', '129 residues'],
      ],
    );
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      uri,
    );
    assert.deepEqual(
      folds.map(({ start, end }) => [start, end]),
      [
        [0, 1],
        [3, 5],
      ],
    );
  });

  it('tells facts of the record and the residue under the mouse', async () => {
    const editor = await open(`>lysozyme Hen egg white [Gallus gallus]\n${LYSOZYME}\n`);
    const { uri } = editor.document;
    const header = await hoverText(uri, 0, 3);
    assert.match(header, /lysozyme/);
    assert.match(header, /129 residues/);
    assert.match(header, /14\.31 kDa/);
    assert.match(header, /pI 9\.32/);
    assert.match(header, /Gallus gallus/);
    assert.match(await hoverText(uri, 1, 5), /Residue 6.*Cys \(C\)/s);
  });

  it('wraps sequences and keeps everything else', async () => {
    const editor = await open(`>a  b\n;note\n${LYSOZYME}\n\n>c\nAC DE\n`);
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
      'vscode.executeFormatDocumentProvider',
      editor.document.uri,
      { tabSize: 2, insertSpaces: true },
    );
    const edit = new vscode.WorkspaceEdit();
    edit.set(editor.document.uri, edits);
    assert.ok(await vscode.workspace.applyEdit(edit));
    const [first, second, third] = [LYSOZYME.slice(0, 60), LYSOZYME.slice(60, 120), LYSOZYME.slice(120)];
    assert.equal(editor.document.getText(), `>a  b\n;note\n${first}\n${second}\n${third}\n\n>c\nACDE\n`);
  });

  it('offers prediction and estimate above each record that is sound', async () => {
    const editor = await open(`>good\n${UBIQUITIN}\n>bad\nMQ??\n>fine\n${LYSOZYME}\n`);
    const { uri } = editor.document;
    const lenses = await until('the lenses', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
      return found && found.length >= 4 ? found : undefined;
    });
    assert.deepEqual(lenses.map(({ command, range }) => `${range.start.line} ${command?.title}`).sort(), [
      '0 Estimate',
      '0 Predict',
      '4 Estimate',
      '4 Predict',
    ]);
  });

  it('stays right through edits of many records at once', async () => {
    const record = (index: number): string => `>r${index}\n${UBIQUITIN}\n`;
    const editor = await open(Array.from({ length: 400 }, (_, index) => record(index)).join(''));
    const { uri } = editor.document;
    // Every second record gets a gap and one more line, in one edit.
    await editor.edit((edit) => {
      for (let index = 0; index < 400; index += 2) edit.insert(new vscode.Position(2 * index + 1, 3), '-\n');
    });
    const found = await problems(uri, (codes) => codes.length === 200);
    assert.equal(found[199], 'alignment-gap 996:3-4');
    await vscode.commands.executeCommand('undo');
    await problems(uri, (codes) => codes.length === 0);
  });

  it('splits a file into one for each record, and overwrites nothing', async () => {
    const uri = await temporaryFile('two.fasta', `>first one\n${UBIQUITIN}\n\n>second\n${LYSOZYME}\n`);
    const folder = vscode.Uri.joinPath(uri, '..', 'parts');
    await vscode.workspace.fs.createDirectory(folder);
    await vscode.window.showTextDocument(uri);
    const split = () =>
      withPerson(async (shown) => {
        Object.assign(vscode.window, { showOpenDialog: () => Promise.resolve([folder]) });
        await vscode.commands.executeCommand('foldpad.splitFasta');
        return shown;
      });
    assert.match((await split()).messages[0] ?? '', /^2 files/);
    const text = async (name: string) =>
      new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, name)));
    assert.equal(await text('first.fasta'), `>first one\n${UBIQUITIN}\n`);
    assert.equal(await text('second.fasta'), `>second\n${LYSOZYME}\n`);
    assert.match((await split()).errors[0] ?? '', /first\.fasta is there already/);
  });

  it('keeps up with a file as large as VS Code gives to extensions', async () => {
    const record = (index: number): string =>
      `>sp|Q${index}|R${index}_HUMAN generated\n${`${LYSOZYME.slice(0, 60)}\n`.repeat(5)}`;
    const count = 130_000;
    const uri = await temporaryFile('big.fasta', Array.from({ length: count }, (_, index) => record(index)).join(''));
    const delays = monitorEventLoopDelay({ resolution: 1 });
    const editor = await vscode.window.showTextDocument(uri);
    delays.enable();
    const busy = process.cpuUsage();
    // One too many to submit at once: said when the whole text was looked at.
    const all = await problems(uri, (codes) => codes.some((code) => code.startsWith('too-many-jobs')));
    delays.disable();
    const { user, system } = process.cpuUsage(busy);
    const longest = (delays.max / 1e6).toFixed(1);
    console.log(
      `      ${count} records: ${((user + system) / 1000).toFixed(0)} ms of processor, longest stretch ${longest} ms`,
    );
    assert.deepEqual(all, [`too-many-jobs 6000:0-${record(1000).indexOf('\n')}`]);
    const line = 6 * 100_000 + 3;
    await editor.edit((edit) => edit.insert(new vscode.Position(line, 30), '-'));
    const found = await problems(uri, (codes) => codes.length === 2);
    assert.equal(found[1], `alignment-gap ${line}:30-31`);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    assert.equal(symbols.length, 5001);
    assert.equal(symbols[5000]?.name, 'More records: 125,000');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
