// What a check has found out about an account or a deployment, and how it is shown.

/**
 * `ok`: nothing to do. `advice`: it works, but something is worth knowing. `missing`: something does not work until it is
 * mended. `unknown`: it could not be found out.
 */
export type FindingState = 'ok' | 'advice' | 'missing' | 'unknown';

export interface Finding {
  /** What was looked at: "the mail address", "queue low". */
  readonly name: string;
  readonly state: FindingState;
  /** What was seen, a sentence. */
  readonly found: string;
  /** What to do, a sentence; with a command to copy where there is one. */
  readonly remedy?: string;
}

export function ok(name: string, found: string): Finding {
  return { name, state: 'ok', found };
}

export function advice(name: string, found: string, remedy?: string): Finding {
  return { name, state: 'advice', found, ...(remedy === undefined ? {} : { remedy }) };
}

export function missing(name: string, found: string, remedy: string): Finding {
  return { name, state: 'missing', found, remedy };
}

export function unknown(name: string, found: string, remedy: string): Finding {
  return { name, state: 'unknown', found, remedy };
}

const MARKS: Readonly<Record<FindingState, string>> = { ok: 'ok', advice: 'note', missing: 'MISSING', unknown: '?' };
const MARK_WIDTH = Math.max(...Object.values(MARKS).map((mark) => mark.length));

/** One line for what was found, and one for the remedy. */
export function describeFinding({ name, state, found, remedy }: Finding): string {
  const first = `${MARKS[state].padEnd(MARK_WIDTH)}  ${name}: ${found}`;
  return remedy === undefined ? first : `${first}\n${' '.repeat(MARK_WIDTH)}  → ${remedy}`;
}

/** How many things must be mended, in a sentence. */
export function summarizeFindings(findings: readonly Finding[]): string {
  const count = (state: FindingState) => findings.filter((finding) => finding.state === state).length;
  const broken = count('missing');
  const unclear = count('unknown');
  if (broken === 0 && unclear === 0) return `All ${findings.length} checks are in order.`;
  const parts = [
    ...(broken > 0 ? [`${broken} of ${findings.length} checks found something to mend`] : []),
    ...(unclear > 0 ? [`${unclear} could not be made`] : []),
  ];
  return `${parts.join('; ')}.`;
}
