import { changeMarkText, databaseSetOf, featuresKeys } from '../../backend/api/featuresIndex.ts';
import type { Job, KnownFeatures } from '../../backend/api/job.ts';
import type { ObjectStore } from '../../backend/core/ports.ts';

/** Features and their index as a features run leaves them in a store; the real one is tested in `test/alphafold`. */
export class StoredFeatures {
  readonly features: KnownFeatures;
  readonly #objects: ObjectStore;
  readonly #job: Job;

  private constructor(objects: ObjectStore, job: Job, features: KnownFeatures) {
    this.#objects = objects;
    this.#job = job;
    this.features = features;
  }

  /** @param seenAt ISO 8601 */
  static async leave(objects: ObjectStore, job: Job, seenAt: string, number = 1): Promise<StoredFeatures> {
    const digit = number.toString(16);
    const features = { key: digit.repeat(64), sha256: 'f'.repeat(64) };
    const stored = new StoredFeatures(objects, job, features);
    await stored.put(featuresKeys.manifest(features.key), { ...features, schema: 1, file: 'features.pkl', size: 1000 });
    await stored.put(featuresKeys.target(job.featuresTarget ?? ''), {
      schema: 1,
      key: features.key,
      versions: VERSIONS,
    });
    await stored.see({ seen_at: seenAt });
    return stored;
  }

  /** What a features run says of databases and programs. */
  async see(facts: Record<string, unknown>): Promise<void> {
    const present = { schema: 1, versions: VERSIONS, mark: null, image: null, ...facts };
    await this.put(featuresKeys.present(databaseSetOf(this.#job.parameters)), present);
  }

  /** What whoever changes databases or programs says. */
  async change(mark: string): Promise<void> {
    await this.#objects.write(featuresKeys.changed, new TextEncoder().encode(changeMarkText(mark)));
  }

  async put(key: string, content: unknown): Promise<void> {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await this.#objects.write(key, new TextEncoder().encode(text));
  }

  async remove(key: string): Promise<void> {
    await this.#objects.removeAll(key);
  }

  get targetKey(): string {
    return featuresKeys.target(this.#job.featuresTarget ?? '');
  }

  get presentKey(): string {
    return featuresKeys.present(databaseSetOf(this.#job.parameters));
  }

  get manifestKey(): string {
    return featuresKeys.manifest(this.features.key);
  }
}

export const VERSIONS = '7'.repeat(64);
