import type { Secrets } from '../../extension/connection/keyRing.ts';

/** The editor's secret storage, in memory. */
export class MemorySecrets implements Secrets {
  readonly #values = new Map<string, string>();
  readonly #listeners = new Set<(change: { readonly key: string }) => unknown>();

  keys = async () => [...this.#values.keys()];
  get = async (key: string) => this.#values.get(key);

  async store(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
    this.#tell(key);
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key);
    this.#tell(key);
  }

  onDidChange(listener: (change: { readonly key: string }) => unknown) {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  #tell(key: string): void {
    for (const listener of this.#listeners) listener({ key });
  }
}
