/** Errors of the structure page that a user can act on. */

/** A file that cannot be shown: what happened and what to do next. */
export class UnreadableStructureError extends Error {
  override readonly name = 'UnreadableStructureError';
  readonly remedy: string;
  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.remedy = remedy;
  }
}
