/** FASTA texts as people leave them, edits of them, and a text that is edited as VS Code edits its documents. */
import fc from 'fast-check';
import type { TextChange } from '../../extension/fasta/document/changes.ts';
import { type Lines, linesOf } from '../../extension/fasta/document/lines.ts';

type Place = readonly [line: number, column: number];

export interface Edit {
  readonly start: Place;
  readonly end: Place;
  readonly text: string;
}

/** A document that can be edited, with LF between its lines. */
export class EditableText implements Lines {
  #lines: string[];

  constructor(text: string) {
    const { lineCount, lineAt } = linesOf(text);
    this.#lines = Array.from({ length: lineCount }, (_, line) => lineAt(line));
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  lineAt(line: number): string {
    return this.#lines[line] ?? '';
  }

  /** Applies edits one after the other, each to what the former ones left. @returns what an editor would tell of them */
  edit(edits: readonly Edit[]): TextChange[] {
    return edits.map(({ start: [startLine, startColumn], end: [endLine, endColumn], text }) => {
      const before = this.lineAt(startLine).slice(0, startColumn);
      const after = this.lineAt(endLine).slice(endColumn);
      this.#lines.splice(startLine, endLine - startLine + 1, ...`${before}${text}${after}`.split(/\r\n|\r|\n/));
      return { startLine, endLine, text };
    });
  }
}

/** What stands on lines of FASTA files, good and bad. */
const line = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...'ACDEFGHIKLMNPQRSTVWY'), maxLength: 40 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('>a', '>b', '>a_1', '>a_2', '>', '> ', '>sequence_1', '>c some words', '  >d'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', '\t', ';note', '*', 'LAC*', 'LAC* ', 'acdefl', 'LacL', 'AC-GT', '-', 'LA:CL'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ':',
      'L:',
      'LUX',
      'BZJO',
      'L1',
      '1 LAC',
      '10 ACL 20',
      'L A C',
      'L$',
      '??',
      'L\u200b',
      '\u00a0>x',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'ACGTACGTACGTACGTACGTACGT',
      'ACGUACGUACGUACGUACGUACGU',
      'LАC',
      'L😀C',
      '\u0000',
      'L\u0001',
      'target',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, '')) },
);

/** Whole files; most begin as FASTA does. */
export const fastaText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('>first\n', '>first\n', ''), fc.array(line, { maxLength: 14 }), fc.constantFrom('', '\n'))
  .map(([start, lines, end]) => start + lines.join('\n') + end);

/** Pieces that are typed, pasted or deleted. */
const piece = fc.oneof(
  fc.constantFrom('', '', 'A', '>', '\n', '-', '*', ':', '>a\n', '\n>b\nLLL', '\r\n'),
  fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n')),
);

const spot = fc.tuple(fc.nat(), fc.nat());

interface Plan {
  readonly from: readonly [number, number];
  readonly lines: number;
  readonly to: number;
  readonly text: string;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  from: spot,
  lines: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }) }),
  to: fc.nat(),
  text: piece,
});

/** A text and events of edits that fit it; events of several edits as those of several cursors, and as of undo. */
export const editedFasta: fc.Arbitrary<{ readonly text: string; readonly events: readonly (readonly Edit[])[] }> = fc
  .tuple(fastaText, fc.array(fc.tuple(fc.array(plan, { minLength: 1, maxLength: 4 }), fc.boolean()), { maxLength: 4 }))
  .map(([text, events]) => {
    const current = new EditableText(text);
    return { text, events: events.map(([plans, descending]) => eventOf(current, plans, descending)) };
  });

function eventOf(text: EditableText, plans: readonly Plan[], descending: boolean): Edit[] {
  if (!descending) {
    return plans.map((each) => {
      const edit = fitted(text, each);
      text.edit([edit]);
      return edit;
    });
  }
  // Several cursors: edits of one text that do not overlap, told from its end.
  const edits = plans.map((each) => fitted(text, each)).sort((a, b) => compare(b.start, a.start));
  const apart = edits.filter((edit, index) => {
    const after = edits.slice(0, index);
    return after.every((other) => compare(edit.end, other.start) <= 0);
  });
  const told = apart.filter((edit, index) =>
    apart.slice(0, index).every((other) => compare(edit.end, other.start) <= 0),
  );
  text.edit(told);
  return told;
}

function fitted(text: EditableText, { from, lines, to, text: written }: Plan): Edit {
  const startLine = from[0] % text.lineCount;
  const endLine = Math.min(startLine + lines, text.lineCount - 1);
  const startColumn = from[1] % (text.lineAt(startLine).length + 1);
  const endColumn = to % (text.lineAt(endLine).length + 1);
  const isBackward = startLine === endLine && endColumn < startColumn;
  return { start: [startLine, startColumn], end: [endLine, isBackward ? startColumn : endColumn], text: written };
}

function compare(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1];
}
