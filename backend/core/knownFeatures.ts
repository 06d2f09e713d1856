/** Features that are in the cache already: then a job needs no features run. Whatever is doubtful counts as not there. */
import {
  changeMarkSchema,
  databaseSetOf,
  type FeaturesHandover,
  featuresKeys,
  featuresManifestSchema,
  indexedTargetSchema,
  type PresentVersions,
  presentVersionsSchema,
} from '../api/featuresIndex.ts';
import type { Job, KnownFeatures } from '../api/job.ts';
import { jobKeys } from '../api/runner.ts';
import { encodeText } from './bytes.ts';
import type { CoreDeps } from './deps.ts';
import { decisiveRuns } from './runs.ts';

/** By how much the clock of the machine that saw the versions may be ahead. */
const CLOCKS_APART_MS = 5 * 60_000;

/**
 * The features that a features run of this job would find in the cache, as far as can be told without one. Costs one call
 * to the store where the target was never seen, four where it was.
 *
 * @returns `undefined` when they are not there, or anything about them is in doubt, an object that cannot be read included
 */
export async function findKnownFeatures(deps: CoreDeps, job: Job): Promise<KnownFeatures | undefined> {
  const { featuresTarget } = job;
  const { featuresTrustSeconds } = deps.policy;
  if (job.engine !== 'alphafold2' || featuresTarget === undefined || featuresTrustSeconds === undefined)
    return undefined;
  try {
    return await lookUp(deps, job, featuresTarget, featuresTrustSeconds);
  } catch (error) {
    const facts = { jobId: job.id, error: `${error}` };
    deps.log.warn('the features cache could not be asked; the job gets a features run', facts);
    return undefined;
  }
}

async function lookUp(
  deps: CoreDeps,
  { parameters }: Job,
  featuresTarget: string,
  trustSeconds: number,
): Promise<KnownFeatures | undefined> {
  const target = await readJson(deps, featuresKeys.target(featuresTarget), indexedTargetSchema);
  if (!target) return undefined;
  const [present, changed, manifest] = await Promise.all([
    readJson(deps, featuresKeys.present(databaseSetOf(parameters)), presentVersionsSchema),
    readJson(deps, featuresKeys.changed, changeMarkSchema),
    readJson(deps, featuresKeys.manifest(target.key), featuresManifestSchema),
  ]);
  if (!present || present.versions !== target.versions) return undefined;
  const isUnchanged = present.mark === (changed?.mark ?? null) && present.image === (deps.policy.featuresImage ?? null);
  if (!isUnchanged || !isFresh(deps, present, trustSeconds)) return undefined;
  return manifest?.key === target.key ? { key: target.key, sha256: manifest.sha256 } : undefined;
}

function isFresh({ clock }: CoreDeps, { seen_at }: PresentVersions, trustSeconds: number): boolean {
  const age = Date.parse(clock.now()) - Date.parse(seen_at);
  return age >= -CLOCKS_APART_MS && age <= trustSeconds * 1000;
}

/** @returns `undefined` if there is no such object @throws when it is not what it should be */
async function readJson<T>(
  { objects }: CoreDeps,
  key: string,
  schema: { parse(json: unknown): T },
): Promise<T | undefined> {
  const bytes = await objects.read(key);
  return bytes && schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/**
 * What has to be in the store before the job's runs begin. Follows from the job alone, so that it can be repeated after a
 * crash: the handover that the features run would have written; and after such a run was replaced, its `failure.json`
 * goes, which is not that of the runs to come.
 */
export async function prepareRuns(deps: CoreDeps, job: Job): Promise<void> {
  const isWaiting = decisiveRuns(job.runs).every(({ schedulerId }) => schedulerId === undefined);
  if (!isWaiting) return;
  if (job.knownFeatures) {
    const handover: FeaturesHandover = { schema: 1, ...job.knownFeatures };
    // Never over another one: should this come late, a features run may have written its own.
    await deps.objects.writeIfAbsent(jobKeys.prepared(job.id), encodeText(`${JSON.stringify(handover)}\n`));
  }
  if (job.runs.some(({ superseded }) => superseded)) await deps.objects.removeAll(jobKeys.failure(job.id));
}
