/** Adds, renames and removes endpoints, and changes their keys. Nothing is stored before it was tested. */

import * as vscode from 'vscode';
import type { Services } from '../../commands/services.ts';
import { suggestName } from '../address.ts';
import { allProfiles, chooseProfile, renameEndpoint, writeEndpoints } from '../profile.ts';
import type { Endpoint } from '../profiles.ts';
import { connect, switchProfile } from '../switchProfile.ts';
import { askAddress, askKey, askName } from './questions.ts';
import { askAfterFailure, testEndpoint } from './testEndpoint.ts';

/** Asks for the address, key and name of a backend elsewhere, tries them, and uses them from then on. */
export async function addEndpoint(services: Services): Promise<void> {
  const titled = (step: number) => vscode.l10n.t('Add an Endpoint ({0}/3)', step);
  const found = await askUntilGood(services, {
    address: (typed) => askAddress(titled(1), typed),
    key: (url, typed) => askKey(titled(2), url, typed),
  });
  if (!found) return;
  const { url, key } = found;
  const { endpoints } = allProfiles();
  const known = endpoints.find((endpoint) => endpoint.url === url);
  const suggested = suggestName(
    url,
    endpoints.map(({ name }) => name),
  );
  const name = known?.name ?? (await askName(titled(3), suggested, endpoints));
  if (name === undefined) return;
  const endpoint: Endpoint = { name, url };
  const formerKey = await services.keys.get(url);
  await services.keys.set(url, key);
  try {
    if (!known) await writeEndpoints([...endpoints, endpoint]);
  } catch (error) {
    // The settings could not be written: no key stays behind for an endpoint that there is not.
    await (formerKey === undefined ? services.keys.delete(url) : services.keys.set(url, formerKey));
    throw error;
  }
  await switchProfile(services, { kind: 'remote', ...endpoint });
}

/** Asks for another key of an endpoint, and tries it. @returns whether there is a new one */
export async function changeKey(services: Services, { name, url }: Endpoint): Promise<boolean> {
  const title = vscode.l10n.t('Key of {0}', name);
  const found = await askUntilGood(services, {
    url,
    key: (_url, typed) => askKey(title, url, typed),
  });
  if (!found) return false;
  await services.keys.set(url, found.key);
  const { profile } = services.connection;
  if (profile.kind === 'remote' && profile.url === url) {
    services.connection.reset();
    await connect(services.connection);
  }
  return true;
}

export async function renameOne({ name, url }: Endpoint): Promise<void> {
  const others = allProfiles().endpoints.filter((endpoint) => endpoint.url !== url);
  const renamed = await askName(vscode.l10n.t('Rename {0}', name), name, others);
  if (renamed !== undefined && renamed !== name) await renameEndpoint(url, renamed);
}

/** Takes an endpoint and its key away, after asking. Its jobs stay where they are. */
export async function removeOne(services: Services, { name, url }: Endpoint): Promise<boolean> {
  const remove = vscode.l10n.t('Remove');
  const detail = vscode.l10n.t(
    'Its address is taken out of the settings and its key is deleted on this machine. Jobs and results of the backend stay there; to see them again you need the address and a key.',
  );
  const question = vscode.l10n.t('Remove the endpoint “{0}”?', name);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return false;
  const { endpoints, current } = allProfiles();
  // The key first: should anything fail afterwards, no secret is left behind.
  await services.keys.delete(url);
  if (current.kind === 'remote' && current.url === url) await chooseProfile({ kind: 'local' });
  await writeEndpoints(endpoints.filter((endpoint) => endpoint.url !== url));
  services.connection.reconsider();
  return true;
}

interface EndpointAnswers {
  readonly url: string;
  readonly key: string;
}

interface Questions {
  /** The address, where it is settled. */
  readonly url?: string;
  /** `typed`: what was entered before. */
  address?(typed: string): Promise<string | undefined>;
  key(url: string, typed: string): Promise<string | undefined>;
}

/** Asks and tests until the endpoint is good, the user wants it as it is, or gives up. Nothing is stored. */
async function askUntilGood(services: Services, questions: Questions): Promise<EndpointAnswers | undefined> {
  let url = questions.url;
  let typedUrl = '';
  let key: string | undefined;
  let typedKey = '';
  for (;;) {
    if (url === undefined) {
      url = await questions.address?.(typedUrl);
      if (url === undefined) return undefined;
      // What was typed stays, but a key is for one address: for another one it is the user who sends it.
      if (url !== typedUrl) key = undefined;
      typedUrl = url;
    }
    key ??= await questions.key(url, typedKey);
    if (key === undefined) return undefined;
    typedKey = key;
    const outcome = await testEndpoint(services, url, key);
    if (!outcome) return undefined;
    if (outcome.kind === 'good') return { url, key };
    switch (await askAfterFailure(services, url, outcome, questions.url === undefined)) {
      case 'address':
        url = undefined;
        break;
      case 'key':
        key = undefined;
        break;
      case 'again':
        break;
      case 'keep':
        services.connection.keepThoughAway(url);
        return { url, key };
      case undefined:
        return undefined;
    }
  }
}
