/** The settings that say which backend is used, and how the one on this machine is run. */

import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { addressProblem, type BackendId, backendIdOf, LOCAL_BACKEND } from './address.ts';
import type { KeyRing } from './keyRing.ts';
import { type Endpoint, migrated, type Profile, type Profiles, readProfiles, toEntries } from './profiles.ts';

export type { Endpoint, Profile, Profiles } from './profiles.ts';

const SECTION = 'foldpad';

/**
 * What the user, and nobody else, has set. The scope of these settings (application, machine) keeps workspaces from
 * setting them; this does not even look at what a workspace says.
 */
function ofUser<T>(name: string): T | undefined {
  return vscode.workspace.getConfiguration(SECTION).inspect<T>(name)?.globalValue;
}

function settings() {
  return {
    profiles: ofUser('profiles'),
    profile: ofUser('profile'),
    connection: ofUser('connection'),
    remoteUrl: ofUser('remote.url'),
  };
}

/** All backends that the user has, and the chosen one. */
export function allProfiles(): Profiles {
  return readProfiles(settings());
}

/** The chosen backend. */
export function readProfile(): Profile {
  return allProfiles().current;
}

/** Makes a profile the chosen one, for all windows of this user. */
export async function chooseProfile(profile: Profile): Promise<void> {
  await write('profile', profile.kind === 'local' ? undefined : profile.name);
}

export async function writeEndpoints(endpoints: readonly Endpoint[]): Promise<void> {
  await write('profiles', endpoints.length === 0 ? undefined : toEntries(endpoints));
}

/** Gives an endpoint another name. At every moment in between, the chosen backend stays the chosen one. */
export async function renameEndpoint(url: string, name: string): Promise<void> {
  const { endpoints, current } = allProfiles();
  const isCurrent = current.kind === 'remote' && current.url === url;
  if (isCurrent) await write('profile', url);
  await writeEndpoints(endpoints.map((endpoint) => (endpoint.url === url ? { name, url } : endpoint)));
  if (isCurrent) await write('profile', name);
}

/** Moves what earlier settings said into those of today. What is in force does not change by it. */
export async function migrateSettings(keys: KeyRing): Promise<void> {
  const former = settings();
  const { profiles, profile, isNews } = migrated(former);
  if (isNews) {
    await keys.adopt(String(former.remoteUrl));
    await write('profiles', profiles);
    if (profile !== (former.profile ?? '')) await write('profile', profile);
  }
  // Somebody who has chosen the remote backend may be about to write its address.
  const isWaiting = !isNews && former.connection === 'remote';
  const done = isWaiting ? ['remote.url'] : ['remote.url', 'connection'];
  for (const name of done) if (ofUser(name) !== undefined) await write(name, undefined);
}

async function write(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update(name, value, vscode.ConfigurationTarget.Global);
}

/** What is wrong with the address of a backend, as a sentence; undefined when it is good. */
export function checkUrl(text: string): string | undefined {
  switch (addressProblem(text)) {
    case 'incomplete':
      return vscode.l10n.t('Enter a whole address, for example https://abc123.execute-api.us-east-1.amazonaws.com');
    case 'decorated':
      return vscode.l10n.t('Enter the address alone: no name, password, query or fragment.');
    case 'insecure':
      return vscode.l10n.t('The address must begin with https://, because your key is sent with every request.');
    case undefined:
      return undefined;
  }
}

/** What the user calls the backend of a profile. */
export function profileName(profile: Profile): string {
  return profile.kind === 'local' ? vscode.l10n.t('This Computer') : profile.name;
}

/** The same by the backend itself; its address when it is not among the user's. */
export function backendName(backend: BackendId): string {
  if (backend === LOCAL_BACKEND) return profileName({ kind: 'local' });
  return allProfiles().endpoints.find(({ url }) => backendIdOf(url) === backend)?.name ?? backend;
}

/** Where the local backend keeps its data: the setting, else the extension's own storage. */
export function dataDirectory(context: vscode.ExtensionContext): string {
  const setting = (ofUser<string>('local.dataDirectory') ?? '').trim();
  return setting === '' ? path.join(context.globalStorageUri.fsPath, 'local') : expandHome(setting);
}

/** Further arguments of the local backend that come from settings. */
export function localArguments(): string[] {
  const library = (ofUser<string>('local.libraryDirectory') ?? '').trim();
  const slots = ofUser<number>('local.simultaneousPredictions') ?? 0;
  return [
    ...(library === '' ? [] : ['--library', expandHome(library)]),
    ...(Number.isInteger(slots) && slots > 0 ? ['--slots', String(slots)] : []),
  ];
}

function expandHome(directory: string): string {
  return directory === '~' || directory.startsWith('~/') ? path.join(homedir(), directory.slice(1)) : directory;
}

/** Which part of the connection a change of settings may concern; undefined when none. */
export function concernsConnection(change: vscode.ConfigurationChangeEvent): 'profiles' | 'local' | undefined {
  if (change.affectsConfiguration(`${SECTION}.local`)) return 'local';
  const names = ['profiles', 'profile', 'connection', 'remote'];
  return names.some((name) => change.affectsConfiguration(`${SECTION}.${name}`)) ? 'profiles' : undefined;
}
