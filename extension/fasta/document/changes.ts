/** Edits of a document as line intervals. Pure. */

/** One change as VS Code tells it: a range of the text before it, and what stands there now. Lines count from 0. */
export interface TextChange {
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
}

/** Lines `start` to `end` (inclusive) became lines `start` to `end + delta`. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly delta: number;
}

/** Lines from `start` to `end`, inclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Sorts changes into passes. The changes of an event hold one after the other, each for the text that the former ones
 * left; those of one pass are told from the end of the text to its start, so that they hold for one and the same text.
 * One event is nearly always one pass, whose edits can be applied in one go.
 *
 * @returns passes in order; the edits of a pass ascending, those that touch the same line made one
 */
export function editPasses(changes: readonly TextChange[]): LineEdit[][] {
  const passes: LineEdit[][] = [];
  let pass: LineEdit[] = [];
  let last: LineEdit | undefined;
  for (const change of changes) {
    const edit = lineEdit(change);
    if (last && edit.end > last.start) {
      passes.push(pass.reverse());
      pass = [];
      last = undefined;
    }
    if (last && edit.end === last.start) {
      last = { start: edit.start, end: last.end, delta: edit.delta + last.delta };
      pass[pass.length - 1] = last;
    } else {
      pass.push(edit);
      last = edit;
    }
  }
  if (pass.length > 0) passes.push(pass.reverse());
  return passes;
}

function lineEdit({ startLine, endLine, text }: TextChange): LineEdit {
  return { start: startLine, end: endLine, delta: lineBreaks(text) - (endLine - startLine) };
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(index + 1) !== 0x0a)) count++;
  }
  return count;
}

/** Where earlier ranges are after a pass of edits, and the lines that these edits wrote; ascending, without overlaps. */
export function mapRanges(ranges: readonly LineRange[], edits: readonly LineEdit[]): LineRange[] {
  const mapped = [...ranges.map((range) => mapRange(range, edits))];
  let shift = 0;
  for (const { start, end, delta } of edits) {
    mapped.push({ start: start + shift, end: end + shift + delta });
    shift += delta;
  }
  mapped.sort((a, b) => a.start - b.start);
  const merged: LineRange[] = [];
  for (const range of mapped) {
    const before = merged.at(-1);
    if (before && range.start <= before.end + 1) {
      merged[merged.length - 1] = { start: before.start, end: Math.max(before.end, range.end) };
    } else merged.push(range);
  }
  return merged;
}

function mapRange(range: LineRange, edits: readonly LineEdit[]): LineRange {
  let { start, end } = range;
  let shift = 0;
  for (const edit of edits) {
    const newEnd = edit.end + edit.delta + shift;
    const newStart = edit.start + shift;
    // A place inside an edited stretch grows to the whole of it.
    if (range.start > edit.end) start += edit.delta;
    else if (range.start >= edit.start) start = newStart;
    if (range.end > edit.end) end += edit.delta;
    else if (range.end >= edit.start) end = newEnd;
    shift += edit.delta;
  }
  return { start, end };
}
