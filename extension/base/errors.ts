/** Errors as a user should meet them: what happened, why, and what to do next. */

import type { ProblemError } from '../../backend/api/problem.ts';

/** Something the user can do about an error, offered as a button. */
export interface ErrorAction {
  readonly title: string;
  run(): unknown;
}

/** An error whose message is meant for the user, with what they can do about it. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly actions: readonly ErrorAction[];

  constructor(message: string, actions: readonly ErrorAction[] = [], options?: ErrorOptions) {
    super(message, options);
    this.actions = actions;
  }
}

/**
 * Whether the backend answered with a problem. By name, so that asking does not load the schemas
 * (they are brought in when the backend is first talked to, not when the extension starts).
 */
export function isProblem(error: unknown): error is ProblemError {
  return error instanceof Error && error.name === 'ProblemError';
}

/** Whether the backend could not be reached at all. By name, for the same reason. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConnectionError';
}

/** Whether the user (or a closing window) stopped it: nothing to report. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'Canceled' || error.name === 'AbortError');
}

/**
 * The sentence to show. A problem of the API brings the first wrong places with it.
 *
 * @param say says a sentence of the backend in the user's language
 */
export function describeError(error: unknown, say: (sentence: string) => string = (sentence) => sentence): string {
  if (!isProblem(error)) return say(error instanceof Error ? error.message : String(error));
  const places = (error.problem.errors ?? []).slice(0, 3);
  const [only] = places;
  const placeText = ({ message, remedy }: (typeof places)[number]) => join(say(message), remedy && say(remedy));
  if (only && places.length === 1) return placeText(only);
  return [say(error.problem.detail), ...places.map(placeText)].join(' ');
}

/** Two sentences, each with its full stop. */
export function join(message: string, remedy: string | undefined): string {
  const sentence = /[.!?。]$/.test(message) ? message : `${message}.`;
  return remedy ? `${sentence} ${remedy}` : sentence;
}
