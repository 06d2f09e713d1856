/** What the tests inside the extension host share. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { FoldpadExports } from '../../../extension/extension.ts';
import type { PixelCounts } from '../../../extension/structure/protocol.ts';

/** Human ubiquitin (UniProt P0CG48, residues 1–76): small, and with many templates. */
export const UBIQUITIN = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';

export function foldpad(): vscode.Extension<FoldpadExports> {
  const extension = vscode.extensions.getExtension<FoldpadExports>('foldpad.foldpad');
  assert.ok(extension, 'the extension is installed');
  return extension;
}

export async function api(): Promise<FoldpadExports> {
  return foldpad().activate();
}

/** Whether a local backend has ever been started in this editor's fresh home; its file would lie there. */
export function hasStartedBackend(): boolean {
  const storage = path.join(process.env.HOME ?? '', 'data', 'User', 'globalStorage', 'foldpad.foldpad');
  return existsSync(path.join(storage, 'local', 'server.json'));
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 200_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < deadline, `${what} did not come about in ${timeoutMs / 1000} s`);
    await delay(250);
  }
}

/** A page that is still loading hears no question: it is asked again after this time (ms). */
const ANSWER_MS = 5000;

/** Enough for a small chain in a small editor; text or an error message draws none of these colours. */
const DRAWN_PIXELS = 2000;

/** Waits until a structure is drawn. @returns its pixels by colour */
export function drawn(of: Parameters<FoldpadExports['measure']>[0]): Promise<PixelCounts> {
  return until('a drawn structure', async () => {
    const { measure } = await api();
    const nothing = delay(ANSWER_MS, undefined);
    const measured = await Promise.race([measure(of)?.catch(() => undefined), nothing]);
    if (!measured) return undefined;
    const { background, ...pixels } = measured.pixels;
    const count = Object.values(pixels).reduce((sum, value) => sum + value, 0);
    return background > 0 && count > DRAWN_PIXELS ? measured.pixels : undefined;
  });
}

/** Writes a file into a new folder. */
export async function temporaryFile(name: string, content: string | Uint8Array): Promise<vscode.Uri> {
  const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-inhost-'));
  const uri = vscode.Uri.file(path.join(folder, name));
  await vscode.workspace.fs.writeFile(uri, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return uri;
}

/** What the extension showed while nobody was there to answer. */
export interface Shown {
  readonly errors: string[];
  readonly messages: string[];
}

/** What a person takes in a list: a row, or the button of a row, by their texts. */
export interface Taken {
  readonly row: RegExp;
  readonly button?: RegExp;
}

/** What a person does who does more than to press buttons of messages. */
export interface Doing {
  /** What is taken in lists, one after the other; further lists are dismissed. */
  readonly take?: readonly Taken[];
  /** What is typed into boxes, one after the other. A box refuses what its check refuses. */
  readonly type?: readonly string[];
}

/**
 * Stands in for the person at the screen while something is done: every dialog is dismissed, unless its button is
 * named in `press`, or `doing` says otherwise. Messages are kept.
 */
export async function withPerson<T>(
  action: (shown: Shown) => Promise<T>,
  press: readonly string[] = [],
  doing: Doing = {},
): Promise<T> {
  const takes = [...(doing.take ?? [])];
  const texts = [...(doing.type ?? [])];
  const shown: Shown = { errors: [], messages: [] };
  const { window } = vscode;
  const button = (items: readonly unknown[]) => items.find((item) => press.includes(String(item)));
  const tell =
    (into: string[]) =>
    (message: string, ...items: unknown[]) => {
      into.push(message);
      return Promise.resolve(button(items));
    };
  const dismissed = () => Promise.resolve(undefined);
  const stand = {
    showErrorMessage: tell(shown.errors),
    showWarningMessage: tell(shown.messages),
    showInformationMessage: tell(shown.messages),
    showQuickPick: dismissed,
    showInputBox: async (options?: vscode.InputBoxOptions) => {
      const text = texts.shift();
      const wrong = text === undefined ? undefined : await options?.validateInput?.(text);
      if (wrong) shown.errors.push(String(wrong));
      return wrong ? undefined : text;
    },
    createQuickPick: () => quickPick(takes),
    showOpenDialog: dismissed,
    showSaveDialog: dismissed,
  };
  const before = Object.fromEntries(Object.keys(stand).map((name) => [name, window[name as keyof typeof stand]]));
  Object.assign(window, stand);
  try {
    return await action(shown);
  } finally {
    Object.assign(window, before);
  }
}

/** A list that nobody sees: what is taken in it is taken as soon as it is shown. */
function quickPick(takes: Taken[]): vscode.QuickPick<vscode.QuickPickItem> {
  const accepted = new vscode.EventEmitter<void>();
  const hidden = new vscode.EventEmitter<void>();
  const triggered = new vscode.EventEmitter<vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>>();
  const list = {
    items: [] as readonly vscode.QuickPickItem[],
    activeItems: [] as readonly vscode.QuickPickItem[],
    selectedItems: [] as readonly vscode.QuickPickItem[],
    onDidAccept: accepted.event,
    onDidHide: hidden.event,
    onDidTriggerButton: new vscode.EventEmitter<vscode.QuickInputButton>().event,
    onDidTriggerItemButton: triggered.event,
    show: () => {
      const taken = takes.shift();
      const item = taken && list.items.find(({ label }) => taken.row.test(label));
      if (taken) assert.ok(item, `${taken.row} is not in ${list.items.map(({ label }) => label).join(', ')}`);
      const button = item?.buttons?.find(({ tooltip }) => taken?.button?.test(String(tooltip)));
      setTimeout(() => {
        if (item && button) triggered.fire({ item, button });
        else if (item) {
          list.selectedItems = [item];
          accepted.fire();
        } else list.hide();
      }, 0);
    },
    hide: () => hidden.fire(),
    dispose: () => undefined,
  };
  return list as unknown as vscode.QuickPick<vscode.QuickPickItem>;
}

/** What a window remembers; outlives the notifier as it outlives a window. */
export class Memory implements vscode.Memento {
  readonly #values = new Map<string, unknown>();
  keys = () => [...this.#values.keys()];
  get<T>(key: string, fallback?: T): T {
    return (this.#values.get(key) ?? fallback) as T;
  }
  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, structuredClone(value));
    return Promise.resolve();
  }
}
