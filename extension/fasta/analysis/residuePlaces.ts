/** Where the residues of a record stand in the document, and which residues stand at a place. Pure. */

import type { Lines } from '../document/lines.ts';
import { isSequenceLine, type RecordLines } from './recordText.ts';

/** Residues of one chain of a record that follow each other; positions from 0, `to` exclusive. */
export interface ResidueSpan {
  /** Number of the chain, from 0, as `chainsOf` lists them: empty chains do not count. */
  readonly chain: number;
  readonly from: number;
  readonly to: number;
}

/** A stretch of one line of the document: line and characters from 0, `to` exclusive. */
export interface Place {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** A stretch of the document; its end is exclusive. */
export interface Stretch {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** Lines that are read between two chances to stop. */
const STEP_LINES = 1024;

/** Follows the letters of a record: what is no letter stands between residues, a colon ends a chain. */
class Walk {
  chain = -1;
  /** Of the residue that was met last; -1 before the first of a chain. */
  position = -1;
  #ended = true;

  /** @returns whether the character is a residue */
  meet(code: number): boolean {
    if (code === 0x3a) this.#ended = true;
    const lower = code | 0x20;
    if (lower < 0x61 || lower > 0x7a) return false;
    if (this.#ended) {
      this.chain++;
      this.position = -1;
      this.#ended = false;
    }
    this.position++;
    return true;
  }
}

/**
 * Where residues stand: one place for each stretch of a line that holds nothing but them.
 *
 * @returns a generator that can be left at any time and gives its answer, in the order of the text, at the end
 */
export function* placesOf(
  lines: Lines,
  { from, to }: RecordLines,
  spans: readonly ResidueSpan[],
): Generator<void, Place[]> {
  const sorted = [...spans].sort((a, b) => a.chain - b.chain || a.from - b.from);
  const last = sorted.at(-1);
  const places: Place[] = [];
  const walk = new Walk();
  let next = 0;
  for (let line = from; line < to && last && walk.chain <= last.chain && next < sorted.length; line++) {
    if ((line - from) % STEP_LINES === STEP_LINES - 1) yield;
    const text = lines.lineAt(line);
    if (!isSequenceLine(text)) continue;
    let begin = -1;
    for (let at = 0; at < text.length; at++) {
      let isWanted = false;
      if (walk.meet(text.charCodeAt(at))) {
        while (next < sorted.length && isBehind(walk, sorted[next] as ResidueSpan)) next++;
        isWanted = isIn(walk, sorted[next]);
      }
      if (isWanted && begin < 0) begin = at;
      if (!isWanted && begin >= 0) {
        places.push({ line, from: begin, to: at });
        begin = -1;
      }
    }
    if (begin >= 0) places.push({ line, from: begin, to: text.length });
  }
  return places;
}

const isBehind = ({ chain, position }: Walk, span: ResidueSpan): boolean =>
  chain > span.chain || (chain === span.chain && position >= span.to);

const isIn = ({ chain, position }: Walk, span: ResidueSpan | undefined): boolean =>
  span !== undefined && chain === span.chain && position >= span.from && position < span.to;

/** Which residues of a record stand in a stretch of the document. */
export function* residuesIn(
  lines: Lines,
  { from, to }: RecordLines,
  { start, end }: Stretch,
): Generator<void, ResidueSpan[]> {
  const spans: { chain: number; from: number; to: number }[] = [];
  const walk = new Walk();
  for (let line = from; line < to && line <= end.line; line++) {
    if ((line - from) % STEP_LINES === STEP_LINES - 1) yield;
    const text = lines.lineAt(line);
    if (!isSequenceLine(text)) continue;
    const first = line < start.line ? text.length : line === start.line ? start.character : 0;
    const behind = line === end.line ? end.character : text.length;
    for (let at = 0; at < text.length; at++) {
      if (!walk.meet(text.charCodeAt(at)) || at < first || at >= behind) continue;
      const span = spans.at(-1);
      if (span?.chain === walk.chain) span.to = walk.position + 1;
      else spans.push({ chain: walk.chain, from: walk.position, to: walk.position + 1 });
    }
  }
  return spans;
}
