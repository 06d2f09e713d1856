/** Aligns two sequences, so that residues of two structures, or of a structure and a record, can be compared. Pure. */

/** Letters of the table below, in its order. */
const LETTERS = 'ARNDCQEGHILKMFPSTWYVX';

/** BLOSUM62 (Henikoff and Henikoff 1992), lower half row by row; X is any residue. */
const BLOSUM62: readonly (readonly number[])[] = [
  [4],
  [-1, 5],
  [-2, 0, 6],
  [-2, -2, 1, 6],
  [0, -3, -3, -3, 9],
  [-1, 1, 0, 0, -3, 5],
  [-1, 0, 0, 2, -4, 2, 5],
  [0, -2, 0, -1, -3, -2, -2, 6],
  [-2, 0, 1, -1, -3, 0, 0, -2, 8],
  [-1, -3, -3, -3, -1, -3, -3, -4, -3, 4],
  [-1, -2, -3, -4, -1, -2, -3, -4, -3, 2, 4],
  [-1, 2, 0, -1, -3, 1, 1, -2, -1, -3, -2, 5],
  [-1, -1, -2, -3, -1, 0, -2, -3, -2, 1, 2, -1, 5],
  [-2, -3, -3, -3, -2, -3, -3, -3, -1, 0, 0, -3, 0, 6],
  [-1, -2, -2, -1, -3, -1, -1, -2, -2, -3, -3, -1, -2, -4, 7],
  [1, -1, 1, 0, -1, 0, 0, 0, -1, -2, -2, 0, -1, -2, -1, 4],
  [0, -1, 0, -1, -1, -1, -1, -2, -2, -1, -1, -1, -1, -2, -1, 1, 5],
  [-3, -3, -4, -4, -2, -2, -3, -2, -2, -3, -2, -3, -1, 1, -4, -3, -2, 11],
  [-2, -2, -2, -3, -2, -1, -2, -3, 2, -1, -1, -2, -1, 3, -3, -2, -2, 2, 7],
  [0, -3, -3, -3, -1, -2, -2, -3, -3, 3, 1, -2, 1, -1, -2, -2, 0, -3, -1, 4],
  [0, -1, -1, -1, -2, -1, -1, -1, -1, -1, -1, -1, -1, -1, -2, 0, 0, -2, -1, -1, -1],
];

/** What pairs are worth, and what a gap costs: its first residue, and each further one. Gaps at the ends are free. */
interface Scoring {
  /** @param a and b: places in {@link LETTERS} */
  score(a: number, b: number): number;
  readonly open: number;
  readonly extend: number;
}

/** For proteins that are related: substitutions are likely, gaps are not. Costs of gaps as BLAST has them for BLOSUM62. */
const RELATED: Scoring = { score: blosum62, open: 12, extend: 1 };

/**
 * For two copies of one protein, of which one lacks residues: a gap is likelier than any substitution, and costs more than a
 * pair is worth only so that a mutated residue is still a pair. A single residue between two gaps finds its own place.
 */
const SAME: Scoring = {
  score: (a, b) => (a === UNKNOWN || b === UNKNOWN ? 0 : a === b ? 2 : -3),
  open: 3,
  extend: 0.01,
};

/** Longest product of two lengths that is aligned letter by letter (64 million cells, one byte each). */
const MOST_CELLS = 64_000_000;

/** X, any residue. */
const UNKNOWN = LETTERS.length - 1;

const code = (letter: string): number => {
  const at = LETTERS.indexOf(letter);
  return at < 0 ? UNKNOWN : at;
};

function blosum62(a: number, b: number): number {
  return BLOSUM62[Math.max(a, b)]?.[Math.min(a, b)] ?? 0;
}

/** Where a cell of the table came from. */
const STOP = 0;
const BOTH = 1;
const FIRST = 2;
const SECOND = 3;
/** Added when a gap goes on rather than begins. */
const FIRST_GOES_ON = 4;
const SECOND_GOES_ON = 8;

/**
 * Pairs of positions that a global alignment (Needleman and Wunsch, affine gaps as Gotoh 1982, ends free) puts together.
 * Equal sequences are paired one to one without it.
 *
 * @param options.mostCells longest product of the two lengths that the caller has time for
 * @param options.same whether they are taken for copies of one protein rather than for relatives
 * @returns undefined when the sequences are too long to be aligned
 */
export function alignSequences(
  first: string,
  second: string,
  { mostCells = MOST_CELLS, same = false }: { readonly mostCells?: number; readonly same?: boolean } = {},
): (readonly [number, number])[] | undefined {
  if (first === second) return Array.from(first, (_, index) => [index, index] as const);
  const rows = first.length;
  const columns = second.length;
  if ((rows + 1) * (columns + 1) > mostCells) return undefined;
  const { score, open, extend } = same ? SAME : RELATED;
  const a = Uint8Array.from(first, code);
  const b = Uint8Array.from(second, code);
  const width = columns + 1;
  const trace = new Uint8Array((rows + 1) * width);
  let above = new Float64Array(width);
  const gapInSecond = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  for (let i = 1; i <= rows; i++) {
    const here = new Float64Array(width);
    let gapInFirst = Number.NEGATIVE_INFINITY;
    // The last row and column are the ends of the sequences, where gaps cost nothing.
    const openFirst = i === rows ? 0 : open;
    const extendFirst = i === rows ? 0 : extend;
    for (let j = 1; j <= columns; j++) {
      const openSecond = j === columns ? 0 : open;
      const extendSecond = j === columns ? 0 : extend;
      let flags = 0;
      const beginFirst = (here[j - 1] ?? 0) - openFirst;
      if (gapInFirst - extendFirst > beginFirst) flags |= FIRST_GOES_ON;
      gapInFirst = Math.max(beginFirst, gapInFirst - extendFirst);
      const beginSecond = (above[j] ?? 0) - openSecond;
      const longerSecond = (gapInSecond[j] ?? 0) - extendSecond;
      if (longerSecond > beginSecond) flags |= SECOND_GOES_ON;
      gapInSecond[j] = Math.max(beginSecond, longerSecond);
      const both = (above[j - 1] ?? 0) + score(a[i - 1] ?? 0, b[j - 1] ?? 0);
      const best = Math.max(both, gapInFirst, gapInSecond[j] ?? 0);
      here[j] = best;
      trace[i * width + j] = flags | (best === both ? BOTH : best === gapInFirst ? FIRST : SECOND);
    }
    above = here;
  }
  return follow(trace, rows, columns);
}

/** Goes back through the table. `FIRST` is a gap in the first sequence: the second moves alone. */
function follow(trace: Uint8Array, rows: number, columns: number): (readonly [number, number])[] {
  const width = columns + 1;
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [rows, columns];
  let state = (trace[i * width + j] ?? STOP) & 3;
  while (i > 0 && j > 0) {
    const cell = trace[i * width + j] ?? STOP;
    let goesOn = false;
    if (state === BOTH) {
      i--;
      j--;
      pairs.push([i, j]);
    } else if (state === FIRST) {
      goesOn = (cell & FIRST_GOES_ON) !== 0;
      j--;
    } else {
      goesOn = (cell & SECOND_GOES_ON) !== 0;
      i--;
    }
    if (!goesOn) state = (trace[i * width + j] ?? STOP) & 3;
  }
  return pairs.reverse();
}
