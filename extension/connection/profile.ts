/** Which backend the user has chosen: settings, and the key of a remote one from the secret storage. */

import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

/** The backend on this machine, or one elsewhere. */
export type Profile = { readonly kind: 'local' } | { readonly kind: 'remote'; readonly url: string };

const SECTION = 'foldpad';
const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** The settings are of application or machine scope: a workspace cannot send the key somewhere else. */
export function readProfile(): Profile {
  const settings = vscode.workspace.getConfiguration(SECTION);
  if (settings.get<string>('connection') !== 'remote') return { kind: 'local' };
  return { kind: 'remote', url: settings.get<string>('remote.url', '').trim().replace(/\/+$/, '') };
}

/** Makes a profile the chosen one, for all workspaces of this user. */
export async function writeProfile(profile: Profile): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  if (profile.kind === 'remote') {
    await settings.update('remote.url', profile.url, vscode.ConfigurationTarget.Global);
  }
  await settings.update('connection', profile.kind, vscode.ConfigurationTarget.Global);
}

/**
 * What is wrong with the address of a backend, as a sentence; undefined when it is good. The key travels with every
 * request, so that plain http is taken only from this machine.
 */
export function checkUrl(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return vscode.l10n.t('Enter a whole address, for example https://abc123.execute-api.us-east-1.amazonaws.com');
  }
  if (url.username || url.password || url.search || url.hash) {
    return vscode.l10n.t('Enter the address alone: no name, password, query or fragment.');
  }
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && LOOPBACK_HOSTS.includes(url.hostname)) return undefined;
  return vscode.l10n.t('The address must begin with https://, because your key is sent with every request.');
}

/** Keeps the keys of remote backends, one for each address. */
export class KeyRing {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  get(url: string): Thenable<string | undefined> {
    return this.#secrets.get(secretName(url));
  }

  set(url: string, key: string): Thenable<void> {
    return this.#secrets.store(secretName(url), key);
  }
}

const secretName = (url: string): string => `foldpad.key ${url}`;

/** Where the local backend keeps its data: the setting, else the extension's own storage. */
export function dataDirectory(context: vscode.ExtensionContext): string {
  const setting = vscode.workspace.getConfiguration(SECTION).get<string>('local.dataDirectory', '').trim();
  return setting === '' ? path.join(context.globalStorageUri.fsPath, 'local') : expandHome(setting);
}

/** Further arguments of the local backend that come from settings. */
export function localArguments(): string[] {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const library = settings.get<string>('local.libraryDirectory', '').trim();
  const slots = settings.get<number>('local.simultaneousPredictions', 0);
  return [
    ...(library === '' ? [] : ['--library', expandHome(library)]),
    ...(Number.isInteger(slots) && slots > 0 ? ['--slots', String(slots)] : []),
  ];
}

function expandHome(directory: string): string {
  return directory === '~' || directory.startsWith('~/') ? path.join(homedir(), directory.slice(1)) : directory;
}

/** Whether a change of settings concerns the connection. */
export function concernsConnection(change: vscode.ConfigurationChangeEvent): boolean {
  return ['connection', 'remote', 'local'].some((name) => change.affectsConfiguration(`${SECTION}.${name}`));
}
