/** The page's 3D view: made when it is first needed, given back when it is lost or the page goes away. */

import { orNoWebGl } from './pageFailures.ts';
import type { StructureView } from './structureView.ts';

/** Makes a view that fills a container; rejects when this window cannot draw in 3D. */
export type MakeView = (container: HTMLElement) => Promise<StructureView>;

export class PageView {
  readonly #container: HTMLElement;
  readonly #make: MakeView;
  readonly #prepare: (view: StructureView) => void;
  #current: StructureView | undefined;
  #making: Promise<StructureView> | undefined;

  /** @param prepare is called once with each view before anybody gets it */
  constructor(container: HTMLElement, make: MakeView, prepare: (view: StructureView) => void) {
    this.#container = container;
    this.#make = make;
    this.#prepare = prepare;
  }

  /** The view, if there is one. */
  get current(): StructureView | undefined {
    return this.#current;
  }

  /**
   * The view; it is made when there is none.
   * @throws UnreadableStructureError when this window cannot draw in 3D; the next call tries again
   */
  get(): Promise<StructureView> {
    if (this.#making) return this.#making;
    const making: Promise<StructureView> = orNoWebGl(this.#make(this.#container)).then(
      (view) => {
        // The page went away meanwhile.
        if (this.#making !== making) view.dispose();
        else {
          this.#prepare(view);
          this.#current = view;
        }
        return view;
      },
      (error: unknown) => {
        if (this.#making === making) this.#making = undefined;
        throw error;
      },
    );
    this.#making = making;
    return making;
  }

  /** Gives its graphics context back. */
  dispose(): void {
    this.#current?.dispose();
    this.#current = undefined;
    this.#making = undefined;
  }
}
