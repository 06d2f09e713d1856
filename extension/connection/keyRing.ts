/** The keys of backends elsewhere, each bound to the one address that it was given for. */

import { hostname } from 'node:os';
import type { Releasable } from '../base/disposable.ts';
import { isLoopback, normalizeAddress } from './address.ts';

const PREFIX = 'foldpad.key ';

/** What is needed of the editor's secret storage. */
export interface Secrets {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
  delete(name: string): PromiseLike<void>;
  onDidChange(listener: (change: { readonly key: string }) => unknown): Releasable;
}

/**
 * Keeps keys in the secret storage under the addresses that they were entered for. There is no way to ask for the key of
 * a profile: whoever changes the address of one gets no key, until its user has entered one for that address.
 */
export class KeyRing {
  readonly #secrets: Secrets;
  readonly #machine: string;

  /** @param machine tells machines apart that use the same secret storage, as several remote ones do */
  constructor(secrets: Secrets, machine: string = hostname()) {
    this.#secrets = secrets;
    this.#machine = machine;
  }

  async get(url: string): Promise<string | undefined> {
    return (await this.#secrets.get(this.#name(url))) || undefined;
  }

  async set(url: string, key: string): Promise<void> {
    await this.#secrets.store(this.#name(url), key);
  }

  async delete(url: string): Promise<void> {
    await this.#secrets.delete(this.#name(url));
  }

  /** Tells the addresses whose keys have changed, in whatever window. */
  onDidChange(listener: (concerns: (url: string) => boolean) => void): Releasable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) listener((url) => this.#name(url) === key);
    });
  }

  /**
   * Keys used to be kept under the address as it was typed.
   * @param url such an address
   */
  async adopt(url: string): Promise<void> {
    const former = PREFIX + url.trim().replace(/\/+$/, '');
    const name = this.#name(url);
    if (former === name) return;
    const key = await this.#secrets.get(former);
    if (!key) return;
    if (!(await this.#secrets.get(name))) await this.#secrets.store(name, key);
    await this.#secrets.delete(former);
  }

  /**
   * An address on the loopback means another backend on every machine, and a window may run on many (SSH, WSL,
   * containers): such a key is bound to the machine, too.
   */
  #name(url: string): string {
    const address = normalizeAddress(url);
    return PREFIX + (isLoopback(address) ? `${this.#machine} ${address}` : address);
  }
}
