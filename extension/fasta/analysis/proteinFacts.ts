/** Mass, isoelectric point and composition of a protein, computed from its sequence. Pure. */

/**
 * Average masses of residues in Da, as ExPASy's ProtParam uses them (https://web.expasy.org/findmod/findmod_masses.html;
 * IUPAC standard atomic weights). U and O are selenocysteine and pyrrolysine.
 */
const AVERAGE_MASS: Readonly<Record<string, number>> = {
  A: 71.0788,
  C: 103.1388,
  D: 115.0886,
  E: 129.1155,
  F: 147.1766,
  G: 57.0519,
  H: 137.1411,
  I: 113.1594,
  K: 128.1741,
  L: 113.1594,
  M: 131.1926,
  N: 114.1038,
  O: 237.3018,
  P: 97.1167,
  Q: 128.1307,
  R: 156.1875,
  S: 87.0782,
  T: 101.1051,
  U: 150.0388,
  V: 99.1326,
  W: 186.2132,
  Y: 163.176,
  // Leucine and isoleucine have the same mass.
  J: 113.1594,
};
/** One molecule of water for the two ends. */
const WATER = 18.01524;

/**
 * pKa values of Bjellqvist et al. (Electrophoresis 1993, 14, 1023–1031; 1994, 15, 529–539), as in ExPASy's Compute pI/Mw.
 * They were measured in 9.2 to 9.8 M urea, for immobilised pH gradients.
 */
const PK = { cTerminus: 3.55, D: 4.05, E: 4.45, H: 5.98, C: 9, Y: 10, K: 10, R: 12 } as const;
/** pKa of the N-terminus by the first residue. */
const N_TERMINUS: Readonly<Record<string, number>> = { A: 7.59, M: 7, S: 6.93, P: 8.36, T: 6.82, V: 7.44, E: 7.7 };
const OTHER_N_TERMINUS = 7.5;
/** pKa of the C-terminus where the last residue is acidic. */
const C_TERMINUS: Readonly<Record<string, number>> = { D: 4.55, E: 4.75 };

export interface ProteinFacts {
  /** Residues. */
  readonly length: number;
  /** Average mass in Da of the unmodified chain; undefined when a residue (B, X, Z) has no mass of its own. */
  readonly mass: number | undefined;
  /** pH at which the chain carries no net charge; undefined without residues. */
  readonly isoelectricPoint: number | undefined;
  /** How often each letter occurs, the most frequent first. */
  readonly composition: readonly { readonly letter: string; readonly count: number }[];
}

/** @param sequence upper-case letters only */
export function proteinFacts(sequence: string): ProteinFacts {
  const counts = countLetters(sequence);
  const composition = [...counts]
    .map(([letter, count]) => ({ letter, count }))
    .sort((a, b) => b.count - a.count || (a.letter < b.letter ? -1 : 1));
  return {
    length: sequence.length,
    mass: massOf(counts),
    isoelectricPoint: sequence === '' ? undefined : isoelectricPoint(counts, sequence.charAt(0), sequence.slice(-1)),
    composition,
  };
}

function countLetters(sequence: string): ReadonlyMap<string, number> {
  const byCode = new Uint32Array(128);
  for (let index = 0; index < sequence.length; index++) {
    const code = sequence.charCodeAt(index) & 127;
    byCode[code] = (byCode[code] as number) + 1;
  }
  return new Map(
    Array.from(byCode, (count, code) => [String.fromCharCode(code), count] as const).filter(([, n]) => n > 0),
  );
}

function massOf(counts: ReadonlyMap<string, number>): number | undefined {
  let mass = WATER;
  for (const [letter, count] of counts) {
    const each = AVERAGE_MASS[letter];
    if (each === undefined) return undefined;
    mass += each * count;
  }
  return counts.size === 0 ? undefined : mass;
}

/** By bisection of the net charge, which falls with the pH. */
function isoelectricPoint(counts: ReadonlyMap<string, number>, first: string, last: string): number {
  const count = (letter: string): number => counts.get(letter) ?? 0;
  const bases: readonly (readonly [number, number])[] = [
    [N_TERMINUS[first] ?? OTHER_N_TERMINUS, 1],
    [PK.K, count('K')],
    [PK.R, count('R')],
    [PK.H, count('H')],
  ];
  const acids: readonly (readonly [number, number])[] = [
    [C_TERMINUS[last] ?? PK.cTerminus, 1],
    [PK.D, count('D')],
    [PK.E, count('E')],
    [PK.C, count('C')],
    [PK.Y, count('Y')],
  ];
  // Henderson–Hasselbalch for each group.
  const charge = (pH: number): number =>
    bases.reduce((sum, [pK, n]) => sum + n / (1 + 10 ** (pH - pK)), 0) -
    acids.reduce((sum, [pK, n]) => sum + n / (1 + 10 ** (pK - pH)), 0);
  let low = 0;
  let high = 14;
  while (high - low > 0.0005) {
    const middle = (low + high) / 2;
    if (charge(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
