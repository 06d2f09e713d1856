import type { KeyRecord, KeyStore } from '../../backend/core/ports.ts';

/** Keys of one test. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<string, KeyRecord>();

  async create(key: KeyRecord): Promise<void> {
    if (this.#keys.has(key.id)) throw new Error(`there is a key ${key.id} already`);
    this.#keys.set(key.id, key);
  }

  async find(id: string): Promise<KeyRecord | undefined> {
    return this.#keys.get(id);
  }

  async list(): Promise<readonly KeyRecord[]> {
    const place = ({ createdAt, id }: KeyRecord) => `${createdAt}#${id}`;
    return [...this.#keys.values()].sort((a, b) => (place(a) < place(b) ? 1 : -1));
  }

  async revoke(id: string, at: string): Promise<KeyRecord | undefined> {
    const key = this.#keys.get(id);
    if (key) this.#keys.set(id, { ...key, revokedAt: key.revokedAt ?? at });
    return this.#keys.get(id);
  }

  async noteUse(id: string, day: string): Promise<void> {
    const key = this.#keys.get(id);
    if (key) this.#keys.set(id, { ...key, lastUsedOn: day });
  }
}
