/** Which backends the user has, and which one is chosen, from what the settings say. Pure. */

import { type BackendId, backendIdOf, LOCAL_BACKEND, normalizeAddress, suggestName } from './address.ts';

/** A backend elsewhere. */
export interface Endpoint {
  /** What the user calls it; no two have the same. */
  readonly name: string;
  /** Its address, as `normalizeAddress` writes it. It may be one that cannot be used: settings are written by hand, too. */
  readonly url: string;
}

/** The backend on this machine, or one elsewhere. */
export type Profile = { readonly kind: 'local' } | ({ readonly kind: 'remote' } & Endpoint);

export interface Profiles {
  readonly endpoints: readonly Endpoint[];
  readonly current: Profile;
}

/** Values of the user's settings, as they are: anything may stand in them. */
export interface ProfileSettings {
  /** `foldpad.profiles` */
  readonly profiles?: unknown;
  /** `foldpad.profile` */
  readonly profile?: unknown;
  /** `foldpad.connection` and `foldpad.remote.url`, which knew one endpoint; see {@link migrated}. */
  readonly connection?: unknown;
  readonly remoteUrl?: unknown;
}

/** An entry of the setting `foldpad.profiles`. */
export interface ProfileEntry {
  readonly name: string;
  readonly endpoint: string;
}

/** What the settings mean. An entry that is none is left out; of two with the same name the first counts. */
export function readProfiles(settings: ProfileSettings): Profiles {
  const { profiles, profile } = migrated(settings);
  const endpoints = profiles.map(({ name, endpoint }) => ({ name, url: normalizeAddress(endpoint) }));
  if (profile === '') return { endpoints, current: { kind: 'local' } };
  const found =
    endpoints.find(({ name }) => name === profile) ?? endpoints.find(({ url }) => url === normalizeAddress(profile));
  // An endpoint that is not there is not replaced by the backend of this machine: predictions would run elsewhere than
  // their user believes.
  return { endpoints, current: { kind: 'remote', ...(found ?? { name: profile, url: '' }) } };
}

/** What the new settings should be, with what the old ones say taken over. */
export interface Migrated {
  readonly profiles: readonly ProfileEntry[];
  /** Empty: this machine. */
  readonly profile: string;
  /** The old settings say something that the new ones do not say yet. */
  readonly isNews: boolean;
}

/**
 * Takes over the one endpoint that earlier settings knew. They are removed afterwards, so that finding them means that
 * they were written since: what they say is the user's last word.
 */
export function migrated({ profiles: list, profile: chosen, connection, remoteUrl }: ProfileSettings): Migrated {
  const profiles = readEntries(list);
  const profile = typeof chosen === 'string' ? chosen.trim() : '';
  const endpoint = typeof remoteUrl === 'string' ? normalizeAddress(remoteUrl) : '';
  if (endpoint === '') return { profiles, profile, isNews: false };
  const known = profiles.find((entry) => normalizeAddress(entry.endpoint) === endpoint);
  const entry = known ?? {
    name: suggestName(
      endpoint,
      profiles.map(({ name }) => name),
    ),
    endpoint,
  };
  return {
    profiles: known ? profiles : [...profiles, entry],
    profile: connection === 'remote' ? entry.name : profile,
    isNews: true,
  };
}

function readEntries(list: unknown): readonly ProfileEntry[] {
  const entries: ProfileEntry[] = [];
  for (const entry of Array.isArray(list) ? list : []) {
    const { name, endpoint } = (entry ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || typeof endpoint !== 'string' || name.trim() === '') continue;
    if (entries.some((other) => other.name === name.trim())) continue;
    entries.push({ name: name.trim(), endpoint });
  }
  return entries;
}

/** Names the backend of a profile in addresses inside the editor. */
export function backendOf(profile: Profile): BackendId {
  return profile.kind === 'local' ? LOCAL_BACKEND : backendIdOf(profile.url);
}

/** What goes into the setting `foldpad.profiles`. */
export function toEntries(endpoints: readonly Endpoint[]): readonly ProfileEntry[] {
  return endpoints.map(({ name, url }) => ({ name, endpoint: url }));
}
