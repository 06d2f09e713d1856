import type { TestRecord } from './results.ts';

/** `test_name (module.Class.test_name) ... ok`; a docstring moves the verdict to the line after the name. */
const NAME = /^(test\S*) \(([^)]+)\)/;
const VERDICT = /\.\.\. (ok|FAIL|ERROR|skipped\b.*|expected failure|unexpected success)$/;
/** The heading of a section that says what went wrong; set-up of a class or a file has one too, but no verdict. */
const SECTION = /^={70}\n(FAIL|ERROR): (.+)\n(?:(?!-{70}).*\n)?-{70}\n([\s\S]*?)(?=^={70}$|^-{70}\nRan |(?![\s\S]))/gm;

function titleOf(name: string, place: string): string {
  return place.endsWith(`.${name}`) ? place : `${place}.${name}`;
}

function titleOfHeading(heading: string): string {
  const match = NAME.exec(heading);
  return match ? titleOf(match[1] ?? '', match[2] ?? '') : heading;
}

/**
 * Reads what `python3 -m unittest -v` printed.
 *
 * @returns one record per test; `ended` is false when the summary at the end is missing
 */
export function parseUnittest(output: string): { records: TestRecord[]; ended: boolean } {
  const text = output.replaceAll('\r\n', '\n');
  const records: TestRecord[] = [];
  let title: string | undefined;
  for (const line of text.split('\n')) {
    const name = NAME.exec(line);
    if (name) title = titleOf(name[1] ?? '', name[2] ?? '');
    const verdict = VERDICT.exec(line)?.[1];
    if (verdict === undefined || title === undefined) continue;
    if (verdict.startsWith('skipped')) records.push({ title, state: 'skipped' });
    else if (verdict === 'ok' || verdict === 'expected failure') records.push({ title, state: 'passed' });
    else if (verdict === 'unexpected success')
      records.push({ title, state: 'failed', error: 'It passed unexpectedly.' });
    title = undefined;
  }
  for (const [, , heading = '', error = ''] of text.matchAll(SECTION)) {
    records.push({ title: titleOfHeading(heading), state: 'failed', error: error.trim() });
  }
  return { records, ended: /^Ran \d+ tests? in /m.test(text) };
}
