/** An event source for parts that know nothing of VS Code; its events can be used wherever `vscode.Event` is asked for. */

import type { Releasable } from './disposable.ts';

/** Subscribes a listener; dispose the answer to end that. */
export type Listen<T> = (listener: (value: T) => void) => Releasable;

/** Tells its listeners, in the order in which they came. */
export class Emitter<T> implements Releasable {
  readonly #listeners = new Set<{ readonly hear: (value: T) => void }>();

  readonly event: Listen<T> = (listener) => {
    const entry = { hear: listener };
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  };

  fire(value: T): void {
    for (const { hear } of [...this.#listeners]) hear(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
