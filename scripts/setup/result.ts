/** What a step of the set-up came to. When it failed, `remedy` is what the person at the keyboard can do about it. */
export type SetupResult = { ok: true } | { ok: false; reason: string; remedy: string };

/** As SetupResult, with something to hand on when it went well. */
export type SetupResultWith<T> = ({ ok: true } & T) | { ok: false; reason: string; remedy: string };

/** `what: reason. remedy` on one line, for a list of what was left out. */
export function describeFailure(failure: { reason: string; remedy: string }): string {
  return `${failure.reason}. ${failure.remedy}`;
}
