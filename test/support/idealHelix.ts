/** Backbone of an ideal alpha helix, for tests that need a real PDB file without a prediction. */

type Point = readonly [number, number, number];

const THREE_LETTERS: Readonly<Record<string, string>> = {
  A: 'ALA',
  C: 'CYS',
  D: 'ASP',
  E: 'GLU',
  F: 'PHE',
  G: 'GLY',
  H: 'HIS',
  I: 'ILE',
  K: 'LYS',
  L: 'LEU',
  M: 'MET',
  N: 'ASN',
  P: 'PRO',
  Q: 'GLN',
  R: 'ARG',
  S: 'SER',
  T: 'THR',
  V: 'VAL',
  W: 'TRP',
  Y: 'TYR',
};

// Bond lengths (Å) and angles (degrees): Engh & Huber 1991. Dihedrals of the helix: Pauling, Corey & Branson 1951.
const BOND = { nCa: 1.458, caC: 1.525, cN: 1.329, cO: 1.231 };
const ANGLE = { nCaC: 111.0, caCN: 117.2, cNCa: 121.7, caCO: 120.1 };
const DIHEDRAL = { phi: -57, psi: -47, omega: 180 };

/**
 * @param sequence one-letter codes; unknown ones become UNK
 * @param confidence 0–100, into the B-factor column of every atom
 * @returns a PDB file with N, CA, C and O of every residue in chain A
 */
export function idealHelixPdb(sequence: string, confidence: number, title: string): string {
  const lines = [`TITLE     ${title.slice(0, 70)}`, 'REMARK   1 IDEAL HELIX WRITTEN BY A TEST; NOT A PREDICTION.'];
  let serial = 0;
  backbone(sequence.length).forEach((residue, i) => {
    const name = THREE_LETTERS[sequence[i] ?? ''] ?? 'UNK';
    for (const [atom, point] of Object.entries(residue)) {
      serial += 1;
      lines.push(atomLine(serial, atom, name, i + 1, point, confidence));
    }
  });
  return `${[...lines, 'TER', 'END'].join('\n')}\n`;
}

function atomLine(
  serial: number,
  atom: string,
  residue: string,
  number: number,
  at: Point,
  confidence: number,
): string {
  const xyz = at.map((value) => value.toFixed(3).padStart(8)).join('');
  const id = `${String(serial).padStart(5)}  ${atom.padEnd(3)} ${residue} A${String(number).padStart(4)}`;
  return `ATOM  ${id}    ${xyz}  1.00${confidence.toFixed(2).padStart(6)}          ${atom[0]?.padStart(2)}`;
}

function backbone(length: number): { N: Point; CA: Point; C: Point; O: Point }[] {
  const residues: { N: Point; CA: Point; C: Point; O: Point }[] = [];
  let n: Point = [0, 0, 0];
  let ca: Point = [BOND.nCa, 0, 0];
  let c = place([0, 1, 0], n, ca, BOND.caC, ANGLE.nCaC, DIHEDRAL.phi);
  for (let i = 0; i < length; i++) {
    const nextN = place(n, ca, c, BOND.cN, ANGLE.caCN, DIHEDRAL.psi);
    // The carbonyl oxygen lies in the peptide plane, opposite to the next nitrogen.
    residues.push({ N: n, CA: ca, C: c, O: place(n, ca, c, BOND.cO, ANGLE.caCO, DIHEDRAL.psi + 180) });
    const nextCa = place(ca, c, nextN, BOND.nCa, ANGLE.cNCa, DIHEDRAL.omega);
    c = place(c, nextN, nextCa, BOND.caC, ANGLE.nCaC, DIHEDRAL.phi);
    n = nextN;
    ca = nextCa;
  }
  return residues;
}

/** The atom bonded to `c` at that distance, angle (b–c–atom) and dihedral (a–b–c–atom). */
function place(a: Point, b: Point, c: Point, distance: number, angle: number, dihedral: number): Point {
  const [theta, phi] = [(angle * Math.PI) / 180, (dihedral * Math.PI) / 180];
  const bc = unit(minus(c, b));
  const normal = unit(cross(minus(b, a), bc));
  const side = cross(normal, bc);
  const along = -distance * Math.cos(theta);
  const out = distance * Math.sin(theta);
  return [0, 1, 2].map(
    (k) => at(c, k) + along * at(bc, k) + out * (Math.cos(phi) * at(side, k) + Math.sin(phi) * at(normal, k)),
  ) as unknown as Point;
}

const at = (p: Point, k: number): number => p[k] ?? 0;
const minus = (p: Point, q: Point): Point => [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
const cross = (p: Point, q: Point): Point => [
  p[1] * q[2] - p[2] * q[1],
  p[2] * q[0] - p[0] * q[2],
  p[0] * q[1] - p[1] * q[0],
];
function unit(p: Point): Point {
  const length = Math.hypot(...p);
  return [p[0] / length, p[1] / length, p[2] / length];
}
