import assert from 'node:assert/strict';
import {
  B_FACTOR_GRADIENT,
  CHAIN_COLORS,
  colorAtoms,
  gradientColor,
  HYDROPATHY_GRADIENT,
  RAINBOW_GRADIENT,
  RESIDUE_CLASSES,
  SECONDARY_COLORS,
} from '../../webview/coloring.ts';
import { BAND_COLORS } from '../../webview/confidence.ts';
import { hydropathyOf } from '../../webview/hydropathy.ts';
import { legendOf } from '../../webview/legend.ts';

/** What full dichromats see, on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1.0). */
const VISION = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

/** A difference of 10 (CIE 1976) is seen at a glance; 2.3 is just noticeable (Mahy, Van Eycken and Oosterlinck 1994). */
const AT_A_GLANCE = 10;

type Vector = readonly [number, number, number];

/** CIELAB of an sRGB colour (D65) as somebody sees it. */
function lab(color: number, vision: readonly number[]): Vector {
  const linear = [16, 8, 0].map((shift) => {
    const part = ((color >> shift) & 0xff) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const product = (matrix: readonly number[], vector: readonly number[]): number[] =>
    [0, 3, 6].map((row) => vector.reduce((sum, value, at) => sum + value * (matrix[row + at] ?? 0), 0));
  const seen = product(vision, linear).map((value) => Math.min(1, Math.max(0, value)));
  const xyz = product([0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505], seen);
  const [x = 0, y = 0, z = 0] = [0.95047, 1, 1.08883].map((white, axis) => {
    const value = (xyz[axis] ?? 0) / white;
    return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(a: number, b: number, vision: readonly number[]): number {
  const [p, q] = [lab(a, vision), lab(b, vision)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

const stops = (gradient: readonly number[]): number[] =>
  [0, 0.25, 0.5, 0.75, 1].map((part) => gradientColor(gradient, part));

const PALETTES: Readonly<Record<string, readonly number[]>> = {
  'confidence, official': Object.values(BAND_COLORS.official),
  'confidence, colour-blind safe': Object.values(BAND_COLORS['colour-blind']),
  chains: CHAIN_COLORS,
  'residue types': RESIDUE_CLASSES.map(({ color }) => color),
  'secondary structure': Object.values(SECONDARY_COLORS),
  'position in chain': stops(RAINBOW_GRADIENT),
  hydrophobicity: [0, 0.5, 1].map((part) => gradientColor(HYDROPATHY_GRADIENT, part)),
  'B-factor': stops(B_FACTOR_GRADIENT).filter((_, index) => index % 2 === 0),
};

describe('viewer palettes', () => {
  for (const [name, colors] of Object.entries(PALETTES)) {
    it(`are told apart with any colour vision: ${name}`, () => {
      for (const [kind, vision] of Object.entries(VISION)) {
        for (const [at, color] of colors.entries()) {
          for (const other of colors.slice(0, at)) {
            const seen = distance(color, other, vision);
            const hex = [color, other].map((one) => one.toString(16).padStart(6, '0')).join(' and ');
            assert.ok(seen >= AT_A_GLANCE, `${hex} with ${kind}: ${seen.toFixed(1)}`);
          }
        }
      }
    });
  }

  it('show each step of hydrophobicity to any colour vision', () => {
    const vision = Object.values(VISION);
    // Both arms of a diverging palette leave its middle behind.
    for (const end of [0, 1]) {
      const away = [0.5, 0.25, 0].map((part) => gradientColor(HYDROPATHY_GRADIENT, end === 0 ? part : 1 - part));
      for (const matrix of vision) {
        const [none, some, most] = away.map((color) => distance(color, away[0] ?? 0, matrix));
        assert.ok(none === 0 && (some ?? 0) > 5 && (most ?? 0) > (some ?? 0) + 10);
      }
    }
  });
});

describe('viewer hydrophobicity', () => {
  const ORDER = 'IVLFCMAGTSWYPHEQDNKR';
  const NAMES: Readonly<Record<string, string>> = {
    I: 'ILE',
    V: 'VAL',
    L: 'LEU',
    F: 'PHE',
    C: 'CYS',
    M: 'MET',
    A: 'ALA',
    G: 'GLY',
    T: 'THR',
    S: 'SER',
    W: 'TRP',
    Y: 'TYR',
    P: 'PRO',
    H: 'HIS',
    E: 'GLU',
    Q: 'GLN',
    D: 'ASP',
    N: 'ASN',
    K: 'LYS',
    R: 'ARG',
  };

  it('follows Kyte and Doolittle from isoleucine to arginine', () => {
    const values = [...ORDER].map((letter) => hydropathyOf(NAMES[letter] ?? '') ?? Number.NaN);
    assert.deepEqual(
      values,
      [...values].sort((a, b) => b - a),
    );
    assert.equal(values[0], 4.5);
    assert.equal(values.at(-1), -4.5);
    // Sum over the twenty, as it follows from the paper's table.
    assert.equal(values.reduce((sum, value) => sum + value, 0).toFixed(1), '-9.8');
    assert.equal(hydropathyOf('mse'), hydropathyOf('MET'));
    assert.equal(hydropathyOf('DA'), undefined);
  });

  it('colours residues along the palette, and grey what has no index', () => {
    const residue = (name: string, atom: number) =>
      ({ name, number: 1, insertion: '', chain: 'A', kind: 'polymer', secondary: 'coil', model: 0, atom }) as const;
    const residues = [residue('ILE', 0), residue('ARG', 1), residue('DA', 2)];
    const data = {
      atomCount: 3,
      modelCount: 1,
      residues,
      hasNucleic: false,
      residueOfAtom: [0, 1, 2],
      bFactors: [0, 0, 0],
    };
    const colors = colorAtoms('hydrophobicity', { data, values: [], range: [0, 1], palette: 'official' });
    assert.deepEqual([...colors.slice(0, 2)], [HYDROPATHY_GRADIENT.at(-1), HYDROPATHY_GRADIENT[0]]);
    const third = colors[2] ?? 0;
    assert.equal(third >> 16, third & 0xff);
  });

  it('says scale and source in its legend', () => {
    const meaning = { kind: 'b-factor', name: 'B-factor', factor: 1, evidence: '' } as const;
    const legend = legendOf('hydrophobicity', {
      meaning,
      residues: [],
      values: [],
      range: [0, 1],
      palette: 'official',
    });
    assert.match(legend.note ?? '', /Kyte and Doolittle \(1982\).*no unit/);
    assert.deepEqual([legend.gradient?.from, legend.gradient?.to], ['−4.5 polar', '+4.5 hydrophobic']);
  });
});
