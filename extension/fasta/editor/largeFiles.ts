/**
 * FASTA files of more than 50 MB: VS Code shows them, but gives no extension their text. What can still be done is offered
 * in the status bar, and done with the file itself: its check, and the way to a record.
 */

import * as vscode from 'vscode';
import { headerId, parseHeader } from '../../../backend/api/fasta/header.ts';
import { FastaParser } from '../../../backend/api/fasta/parser.ts';
import type { FastaEvent, FastaProblem, FastaTotals } from '../../../backend/api/fasta/types.ts';
import { Disposable } from '../../base/disposable.ts';
import { UserError } from '../../base/errors.ts';
import { sizeText } from '../../jobs/jobText.ts';
import { fileRecords } from '../document/fileRecords.ts';
import { MOST_READ, MOST_SHARED } from '../document/limits.ts';
import { inSlices } from '../document/slices.ts';
import { fastaStem, isFastaFile } from '../fastaFiles.ts';
import { recordName } from '../predictionRequests.ts';
import type { Diagnostics } from './diagnostics.ts';
import { MOST_PROBLEMS } from './fastaDocuments.ts';
import { pickRecord } from './recordPicker.ts';

/** What the item in the status bar does; not for the palette. */
const CHOOSE = '_foldpad.largeFasta';
/** Bytes that are parsed between two chances to stop. */
const STEP = 65_536;

export class LargeFiles extends Disposable {
  readonly #diagnostics: Diagnostics;
  readonly #item: vscode.StatusBarItem;
  #uri: vscode.Uri | undefined;

  constructor(diagnostics: Diagnostics) {
    super();
    this.#diagnostics = diagnostics;
    this.#item = this._register(
      vscode.window.createStatusBarItem('foldpad.largeFasta', vscode.StatusBarAlignment.Right, 101),
    );
    this.#item.name = vscode.l10n.t('Large FASTA file');
    this.#item.command = CHOOSE;
    this._register(vscode.commands.registerCommand(CHOOSE, () => this.#choose()));
    this._register(vscode.window.tabGroups.onDidChangeTabs(() => void this.#update()));
    this._register(vscode.window.tabGroups.onDidChangeTabGroups(() => void this.#update()));
    void this.#update();
  }

  /** The file that is on the screen, if it is one of these. */
  get active(): vscode.Uri | undefined {
    return this.#uri;
  }

  async #update(): Promise<void> {
    const uri = unsharedFasta();
    const size =
      uri &&
      (await vscode.workspace.fs.stat(uri).then(
        ({ size }) => size,
        () => 0,
      ));
    if (uri?.toString() !== unsharedFasta()?.toString()) return;
    this.#uri = uri && size !== undefined && size > MOST_SHARED ? uri : undefined;
    if (!this.#uri || size === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.text = `$(info) ${vscode.l10n.t('FASTA, {0}', sizeText(size))}`;
    this.#item.tooltip = vscode.l10n.t(
      'VS Code gives extensions no text of more than 50 MB: problems, outline and actions are not shown while you look at it. Click for what can be done.',
    );
    this.#item.show();
  }

  async #choose(): Promise<void> {
    const uri = this.#uri;
    if (!uri) return;
    const items = [
      { label: `$(search) ${vscode.l10n.t('Go to Record…')}`, run: () => this.goTo(uri) },
      { label: `$(checklist) ${vscode.l10n.t('Check the File')}`, run: () => this.check(uri) },
    ];
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: uri.path.slice(uri.path.lastIndexOf('/') + 1),
    });
    await picked?.run();
  }

  /** Asks for a record and shows it. */
  async goTo(uri: vscode.Uri): Promise<void> {
    const records = await withProgress(vscode.l10n.t('Looking for records'), async (isWanted) => {
      return inSlices(fileRecords(await read(uri)), isWanted);
    });
    if (!records) return;
    const line = await pickRecord({
      count: records.count,
      lineOf: (index) => records.lineOf(index),
      name: (index) => {
        const text = records.headerOf(index);
        return {
          label: recordName({ id: headerId(text), headerText: text }),
          description: parseHeader(text).description,
        };
      },
    });
    if (line === undefined) return;
    // The document cannot be had, but the editor can be told where to go.
    await vscode.commands.executeCommand('vscode.open', uri, { selection: new vscode.Range(line, 0, line, 0) });
  }

  /** Checks the file as it was last saved; its problems go where those of other files are. */
  async check(uri: vscode.Uri): Promise<FastaTotals | undefined> {
    const found = await withProgress(vscode.l10n.t('Checking the FASTA file'), async (isWanted) => {
      return inSlices(parseAll(await read(uri), fastaStem(uri.path)), isWanted);
    });
    if (!found) return undefined;
    this.#diagnostics.show(uri, found.problems);
    const { records, errors, warnings } = found.totals;
    const text = vscode.l10n.t('Records: {0}, errors: {1}, warnings: {2}.', records, errors, warnings);
    const show = vscode.l10n.t('Show Problems');
    const asked = errors + warnings > 0 ? [show] : [];
    void vscode.window.showInformationMessage(text, ...asked).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('workbench.actions.view.problems');
    });
    return found.totals;
  }
}

/** The FASTA file of the active tab, when no extension is given its text. */
function unsharedFasta(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputText) || !isFastaFile(input.uri.path)) return undefined;
  const key = input.uri.toString();
  return vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === key) ? undefined : input.uri;
}

async function read(uri: vscode.Uri): Promise<Uint8Array> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MOST_READ) {
    throw new UserError(
      vscode.l10n.t(
        'The file has {0}, more than is read here. Use the command line: foldpad predict --help.',
        sizeText(size),
      ),
    );
  }
  return vscode.workspace.fs.readFile(uri);
}

interface Found {
  readonly problems: readonly FastaProblem[];
  readonly totals: FastaTotals;
}

function* parseAll(bytes: Uint8Array, defaultName: string): Generator<void, Found> {
  const parser = new FastaParser({ defaultName, maxProblems: MOST_PROBLEMS }, true);
  const problems: FastaProblem[] = [];
  const ends: FastaTotals[] = [];
  const take = (events: readonly FastaEvent<never>[] | readonly unknown[]): void => {
    for (const event of events as readonly FastaEvent[]) {
      if (event.type === 'problem') problems.push(event.problem);
      else if (event.type === 'end') ends.push(event.totals);
    }
  };
  for (let start = 0; start < bytes.length && !parser.done; start += STEP) {
    for (const batch of parser.write(bytes.subarray(start, start + STEP))) take(batch);
    yield;
  }
  for (const batch of parser.end()) take(batch);
  const [totals] = ends;
  if (!totals) throw new Error('The FASTA parser ended without totals.');
  return { problems: problems.slice(0, MOST_PROBLEMS), totals };
}

async function withProgress<T>(
  title: string,
  work: (isWanted: () => boolean) => Promise<T | undefined>,
): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) => work(() => !token.isCancellationRequested));
}
