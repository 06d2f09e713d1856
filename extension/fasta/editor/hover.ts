/** What the mouse finds in a FASTA document: facts of the record, the residue under it, and what a prediction takes. */

import * as vscode from 'vscode';
import { UNUSUAL_RESIDUES } from '../../../backend/api/fasta/alphabet.ts';
import { parseHeader } from '../../../backend/api/fasta/header.ts';
import { proteinFacts } from '../analysis/proteinFacts.ts';
import { chainsOf, residueAt, sequenceOf } from '../analysis/recordText.ts';
import { THREE_LETTERS } from '../analysis/residueNames.ts';
import { inSlices } from '../document/slices.ts';
import { recordName } from '../predictionRequests.ts';
import { costText, type Estimates, memoryText, minutesText } from './estimates.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';
import { residues } from './outline.ts';

/** Letters of a composition that are shown. */
const SHOWN_LETTERS = 20;
/** Longer than any engine takes: facts of it are not computed while one waits. */
const MOST_RESIDUES = 200_000;

export class FactsHover implements vscode.HoverProvider {
  readonly #documents: FastaDocuments;

  constructor(documents: FastaDocuments) {
    this.#documents = documents;
  }

  async provideHover(
    text: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const open = await this.#documents.ready(text, token);
    if (!open) return undefined;
    const { fasta } = open;
    const record = fasta.linesOf(fasta.chunkAt(position.line));
    const steps = residueAt(fasta.lines, record, position.line, position.character);
    const residue = await inSlices(steps, () => !token.isCancellationRequested);
    const isOnLetter = /[A-Za-z]/.test(text.lineAt(position.line).text.charAt(position.character));
    const parts: vscode.MarkdownString[] = [];
    if (residue && isOnLetter) parts.push(residueText(residue.letter, residue.number));
    const facts = recordText(open, position.line, isOnLetter && residue !== undefined);
    if (facts) parts.push(facts);
    return parts.length === 0 ? undefined : new vscode.Hover(parts);
  }
}

function residueText(letter: string, number: number): vscode.MarkdownString {
  const unusual = UNUSUAL_RESIDUES[letter];
  const what = unusual
    ? `${THREE_LETTERS[letter]} (${letter}): ${unusual.name}`
    : `${THREE_LETTERS[letter]} (${letter})`;
  return new vscode.MarkdownString().appendMarkdown(`**${vscode.l10n.t('Residue {0}', number)}** · `).appendText(what);
}

/** @param isBrief without what the header says, which stands elsewhere */
function recordText({ fasta }: OpenFasta, line: number, isBrief: boolean): vscode.MarkdownString | undefined {
  const chunk = fasta.chunkAt(line);
  const lines = fasta.linesOf(chunk);
  const header = fasta.headerOf(chunk);
  const chains = chainsOf(fasta.lines, lines);
  const length = chains.reduce((sum, chain) => sum + chain.length, 0);
  if (length === 0) return undefined;
  const text = new vscode.MarkdownString();
  const name = header ? recordName({ id: header.id, headerText: header.text }) : '';
  text
    .appendMarkdown('**')
    .appendText(name || vscode.l10n.t('Sequence without a header'))
    .appendMarkdown('** · ');
  text.appendText(residues(length));
  if (chains.length > 1) text.appendText(` · ${vscode.l10n.t('{0} chains', chains.length)}`);
  if (header && !isBrief) appendHeader(text, header.text);
  if (length > MOST_RESIDUES) return text;
  appendFacts(text, chains.length > 1 ? chains.join('') : sequenceOf(fasta.lines, lines), chains);
  return text;
}

function appendHeader(text: vscode.MarkdownString, header: string): void {
  const { description, organism, gene, accession, database } = parseHeader(header);
  const facts = [
    description,
    organism,
    gene && vscode.l10n.t('gene {0}', gene),
    accession && (database ? `${database}:${accession}` : accession),
  ].filter((fact) => fact !== undefined && fact !== '');
  if (facts.length > 0) text.appendMarkdown('\n\n').appendText(facts.join(' · '));
}

function appendFacts(text: vscode.MarkdownString, sequence: string, chains: readonly string[]): void {
  const { mass, composition, length } = proteinFacts(sequence);
  // Each chain has ends of its own: a water more, and a point of its own.
  const masses = chains.map((chain) => proteinFacts(chain));
  const total = masses.some((facts) => facts.mass === undefined)
    ? mass
    : masses.reduce((sum, facts) => sum + (facts.mass ?? 0), 0);
  const [only] = masses;
  const facts = [
    total === undefined
      ? vscode.l10n.t('mass unknown: some residues are')
      : vscode.l10n.t('mass {0} kDa', (total / 1000).toFixed(2)),
    only && chains.length === 1 && only.isoelectricPoint !== undefined
      ? vscode.l10n.t('pI {0}', only.isoelectricPoint.toFixed(2))
      : undefined,
  ].filter((fact) => fact !== undefined);
  text.appendMarkdown('\n\n').appendText(facts.join(' · '));
  const parts = composition
    .slice(0, SHOWN_LETTERS)
    .map(({ letter, count }) => `${letter} ${((100 * count) / length).toFixed(1)} %`);
  text.appendMarkdown('\n\n').appendText(parts.join(', '));
}

/** Apart from the facts, so that these need not wait for the backend. */
export class EstimateHover implements vscode.HoverProvider {
  readonly #documents: FastaDocuments;
  readonly #estimates: Estimates;
  readonly #isLocal: () => boolean;

  constructor(documents: FastaDocuments, estimates: Estimates, isLocal: () => boolean) {
    this.#documents = documents;
    this.#estimates = estimates;
    this.#isLocal = isLocal;
  }

  async provideHover(
    text: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const open = await this.#documents.ready(text, token);
    if (!open || !this.#estimates.isReachable) return undefined;
    const { fasta } = open;
    const chunk = fasta.chunkAt(position.line);
    const checked = fasta.known(chunk);
    // What must be mended first cannot be estimated.
    if (typeof checked === 'object' && checked.records.some(({ hasErrors }) => hasErrors)) return undefined;
    const chains = chainsOf(fasta.lines, fasta.linesOf(chunk));
    const length = chains.reduce((sum, chain) => sum + chain.length, 0);
    if (length === 0 || length > MOST_RESIDUES) return undefined;
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort());
    try {
      const answers = await this.#estimates.of('estimate', chains, abort.signal);
      if (answers.length === 0) return undefined;
      const lines = new vscode.MarkdownString();
      for (const [index, answer] of answers.entries()) {
        if (index > 0) lines.appendMarkdown('\n\n');
        lines.appendMarkdown('**').appendText(answer.queue.name).appendMarkdown('** · ');
        if ('refusal' in answer) lines.appendText(answer.refusal);
        else {
          const { estimate } = answer;
          const facts = [minutesText(estimate), costText(estimate, this.#isLocal()), memoryText(estimate)];
          lines.appendText(facts.join(' · '));
        }
      }
      return new vscode.Hover(lines);
    } catch {
      // The backend went away while it was asked: the status bar says so, a hover need not.
      return undefined;
    } finally {
      cancelled.dispose();
    }
  }
}
