/** What the user is asked about an endpoint. Each answers undefined when they give up. */

import * as vscode from 'vscode';
import { normalizeAddress } from '../address.ts';
import { checkUrl } from '../profile.ts';
import type { Endpoint } from '../profiles.ts';

/** @returns the address, normalized */
export async function askAddress(title: string, value: string): Promise<string | undefined> {
  const entered = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Address of the backend, as the deployment printed it'),
    value,
    placeHolder: 'https://…',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? undefined : checkUrl(text)),
  });
  return entered && !checkUrl(entered) ? normalizeAddress(entered) : undefined;
}

/** @param value what was typed before; it stands in the box as dots */
export async function askKey(title: string, url: string, value = ''): Promise<string | undefined> {
  const entered = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      'Your key for {0}. It is kept in the secret storage of the editor and sent nowhere else.',
      url,
    ),
    value,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => {
      // It travels in a header: anything else was copied along.
      const isPlain = /^[\x21-\x7e]*$/.test(text.trim());
      return isPlain
        ? undefined
        : vscode.l10n.t('A key has no spaces and no letters beyond ASCII. Was more copied than the key?');
    },
  });
  return entered?.trim() || undefined;
}

/** @param others endpoints whose names are taken */
export async function askName(title: string, value: string, others: readonly Endpoint[]): Promise<string | undefined> {
  const entered = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('What do you want to call it?'),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const name = text.trim();
      if (name === '') return vscode.l10n.t('Enter a name.');
      if (name.length > 60) return vscode.l10n.t('Enter a shorter name.');
      const isTaken = others.some((endpoint) => endpoint.name === name);
      return isTaken ? vscode.l10n.t('Another endpoint is called so already.') : undefined;
    },
  });
  return entered?.trim() || undefined;
}
