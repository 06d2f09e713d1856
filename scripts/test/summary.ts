// What `npm test` says at the end.
import { formatDuration } from '../lib/say.ts';
import type { TestRecord } from './results.ts';

export interface PartOutcome {
  name: string;
  records: readonly TestRecord[];
  milliseconds: number;
}

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** @returns how many tests of these parts ended in which way */
export function count(outcomes: readonly PartOutcome[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { state } of outcomes.flatMap(({ records }) => records)) counts[state]++;
  return counts;
}

/** `N passed, N failed`, with `, N skipped` after it when there are any. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Characters of one line that are worth reading; a difference between two long strings can be megabytes. */
const LINE_LENGTH = 400;

function readable(text: string): string {
  const lines = text.split('\n').map((line) => {
    if (line.length <= LINE_LENGTH) return `     ${line}`;
    return `     ${line.slice(0, LINE_LENGTH)} … and ${line.length - LINE_LENGTH} more characters`;
  });
  return lines.join('\n');
}

/** The whole report: each part, what was skipped, each failure in full, and the counts alone on the last line. */
export function summarize(outcomes: readonly PartOutcome[]): string {
  const parts = outcomes.map((outcome) => {
    const counts = countsLine(count([outcome]));
    return `  ${outcome.name.padEnd(12)} ${counts.padEnd(34)} ${formatDuration(outcome.milliseconds).padStart(12)}`;
  });
  const of = (state: TestRecord['state']) =>
    outcomes.flatMap(({ name, records }) =>
      records.filter((record) => record.state === state).map((record) => ({ part: name, ...record })),
    );
  const skipped = of('skipped').map(({ part, title, error }) => `  ${part}: ${title}${error ? `: ${error}` : ''}`);
  const failures = of('failed').map(
    ({ part, title, error = '' }, index) => `  ${index + 1}) ${part}: ${title}\n\n${readable(error)}`,
  );
  return [
    ['Parts', ...parts].join('\n'),
    ...(skipped.length > 0 ? [['Skipped', ...skipped].join('\n')] : []),
    ...(failures.length > 0 ? [['Failures', ...failures].join('\n\n')] : []),
    countsLine(count(outcomes)),
  ].join('\n\n');
}
