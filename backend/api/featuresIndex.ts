/**
 * The index of the features cache: by it the control plane, which sees neither databases nor programs, finds out that
 * the features of a job are there already. Feature runs write it, dispatch reads it. See `docs/alphafold.md`.
 *
 * A key of the cache is made of two things: the target, which the order tells, and the versions of databases and
 * programs, which only a machine that has them knows. The index keeps one object for each target and one for the versions
 * now in use; where both name the same versions, the features of that target are those that a run would use now.
 */
import * as z from 'zod';
import type { JobParameters } from './job.ts';

/** Names of the index's objects in the store. Names of features are SHA-256, so none of them is one of these words. */
export const featuresKeys = {
  /** Which versions are in use. @param set {@link databaseSetOf} */
  present: (set: string): string => `features/present/${set}.json`,
  /** Changes whenever databases or programs may have changed; what was seen before then counts no more. */
  changed: 'features/present/changed.json',
  /** Where the features of a target are. @param digest {@link featuresTarget} */
  target: (digest: string): string => `features/targets/${digest}.json`,
  /** Size and checksum of finished features, written after them. */
  manifest: (key: string): string => `features/${key}/features.json`,
} as const;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** `features/present/{set}.json`, written by every features run. */
export const presentVersionsSchema = z.object({
  schema: z.literal(1),
  versions: sha256Schema,
  /** ISO 8601 UTC. */
  seen_at: z.iso.datetime(),
  /** The mark of `changed.json` before the run looked at its databases and programs; null if there was none. */
  mark: z.string().nullable(),
  /** The image that the run ran in, as its deployment names it; null where it ran in none. */
  image: z.string().nullable(),
});
export type PresentVersions = z.infer<typeof presentVersionsSchema>;

/** `features/present/changed.json`, written by whoever changes databases or programs. */
export const changeMarkSchema = z.object({ schema: z.literal(1), mark: z.string().min(1) });

/** Body of a new `changed.json`. @param mark random */
export function changeMarkText(mark: string): string {
  return `${JSON.stringify({ schema: 1, mark } satisfies z.infer<typeof changeMarkSchema>)}\n`;
}

/** `features/targets/{digest}.json`. */
export const indexedTargetSchema = z.object({
  schema: z.literal(1),
  /** Of the features, in the cache. */
  key: sha256Schema,
  /** That they were made with. */
  versions: sha256Schema,
});
export type IndexedTarget = z.infer<typeof indexedTargetSchema>;

/** What the control plane reads of `features/{key}/features.json`; the driver writes more into it. */
export const featuresManifestSchema = z.object({
  key: sha256Schema,
  size: z.number().int().min(1),
  sha256: sha256Schema,
});

/** `output/{id}/features.json`: which features the predict stage is to use. Written by the features run, or by dispatch. */
export const featuresHandoverSchema = z.object({ schema: z.literal(1), key: sha256Schema, sha256: sha256Schema });
export type FeaturesHandover = z.infer<typeof featuresHandoverSchema>;

/** Code of the failure with which the predict stage says that the features it was to use are gone or damaged. */
export const NO_FEATURES = 'no-features';

/** What of an order features depend on. */
export type FeaturesParameters = Pick<
  JobParameters,
  'dbPreset' | 'modelPreset' | 'maxTemplateDate' | 'excludeTemplates' | 'maxTemplateIdentity'
>;

const isMultimer = ({ modelPreset }: FeaturesParameters): boolean => modelPreset === 'multimer';

/** Which databases a job searches: complexes use others for templates. All other presets share their features. */
export function databaseSetOf(parameters: FeaturesParameters): string {
  return `${parameters.dbPreset}-${isMultimer(parameters) ? 'multimer' : 'monomer'}`;
}

/**
 * Everything that features depend on as far as an order tells, as a SHA-256 in hexadecimal.
 *
 * @param fastaSha256 of the target's FASTA text in its normal form: it holds the chains with their names, in their order
 */
export async function featuresTarget(fastaSha256: string, parameters: FeaturesParameters): Promise<string> {
  const entries = parameters.excludeTemplates.map((entry) => entry.trim().split('_', 1)[0]?.toUpperCase() ?? '');
  const facts = [
    1,
    fastaSha256,
    databaseSetOf(parameters),
    parameters.maxTemplateDate,
    [...new Set(entries)].sort(),
    parameters.maxTemplateIdentity ?? 1,
  ];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(facts)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
