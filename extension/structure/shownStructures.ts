/** Which models a page can show, which one it shows in full, and which are laid over that one. Pure. */

import { MOST_TOGETHER } from './togetherMessages.ts';

/** What is remembered of it: the models that were added, and what is laid over. */
export interface RememberedStructures {
  /** Addresses of added models, in their order behind the subject's own. */
  readonly added: readonly string[];
  /** Index of the model shown in full, and those of the models laid over. */
  readonly selected: number;
  readonly together: readonly number[];
}

/** A model as far as this file minds: equal addresses are the same structure. */
interface Named {
  readonly place?: { toString(): string };
}

export class ShownStructures<Model extends Named> {
  readonly #models: Model[];
  /** Models that belong to the subject itself; those behind were added. */
  readonly #own: number;
  #selected: number;
  #together: number[] = [];

  /**
   * @param models of the subject itself
   * @param selected index of the one shown in full; the first for an index that is not there
   * @param added further models, behind the subject's own
   */
  constructor(models: readonly Model[], selected = 0, together: readonly number[] = [], added: readonly Model[] = []) {
    if (models.length === 0) throw new Error('A structure needs at least one model.');
    this.#models = [...models, ...added];
    this.#own = models.length;
    this.#selected = this.#models[selected] ? selected : 0;
    for (const index of together) this.layOver(index);
  }

  get models(): readonly Model[] {
    return this.#models;
  }

  /** Index of the model shown in full. */
  get selected(): number {
    return this.#selected;
  }

  get shown(): Model {
    const model = this.#models[this.#selected];
    if (!model) throw new Error('A structure needs at least one model.');
    return model;
  }

  /** Indices of the models laid over it, in the order in which they came. */
  get together(): readonly number[] {
    return this.#together;
  }

  /** Whether one more fits. */
  get hasRoom(): boolean {
    return this.#together.length + 1 < MOST_TOGETHER;
  }

  /**
   * Shows another model in full. One that was laid over changes places with the shown one.
   * @returns false for a model that is not there
   */
  select(index: number): boolean {
    if (!this.#models[index]) return false;
    const at = this.#together.indexOf(index);
    if (at >= 0) this.#together[at] = this.#selected;
    this.#selected = index;
    return true;
  }

  /** @returns false when it is not there, is shown already, or when there is no room */
  layOver(index: number): boolean {
    if (!this.#models[index] || index === this.#selected || this.#together.includes(index) || !this.hasRoom)
      return false;
    this.#together.push(index);
    return true;
  }

  takeAway(index: number): void {
    this.#together = this.#together.filter((one) => one !== index);
  }

  /** Adds models, unless they are known. @returns the index of each */
  add(models: readonly Model[]): number[] {
    return models.map((model) => {
      const name = model.place?.toString();
      const known = name === undefined ? -1 : this.#models.findIndex(({ place }) => place?.toString() === name);
      return known >= 0 ? known : this.#models.push(model) - 1;
    });
  }

  get remembered(): RememberedStructures {
    const added = this.#models.slice(this.#own).map(({ place }) => place?.toString() ?? '');
    return { added, selected: this.#selected, together: this.#together };
  }
}
