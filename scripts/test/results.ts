// How results travel from the process that runs tests to the one that counts them: a file with one JSON line per test,
// written as each test ends, so that a part that hangs or crashes loses nothing it has already shown.
import { appendFileSync, readFileSync } from 'node:fs';
import type { Runner, Test } from 'mocha';

export interface TestRecord {
  /** The titles of its suites and its own. */
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  /** Why, with the stack; for failed tests. */
  error?: string;
}

/** What the last line of a results file says when the run came to its end by itself. */
const END = '{"end":true}';

/** Everything that is known of an error: message, difference, stack and causes. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nCaused by: ${describeError(error.cause)}`;
}

/** Writes down what a mocha run does. */
export function recordResults(runner: Runner, file: string): void {
  const write = (test: Test, state: TestRecord['state'], error?: unknown) => {
    const record: TestRecord = { title: test.fullTitle(), state };
    if (error !== undefined) record.error = describeError(error);
    appendFileSync(file, `${JSON.stringify(record)}\n`);
  };
  runner.on('test', (test) => appendFileSync(file, `${JSON.stringify({ begins: test.fullTitle() })}\n`));
  runner.on('pass', (test) => write(test, 'passed'));
  runner.on('fail', (test, error: unknown) => write(test, 'failed', error));
  runner.on('pending', (test) => write(test, 'skipped'));
  runner.on('end', () => appendFileSync(file, `${END}\n`));
}

export interface Results {
  records: TestRecord[];
  /** The run came to its end by itself. */
  ended: boolean;
  /** The test that had begun and not ended when the process did. */
  interrupted: string | undefined;
}

/** Reads a results file; one that was never written is a run that never began. */
export function readResults(file: string): Results {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { records: [], ended: false, interrupted: undefined };
  }
  const lines = text.split('\n').filter((line) => line !== '');
  const entries = lines.map((line) => JSON.parse(line) as TestRecord | { begins: string } | { end: true });
  const last = entries.at(-1);
  return {
    records: entries.filter((entry): entry is TestRecord => 'state' in entry),
    ended: lines.includes(END),
    interrupted: last !== undefined && 'begins' in last ? last.begins : undefined,
  };
}
