/** A list in which one of very many records is found by what is typed. */

import * as vscode from 'vscode';

export interface RecordList {
  readonly count: number;
  name(index: number): { readonly label: string; readonly description: string };
  /** Line of its header, from 0. */
  lineOf(index: number): number;
}

/** Rows that are shown at a time. */
const MOST_ROWS = 200;
/** Records that are looked at between two pauses. */
const STEP = 5000;

interface Row extends vscode.QuickPickItem {
  readonly line: number;
}

/** @returns the line of the picked record's header, from 0; undefined when none was picked */
export function pickRecord(records: RecordList): Promise<number | undefined> {
  const list = vscode.window.createQuickPick<Row>();
  list.title = vscode.l10n.t('Go to Record');
  list.placeholder = vscode.l10n.t('Part of a name or description, or the number of a record');
  list.matchOnDescription = true;
  let search = 0;
  const find = async (text: string): Promise<void> => {
    const own = ++search;
    list.busy = true;
    const rows = await matches(records, text, () => own === search);
    if (own !== search) return;
    list.items = rows;
    list.busy = false;
  };
  return new Promise((resolve) => {
    list.onDidChangeValue((text) => void find(text));
    list.onDidAccept(() => {
      resolve(list.selectedItems[0]?.line);
      list.hide();
    });
    list.onDidHide(() => {
      search++;
      resolve(undefined);
      list.dispose();
    });
    list.show();
    void find('');
  });
}

async function matches(records: RecordList, text: string, isWanted: () => boolean): Promise<readonly Row[]> {
  const wanted = text.trim().toLowerCase();
  const rows: Row[] = [];
  const add = (index: number): void => {
    const { label, description } = records.name(index);
    const number = vscode.l10n.t('record {0}', index + 1);
    // VS Code filters by label and description: rows that were found by their number must stay.
    rows.push({
      label: label || number,
      description: `${number} · ${description}`,
      line: records.lineOf(index),
      alwaysShow: true,
    });
  };
  const asNumber = /^\d+$/.test(wanted) ? Number(wanted) : 0;
  if (asNumber >= 1 && asNumber <= records.count) add(asNumber - 1);
  for (let index = 0; index < records.count && rows.length < MOST_ROWS; index++) {
    if (index % STEP === STEP - 1) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (!isWanted()) return [];
    }
    if (index === asNumber - 1) continue;
    const { label, description } = records.name(index);
    if (wanted === '' || `${label} ${description}`.toLowerCase().includes(wanted)) add(index);
  }
  return rows;
}
