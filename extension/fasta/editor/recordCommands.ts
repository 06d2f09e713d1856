/** Commands about one record, and about the records of a file. */

import * as vscode from 'vscode';
import { safeNames } from '../../../backend/api/fasta/format.ts';
import { parseHeader } from '../../../backend/api/fasta/header.ts';
import { UserError } from '../../base/errors.ts';
import { said } from '../../base/said.ts';
import { chainsOf } from '../analysis/recordText.ts';
import { finish } from '../document/fastaDocument.ts';
import { textOf } from '../document/lines.ts';
import { inSlices } from '../document/slices.ts';
import { recordName } from '../predictionRequests.ts';
import type { RecordTarget } from '../recordTarget.ts';
import { costText, type Estimates, memoryText, minutesText } from './estimates.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';
import { residues } from './outline.ts';
import { pickRecord } from './recordPicker.ts';

/** Files that a split may write: more help nobody. */
const MOST_FILES = 1000;

export class RecordCommands {
  readonly #documents: FastaDocuments;
  readonly #estimates: Estimates;
  readonly #isLocal: () => boolean;

  constructor(documents: FastaDocuments, estimates: Estimates, isLocal: () => boolean) {
    this.#documents = documents;
    this.#estimates = estimates;
    this.#isLocal = isLocal;
  }

  /** The record at a line, by default at the cursor, as the prediction takes it. */
  async target(...given: readonly unknown[]): Promise<RecordTarget | undefined> {
    const found = await this.#record(given);
    if (!found) return undefined;
    const { open, chunk } = found;
    const { from, to } = open.fasta.linesOf(chunk);
    return { uri: open.text.uri, line: from, text: textOf(open.fasta.lines, from, to) };
  }

  /** Shows what each queue would take, and predicts on the one that is picked. */
  async estimate(predict: (target: RecordTarget, queue: string) => unknown, ...given: unknown[]): Promise<void> {
    const target = await this.target(...given);
    const found = await this.#record(given);
    if (!target || !found) return;
    const { fasta } = found.open;
    const chains = chainsOf(fasta.lines, fasta.linesOf(found.chunk));
    const header = fasta.headerOf(found.chunk);
    const name = (header && recordName({ id: header.id, headerText: header.text })) || vscode.l10n.t('this sequence');
    const abort = new AbortController();
    const title = vscode.l10n.t('Estimating {0}', name);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const answers = await vscode.window.withProgress(options, async (_progress, token) => {
      token.onCancellationRequested(() => abort.abort());
      await this.#estimates.connect();
      return this.#estimates.of(name, chains, abort.signal);
    });
    if (answers.length === 0) {
      throw new UserError(
        vscode.l10n.t(
          'No queue is open, so that nothing can be estimated. Look at the Foldpad item in the status bar for why.',
        ),
      );
    }
    const length = chains.reduce((sum, chain) => sum + chain.length, 0);
    const items = answers.map((answer) => {
      if ('refusal' in answer) return { label: answer.queue.name, detail: answer.refusal, queue: undefined };
      const { estimate } = answer;
      const facts = [minutesText(estimate), costText(estimate, this.#isLocal()), memoryText(estimate)];
      const detail = estimate.warnings.map(said).join(' ');
      return { label: answer.queue.name, description: facts.join(' · '), detail, queue: answer.queue.name };
    });
    const picked = await vscode.window.showQuickPick(items, {
      title: `${name} · ${residues(length)}`,
      placeHolder: vscode.l10n.t('Pick a queue to predict it there, or press Escape'),
    });
    if (picked?.queue) await predict(target, picked.queue);
  }

  /** Asks for a record of the active document and goes to it. */
  async goTo(): Promise<void> {
    const open = await this.#active();
    if (!open) return tellNotOpen();
    const { fasta, text } = open;
    const line = await pickRecord({
      count: fasta.headers,
      name: (index) => {
        const header = fasta.headerOf(index + 1);
        const { description } = parseHeader(header?.text ?? '');
        return { label: header ? recordName({ id: header.id, headerText: header.text }) : '', description };
      },
      lineOf: (index) => fasta.linesOf(index + 1).from,
    });
    if (line === undefined) return;
    const place = new vscode.Position(line, 0);
    await vscode.window.showTextDocument(text, { selection: new vscode.Range(place, place) });
  }

  /** Writes each record into a file of its own, into a folder that is asked for. */
  async split(...given: readonly unknown[]): Promise<void> {
    const [uri] = given;
    const open = uri instanceof vscode.Uri ? await this.#opened(uri) : await this.#active();
    if (!open) return tellNotOpen();
    const { fasta, text } = open;
    if (fasta.headers < 2)
      throw new UserError(vscode.l10n.t('The file has only one record; there is nothing to split.'));
    if (fasta.headers > MOST_FILES) {
      throw new UserError(
        vscode.l10n.t(
          '{0} records would become as many files. Keep at most {1} of them first.',
          fasta.headers,
          MOST_FILES,
        ),
      );
    }
    const folder = await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Write {0} Files Here', fasta.headers),
      title: vscode.l10n.t('Where should the records be written?'),
      ...(text.isUntitled ? {} : { defaultUri: vscode.Uri.joinPath(text.uri, '..') }),
    });
    const [into] = folder ?? [];
    if (!into) return;
    const written = await this.#write(open, into);
    const reveal = vscode.l10n.t('Show Folder');
    const message = vscode.l10n.t('{0} files were written.', written);
    if ((await vscode.window.showInformationMessage(message, reveal)) === reveal) {
      await vscode.commands.executeCommand('revealInExplorer', into);
    }
  }

  /** Never over a file that is there. */
  async #write({ fasta }: OpenFasta, into: vscode.Uri): Promise<number> {
    const outline = finish(fasta.outline(MOST_FILES));
    const names = safeNames(
      outline.map(({ name }) => recordName({ id: name.id, headerText: name.text }) || 'sequence'),
    );
    const uris = names.map((name) => vscode.Uri.joinPath(into, `${name}.fasta`));
    for (const uri of uris) {
      if (await exists(uri)) {
        const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
        throw new UserError(
          vscode.l10n.t('{0} is there already, and nothing was written. Choose an empty folder.', name),
        );
      }
    }
    for (const [index, uri] of uris.entries()) {
      const record = outline[index];
      if (!record) continue;
      const body = textOf(fasta.lines, record.startLine, record.endLine).trimEnd();
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${body}\n`));
    }
    return uris.length;
  }

  async #record(given: readonly unknown[]): Promise<{ readonly open: OpenFasta; readonly chunk: number } | undefined> {
    const [uri, line] = given;
    const open = uri instanceof vscode.Uri ? await this.#opened(uri) : await this.#active();
    if (!open) {
      tellNotOpen();
      return undefined;
    }
    const at = typeof line === 'number' ? line : vscode.window.activeTextEditor?.selection.active.line;
    const { fasta } = open;
    const chunk = fasta.chunkAt(Math.min(at ?? 0, open.text.lineCount - 1));
    await inSlices(fasta.check(chunk), () => true);
    return { open, chunk };
  }

  async #active(): Promise<OpenFasta | undefined> {
    const text = vscode.window.activeTextEditor?.document;
    return text && this.#documents.ready(text);
  }

  async #opened(uri: vscode.Uri): Promise<OpenFasta | undefined> {
    const open = this.#documents.find(uri);
    return open && this.#documents.ready(open.text);
  }
}

function tellNotOpen(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a FASTA file in the editor first.'));
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
