/** The features cache in the store: what was searched and assembled for one job serves every other. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CacheManifest, type Plan, readManifest } from './alphafoldAnswers.ts';
import type { SharedObjects } from './engine.ts';

export const FEATURES_FILE = 'features.pkl';
export const FEATURES_MANIFEST = 'features.json';
/** Beside every search's answer; written after it. */
const SEARCH_MANIFEST = 'manifest.json';
const LOOK_EVERY_MS = 500;

const featuresKey = (key: string, file: string): string => `features/${key}/${file}`;
const searchKey = (key: string, file: string): string => `features/searches/${key}/${file}`;

/**
 * Brings finished features into a folder, both files.
 *
 * @returns their manifest; `undefined` if they are not there, or not whole: then they have to be made again
 */
export async function fetchFeatures(
  shared: SharedObjects,
  key: string,
  folder: string,
): Promise<CacheManifest | undefined> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, FEATURES_FILE);
  const manifestFile = path.join(folder, FEATURES_MANIFEST);
  if (!(await shared.fetch(featuresKey(key, FEATURES_MANIFEST), manifestFile))) return undefined;
  if (!(await shared.fetch(featuresKey(key, FEATURES_FILE), file))) return undefined;
  const manifest = await readManifest(manifestFile).catch(() => undefined);
  return manifest && (await isWhole(file, manifest)) ? manifest : undefined;
}

/** Whether finished features seem to be there; whether they are whole, only fetching them tells. */
export async function hasFeatures(shared: SharedObjects, key: string): Promise<boolean> {
  return (await shared.read(featuresKey(key, FEATURES_MANIFEST))) !== undefined;
}

/**
 * Puts features into the cache; the manifest comes last, so that nobody sees them before they are all there. What another
 * job has put there meanwhile, because it took this one for dead, stays: jobs that go on with it have its checksum.
 *
 * @param check a folder for what is in the cache afterwards
 * @returns the manifest of that; `undefined` if it is not whole
 */
export async function publishFeatures(
  shared: SharedObjects,
  key: string,
  folder: string,
  check: string,
): Promise<CacheManifest | undefined> {
  const others = await fetchFeatures(shared, key, check);
  if (others) return others;
  for (const file of [FEATURES_FILE, FEATURES_MANIFEST]) {
    await shared.publish(featuresKey(key, file), path.join(folder, file));
  }
  return fetchFeatures(shared, key, check);
}

/** Brings the searches that are known into the driver's own cache. The driver looks at their checksums itself. */
export async function fetchSearches(shared: SharedObjects, plan: Plan, folder: string): Promise<number> {
  const brought = await Promise.all(
    plan.searches.map(async ({ key, file }) => {
      const place = path.join(folder, key);
      await mkdir(place, { recursive: true });
      if (!(await shared.fetch(searchKey(key, SEARCH_MANIFEST), path.join(place, SEARCH_MANIFEST)))) return 0;
      return (await shared.fetch(searchKey(key, file), path.join(place, file))) ? 1 : 0;
    }),
  );
  return brought.reduce<number>((sum, one) => sum + one, 0);
}

/** Puts searches into the cache as they finish, so that a lost machine costs what was in work and no more. */
export class SearchPublisher {
  readonly #shared: SharedObjects;
  readonly #plan: Plan;
  readonly #folder: string;
  readonly #known = new Set<string>();

  constructor(shared: SharedObjects, plan: Plan, folder: string) {
    this.#shared = shared;
    this.#plan = plan;
    this.#folder = folder;
  }

  /** Takes what is there now for known already, unless it is damaged. */
  async begin(): Promise<void> {
    for (const { key, file } of this.#plan.searches) {
      if (await this.#isFinished(key, file)) this.#known.add(key);
      else await rm(path.join(this.#folder, key, SEARCH_MANIFEST), { force: true });
    }
  }

  /** Goes on until aborted. @throws when a search cannot be published */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.publishNew();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  async publishNew(): Promise<void> {
    for (const { key, file } of this.#plan.searches) {
      if (this.#known.has(key) || !(await this.#isFinished(key, file))) continue;
      this.#known.add(key);
      const place = path.join(this.#folder, key);
      await this.#shared.publish(searchKey(key, file), path.join(place, file));
      await this.#shared.publish(searchKey(key, SEARCH_MANIFEST), path.join(place, SEARCH_MANIFEST));
    }
  }

  async #isFinished(key: string, file: string): Promise<boolean> {
    const place = path.join(this.#folder, key);
    const names = await readdir(place).catch((): string[] => []);
    if (!names.includes(SEARCH_MANIFEST) || !names.includes(file)) return false;
    const manifest = await readManifest(path.join(place, SEARCH_MANIFEST)).catch(() => undefined);
    return manifest !== undefined && isWhole(path.join(place, file), manifest);
  }
}

async function isWhole(file: string, { size, sha256 }: CacheManifest): Promise<boolean> {
  try {
    await access(file);
    if ((await stat(file)).size !== size) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}
