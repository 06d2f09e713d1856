/** Asks whether the records of a file are proteins of their own or the chains of one complex. */

import * as vscode from 'vscode';
import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { FastaInput } from '../fasta/fastaInputs.ts';
import { recordName } from '../fasta/predictionRequests.ts';
import type { StepItem } from './quickStep.ts';

export interface RecordsChoice {
  readonly mode: FastaMode;
  /** Leave out what has been predicted already. */
  readonly onlyNew: boolean;
}

/**
 * @param multimers whether an engine of the backend can predict complexes
 * @param known how many of the records have been predicted already
 * @param last what was chosen last time; it comes first
 */
export function recordsItems(
  inputs: readonly FastaInput[],
  { multimers, known, last }: { multimers: boolean; known: number; last: FastaMode | undefined },
): readonly StepItem<RecordsChoice>[] {
  const records = inputs.flatMap(({ file }) => file.records);
  const residues = records.reduce((sum, { length }) => sum + length, 0);
  const names = records.slice(0, 4).map(recordName);
  const list = names.join(', ') + (records.length > names.length ? ', …' : '');
  const fresh = records.length - known;
  const each: StepItem<RecordsChoice> = {
    label: vscode.l10n.t('$(list-unordered) {0} predictions, one for each chain', records.length),
    detail: list,
    value: { mode: 'monomer', onlyNew: false },
  };
  const onlyNew: StepItem<RecordsChoice> = {
    label: vscode.l10n.t('$(filter) Only what has not been predicted yet ({0})', fresh),
    detail: vscode.l10n.t('Have a structure already, or are being predicted: {0}.', known),
    value: { mode: 'monomer', onlyNew: true },
  };
  const complex: StepItem<RecordsChoice> = {
    label:
      inputs.length === 1
        ? vscode.l10n.t('$(group-by-ref-type) One complex (multimer)')
        : vscode.l10n.t('$(group-by-ref-type) {0} complexes (multimers), one for each file', inputs.length),
    detail: multimers
      ? vscode.l10n.t('{0} chains, {1} residues together', records.length, residues)
      : vscode.l10n.t('Not with this backend: homology modelling predicts one chain at a time.'),
    value: { mode: 'multimer', onlyNew: false },
    ...(multimers
      ? {}
      : { closed: vscode.l10n.t('Not with this backend: homology modelling predicts one chain at a time.') }),
  };
  const monomers = known > 0 && fresh > 0 ? [each, onlyNew] : [each];
  return last === 'multimer' && multimers ? [complex, ...monomers] : [...monomers, complex];
}
