/** What people see of a line that a run wrote. */
import type { LogLine } from '../api/job.ts';
import { parseProgressLine } from '../api/runner.ts';

/** `2026-11-22T10:00:00.000Z text`, as the runner writes every line. */
const TIME_PREFIX = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z) /;
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are to go.
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** Removes escape sequences of terminals; `stripVTControlCharacters` of Node, which the core does not know. */
export type StripEscapes = (text: string) => string;

/** Time and text of a line without its line end; `undefined` for progress lines, which are for the scheduler. */
export function readLogText(line: string, strip: StripEscapes): Pick<LogLine, 'at' | 'text'> | undefined {
  if (parseProgressLine(line)) return undefined;
  const at = TIME_PREFIX.exec(line)?.[1];
  if (at === undefined) return { text: printable(line, strip) };
  return { at, text: printable(line.slice(at.length + 1), strip) };
}

/** Colours and cursor movements of the programs that wrote it would play tricks on a terminal. */
export function printable(text: string, strip: StripEscapes): string {
  return strip(text).replace(CONTROL, '');
}
