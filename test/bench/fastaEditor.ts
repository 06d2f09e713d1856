/**
 * What FASTA files of any size cost the extension host: opening, typing, the check of the whole text.
 * Times are those that the thread computed. Prints one JSON line per number. `node test/bench/fastaEditor.ts`
 */
import type { TextChange } from '../../extension/fasta/document/changes.ts';
import { FastaDocument, finish } from '../../extension/fasta/document/fastaDocument.ts';
import type { Lines } from '../../extension/fasta/document/lines.ts';

const TARGETS = { openMs: 300, keystrokeMs: 10 };
const RECORDS = 300_000;
/** VS Code keeps documents with more characters than this away from extensions (`MODEL_SYNC_LIMIT`). */
const LARGEST_SHARED = 50 * 1024 * 1024;
const KEYSTROKES = 200;
const VISIBLE_LINES = 60;

/** The document as the extension host holds it: an array of lines, and an object for each line that is asked for. */
class HostDocument implements Lines {
  readonly lines: string[];

  constructor(lines: string[]) {
    this.lines = lines;
  }

  get lineCount(): number {
    return this.lines.length;
  }

  lineAt(line: number): string {
    if (line < 0 || line >= this.lines.length || Math.floor(line) !== line)
      throw new RangeError('Illegal value for `line`');
    return new HostLine(line, this.lines[line] ?? '').text;
  }

  /** Replaces text within one line, or breaks it. */
  replace(line: number, column: number, length: number, text: string): TextChange {
    const old = this.lines[line] ?? '';
    const written = (old.slice(0, column) + text + old.slice(column + length)).split('\n');
    if (written.length === 1) this.lines[line] = written[0] ?? '';
    else this.lines.splice(line, 1, ...written);
    return { startLine: line, endLine: line, text };
  }
}

class HostLine {
  readonly lineNumber: number;
  readonly text: string;

  constructor(lineNumber: number, text: string) {
    this.lineNumber = lineNumber;
    this.text = text;
  }
}

const LETTERS = 'LACDEFGHIKMNPQRSTVWY';

/** Records as in UniProt: about 333 bytes each when there are 300,000 of them in 100 MB. */
function documentOf(megabytes: number): HostDocument {
  const bytes = Math.min(megabytes * 1e6, megabytes === 50 ? LARGEST_SHARED : Infinity);
  const lines: string[] = [];
  const residues = Math.floor(100e6 / RECORDS) - 58;
  const width = 60;
  let written = 0;
  for (let record = 0; written < bytes; record++) {
    const header = `>sp|Q${String(record).padStart(7, '0')}|R${record}_HUMAN A generated protein`;
    lines.push(header);
    written += header.length + 1;
    for (let start = 0; start < residues; start += width) {
      const count = Math.min(width, residues - start);
      // Not one string over and over: each line is an object of its own, as in a document.
      let text = '';
      for (let index = 0; index < count; index++) text += LETTERS[(record * 7 + (start + index) * 11) % 20];
      lines.push(Buffer.from(text, 'latin1').toString('latin1'));
      written += count + 1;
    }
  }
  lines.push('');
  return new HostDocument(lines);
}

function report(name: string, value: number, unit: string, target?: number, note?: string): void {
  const promise = target === undefined ? {} : { target: `≤ ${target} ${unit}`, ok: value <= target };
  console.log(
    JSON.stringify({ name, value: Number(value.toPrecision(3)), unit, ...promise, ...(note ? { note } : {}) }),
  );
}

/** Milliseconds that this thread has computed: what else the machine does at the time is not counted. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function time(action: () => void): number {
  const start = threadTime();
  action();
  return threadTime() - start;
}

/** The longest that a generator keeps the host busy between two chances to pause. */
function longestStep(steps: Generator<void, unknown>): { readonly total: number; readonly longest: number } {
  let longest = 0;
  const begin = threadTime();
  for (let last = begin; ; ) {
    const { done } = steps.next();
    const now = threadTime();
    longest = Math.max(longest, now - last);
    last = now;
    if (done) return { total: now - begin, longest };
  }
}

function checkAnew(text: HostDocument): Generator<void, void> {
  const document = new FastaDocument(text, { defaultName: 'bench' });
  finish(document.build());
  return document.checkAll();
}

function bench(megabytes: number): void {
  const text = documentOf(megabytes);
  const document = new FastaDocument(text, { defaultName: 'bench' });
  const size = `${megabytes} MB`;
  const open = time(() => {
    finish(document.build());
    finish(document.checkLines(0, VISIBLE_LINES));
  });
  const note = `${document.headers.toLocaleString('en-US')} records, ${text.lineCount.toLocaleString('en-US')} lines`;
  report(`FASTA editor, opening ${size}: records and what is on the screen`, open, 'ms', TARGETS.openMs, note);

  const rest = longestStep(document.checkAll());
  // A stretch can only seem longer than it is, by what else the machine did: the shortest of three counts.
  const again = [rest, ...[1, 2].map(() => longestStep(checkAnew(text)))];
  const list = finish(document.problems({ engine: 'homology' }, 1000));
  report(`FASTA editor, ${size}: check of the whole text, in slices`, rest.total, 'ms');
  report(
    `FASTA editor, ${size}: longest stretch without a pause`,
    Math.min(...again.map(({ longest }) => longest)),
    'ms',
    TARGETS.keystrokeMs,
  );
  if (list.unchecked !== 0 || list.records !== document.headers) throw new Error('The check is not complete.');

  const kinds: readonly (readonly [string, (line: number) => TextChange])[] = [
    ['a letter', (line) => text.replace(line, 1, 0, 'A')],
    ['a new line', (line) => text.replace(line, 1, 0, '\n')],
    ['a new record', (line) => text.replace(line, 1, 0, '\n>new\n')],
  ];
  for (const [what, type] of kinds) {
    const times: number[] = [];
    // The thread's time may be counted in coarse steps, and that of the wall while others compute: each tells what it can.
    const walls: number[] = [];
    for (let key = 0; key < KEYSTROKES; key++) {
      const line = Math.floor((text.lineCount * (key + 0.5)) / KEYSTROKES);
      const change = type(line);
      const begin = performance.now();
      times.push(
        time(() => {
          document.apply([change]);
          finish(document.checkLines(line, line));
        }),
      );
      walls.push(performance.now() - begin);
    }
    walls.sort((a, b) => a - b);
    times.sort((a, b) => a - b);
    const worst = times.at(-1) ?? 0;
    const median = walls[walls.length >> 1] ?? 0;
    report(
      `FASTA editor, ${size}: typing ${what}, slowest of ${KEYSTROKES}`,
      worst,
      'ms',
      TARGETS.keystrokeMs,
      `median by the wall clock ${median.toFixed(2)} ms`,
    );
  }
}

bench(50);
bench(100);
