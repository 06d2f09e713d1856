/** Things that hold resources, and the ones that own them. */

/** Anything that can be let go of; `vscode.Disposable` is one. */
export interface Releasable {
  dispose(): unknown;
}

/** Owns what it registers: all of it is disposed with it, in reverse order. */
export abstract class Disposable implements Releasable {
  readonly #owned: Releasable[] = [];
  #disposed = false;

  /** Takes ownership. What comes after the end is let go of at once, so that nothing can leak from a late callback. */
  protected _register<T extends Releasable>(releasable: T): T {
    if (this.#disposed) releasable.dispose();
    else this.#owned.push(releasable);
    return releasable;
  }

  /** True once {@link dispose} was called. */
  protected get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const releasable of this.#owned.splice(0).reverse()) releasable.dispose();
  }
}
