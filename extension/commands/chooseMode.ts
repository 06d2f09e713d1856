/** Asks whether the records of a file are proteins of their own or the chains of one complex. */

import * as vscode from 'vscode';
import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { FastaInput } from '../fasta/fastaInputs.ts';
import { recordName } from '../fasta/predictionRequests.ts';

interface ModeItem extends vscode.QuickPickItem {
  readonly mode: FastaMode;
  /** Why it cannot be chosen; undefined when it can. */
  readonly closed?: string;
}

/**
 * @param multimers whether the engine can predict complexes
 * @returns undefined when the user gave up. Nothing is asked when no file has several records
 */
export function chooseMode(inputs: readonly FastaInput[], multimers: boolean): Promise<FastaMode | undefined> {
  const several = inputs.filter(({ file }) => file.records.length > 1);
  if (several.length === 0) return Promise.resolve('monomer');
  return ask(modeItems(inputs, multimers));
}

function modeItems(inputs: readonly FastaInput[], multimers: boolean): ModeItem[] {
  const records = inputs.flatMap(({ file }) => file.records);
  const residues = records.reduce((sum, { length }) => sum + length, 0);
  const names = records.slice(0, 4).map(recordName);
  const list = names.join(', ') + (records.length > names.length ? ', …' : '');
  const closed = multimers
    ? undefined
    : vscode.l10n.t('Not with this backend: homology modelling predicts one chain at a time.');
  return [
    {
      label: vscode.l10n.t('$(list-unordered) {0} predictions, one for each chain', records.length),
      detail: list,
      mode: 'monomer',
    },
    {
      label:
        inputs.length === 1
          ? vscode.l10n.t('$(group-by-ref-type) One complex (multimer)')
          : vscode.l10n.t('$(group-by-ref-type) {0} complexes (multimers), one for each file', inputs.length),
      detail: closed ?? vscode.l10n.t('{0} chains, {1} residues together', records.length, residues),
      mode: 'multimer',
      ...(closed === undefined ? {} : { closed }),
    },
  ];
}

/** A list in which a closed item stays and says why, instead of being taken. */
function ask(items: readonly ModeItem[]): Promise<FastaMode | undefined> {
  const list = vscode.window.createQuickPick<ModeItem>();
  list.items = items;
  list.title = vscode.l10n.t('The file has several records. What are they?');
  list.placeholder = vscode.l10n.t('Press Enter to predict each chain on its own');
  list.ignoreFocusOut = true;
  return new Promise((resolve) => {
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      if (!item) return;
      if (item.closed !== undefined) {
        list.title = item.closed;
        return;
      }
      resolve(item.mode);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}
