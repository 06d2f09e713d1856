/** Does what belongs to the same key one after the other, and what belongs to different keys side by side. */
export class KeyedChain {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `task` when everything that was added before under this key has ended, well or not. */
  add<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(task);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }

  /** Resolves when nothing is left to do, also of what is added meanwhile. */
  async settled(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}
