/** What NGL's declarations leave open, because three.js ships none here. */

/** A matrix of three.js, column by column. */
export interface Matrix {
  readonly elements: ArrayLike<number>;
}

/** A scene of three.js and what is in it. */
export interface Drawn {
  traverse(visit: (object: { frustumCulled: boolean }) => void): void;
}
