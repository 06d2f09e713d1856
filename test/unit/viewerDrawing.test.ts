import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitCamera } from '../../webview/camera.ts';
import { type Coloring, colorAtoms, gradientColor } from '../../webview/coloring.ts';
import { BAND_COLORS, type Palette } from '../../webview/confidence.ts';
import { describeResidue, describeSize } from '../../webview/describe.ts';
import { legendOf } from '../../webview/legend.ts';
import { countBandPixels } from '../../webview/measure.ts';
import { meaningOf } from '../../webview/metric.ts';
import { partsOf } from '../../webview/representations.ts';
import { createScene } from '../../webview/scene.ts';
import { COLORINGS, INITIAL_STATE, parseState } from '../../webview/state.ts';
import type { ResidueInfo, StructureData } from '../../webview/structureData.ts';
import { atomValues, gradientRange, valueFacts } from '../../webview/values.ts';

/** A structure of residues with two atoms each; atoms of a residue carry its value. */
function structureOf(values: readonly number[], more: Partial<ResidueInfo> = {}): StructureData {
  return {
    atomCount: values.length * 2,
    modelCount: 1,
    residues: values.map((_, index) => ({
      name: 'ALA',
      number: index + 1,
      insertion: '',
      chain: 'A',
      kind: 'polymer',
      secondary: 'coil',
      model: 0,
      atom: index * 2,
      ...more,
    })),
    hasNucleic: false,
    residueOfAtom: values.flatMap((_, index) => [index, index]),
    bFactors: values.flatMap((value) => [value, value]),
  };
}

const noHeader = { title: '', method: '', qualityMetrics: [], remarks: [] };
const message = {
  type: 'structure',
  serial: 1,
  title: 'T',
  fileName: 'a.pdb',
  format: 'pdb',
  models: [{ label: 'A' }],
  selectedModel: 0,
  reloaded: false,
  canOpenAsText: false,
} as const;

describe('colours', () => {
  it('are the band colours for confidence, in both palettes', () => {
    const values = [95, 80, 60, 30];
    const data = structureOf(values);
    for (const palette of ['official', 'colour-blind'] satisfies Palette[]) {
      const colors = colorAtoms('confidence', { data, values: data.bFactors, range: [0, 1], palette });
      const { veryHigh, high, low, veryLow } = BAND_COLORS[palette];
      assert.deepEqual([...colors], [veryHigh, veryHigh, high, high, low, low, veryLow, veryLow]);
    }
  });

  it('exist for every atom and every colouring', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COLORINGS),
        fc.array(fc.double({ noNaN: false }), { maxLength: 20 }),
        (coloring, values) => {
          const data = structureOf(values);
          const colors = colorAtoms(coloring, { data, values: data.bFactors, range: [0, 100], palette: 'official' });
          assert.equal(colors.length, data.atomCount);
          assert.ok(colors.every((color) => color >= 0 && color <= 0xffffff));
        },
      ),
    );
  });

  it('run through a gradient from its first to its last stop', () => {
    assert.equal(gradientColor([0x000000, 0xffffff], 0), 0);
    assert.equal(gradientColor([0x000000, 0xffffff], 1), 0xffffff);
    assert.equal(gradientColor([0x000000, 0x00ff00, 0xffffff], 0.5), 0x00ff00);
    assert.equal(gradientColor([0x000000, 0xffffff], 7), 0xffffff);
    assert.equal(gradientColor([0x102030, 0xffffff], Number.NaN), 0x102030);
  });
});

describe('values', () => {
  it('are scaled from 0–1', () => {
    const data = structureOf([0.5, 0.9]);
    const meaning = meaningOf(noHeader, valueFacts(data, 'a.pdb'), { metric: 'plddt' });
    assert.deepEqual(
      [...atomValues(data, meaning)].map((value) => Math.round(value)),
      [50, 50, 90, 90],
    );
  });

  it('come from the result when it names one for each residue', () => {
    const scene = createScene(
      { ...message, confidence: { metric: 'plddt', perResidue: [70, 80] } },
      noHeader,
      structureOf([1, 2]),
      '',
    );
    assert.deepEqual([...scene.values], [70, 70, 80, 80]);
    assert.equal(scene.colorings[0], 'confidence');
    assert.equal(scene.warning, undefined);
  });

  it('stay the file’s own, with a warning, when the result names another number of residues', () => {
    const scene = createScene(
      { ...message, confidence: { metric: 'plddt', perResidue: [70] } },
      noHeader,
      structureOf([11, 12]),
      '',
    );
    assert.deepEqual([...scene.values], [11, 11, 12, 12]);
    assert.match(scene.warning ?? '', /the confidence of 1 residue, the file has 2 residues/);
  });

  it('of a file without any claim are B-factors, and chains are its default colours', () => {
    const scene = createScene(message, noHeader, structureOf([11, 12]), '');
    assert.equal(scene.meaning.kind, 'b-factor');
    assert.deepEqual(scene.colorings.slice(0, 2), ['chain', 'b-factor']);
    assert.ok(!scene.colorings.includes('confidence'));
  });

  it('know whether atoms of a residue agree', () => {
    const data = structureOf([10, 20]);
    assert.equal(valueFacts(data, 'a').uniformInResidues, true);
    assert.equal(valueFacts({ ...data, bFactors: [10, 11, 20, 20] }, 'a').uniformInResidues, false);
    assert.equal(valueFacts(structureOf([]), 'a').uniformInResidues, false);
  });

  it('span a gradient without the outermost residues', () => {
    const data = structureOf([...Array.from({ length: 98 }, (_, index) => 20 + index / 10), 1, 900]);
    const [low, high] = gradientRange(data, data.bFactors);
    assert.ok(low >= 20 && high < 40, `${low}–${high}`);
  });
});

describe('the legend', () => {
  const legend = (coloring: Coloring, data: StructureData, metric?: 'plddt' | 'estimated-ca-lddt') => {
    const scene = createScene({ ...message, ...(metric && { confidence: { metric } }) }, noHeader, data, '');
    return legendOf(coloring, { ...scene, residues: data.residues, palette: 'official' });
  };

  it('names what the number is', () => {
    const data = structureOf([95, 80, 60, 30]);
    assert.equal(legend('confidence', data, 'plddt').title, 'pLDDT');
    const homology = legend('confidence', data, 'estimated-ca-lddt');
    assert.equal(homology.title, 'Estimated CA-lDDT');
    assert.match(homology.note ?? '', /not AlphaFold’s pLDDT/);
    assert.equal(homology.mean, '66.3');
    assert.deepEqual(
      homology.rows.map(({ percent }) => percent),
      [25, 25, 25, 25],
    );
  });

  it('says that B-factors are no confidence', () => {
    assert.match(legend('b-factor', structureOf([10, 20])).note ?? '', /Not a confidence/);
  });

  it('lists chains, and sums up the many', () => {
    const data = structureOf(Array.from({ length: 12 }, () => 1));
    const many = { ...data, residues: data.residues.map((residue, index) => ({ ...residue, chain: `C${index}` })) };
    const { rows } = legend('chain', many);
    assert.equal(rows.length, 9);
    assert.equal(rows.at(-1)?.label, 'and 4 more');
  });
});

describe('sentences', () => {
  const [residue] = structureOf([87.3]).residues;

  it('name the residue and its confidence', () => {
    assert.ok(residue);
    const meaning = meaningOf(
      noHeader,
      { fileName: 'a', min: 1, max: 90, uniformInResidues: true },
      { metric: 'estimated-ca-lddt' },
    );
    assert.equal(describeResidue(residue, 87.3, meaning), 'Chain A · ALA 1 · Estimated CA-lDDT 87.3 (high)');
    const plain = meaningOf(noHeader, { fileName: 'a', min: 1, max: 90, uniformInResidues: true });
    assert.equal(
      describeResidue({ ...residue, insertion: 'B', chain: '' }, 12, plain),
      'No chain name · ALA 1B · B-factor 12.0',
    );
  });

  it('count in words', () => {
    const data = structureOf([1]);
    assert.equal(describeSize(data, 0), '1 chain · 1 residue · 2 atoms');
    assert.equal(describeSize(structureOf([1], { kind: 'ligand' }), 'all'), '2 atoms');
    const two = structureOf([1, 2]);
    const ensemble = { ...two, modelCount: 2, residues: two.residues.map((item, model) => ({ ...item, model })) };
    assert.equal(describeSize(ensemble, 1), '1 chain · 1 residue · 2 atoms');
    assert.equal(describeSize(ensemble, 'all'), '1 chain · 2 residues · 4 atoms');
  });
});

describe('the camera', () => {
  const number = fc.double({ min: -200, max: 200, noNaN: true });
  const cloud = fc.array(fc.tuple(number, number, number), { minLength: 4, maxLength: 60 });

  it('sees every residue, whatever the shape of structure and window', () => {
    fc.assert(
      fc.property(
        cloud,
        fc.integer({ min: 50, max: 2000 }),
        fc.integer({ min: 50, max: 2000 }),
        (points, width, height) => {
          const axis = (index: 0 | 1 | 2): number[] => points.flatMap((point) => [point[index], point[index]]);
          const data = structureOf(points.map(() => 50));
          const m = fitCamera({ x: axis(0), y: axis(1), z: axis(2) }, data, 0, { width, height }, 40);
          assert.ok(m.length === 16 && m.every(Number.isFinite));
          const [a = 0, b = 0, c = 0] = m;
          const distance = Math.hypot(a, b, c);
          const tangent = Math.tan((20 * Math.PI) / 180);
          for (const [x, y, z] of points) {
            const v = [x + (m[12] ?? 0), y + (m[13] ?? 0), z + (m[14] ?? 0)];
            const row = (index: number): number =>
              ((m[index] ?? 0) * (v[0] ?? 0) + (m[index + 4] ?? 0) * (v[1] ?? 0) + (m[index + 8] ?? 0) * (v[2] ?? 0)) /
              distance;
            const depth = distance + row(2);
            assert.ok(depth > 0);
            assert.ok(Math.abs(row(1)) <= depth * tangent + 1e-6);
            assert.ok(Math.abs(row(0)) <= depth * tangent * (width / height) + 1e-6);
          }
        },
      ),
    );
  });

  it('lays the longest axis along the longer side', () => {
    const data = structureOf(Array.from({ length: 20 }, () => 50));
    const z = data.residues.flatMap((_, index) => [index * 4, index * 4]);
    const wobble = z.map((value) => Math.sin(value));
    const flat = z.map(() => 0);
    const wide = fitCamera({ x: wobble, y: flat, z }, data, 0, { width: 800, height: 400 }, 40);
    const tall = fitCamera({ x: wobble, y: flat, z }, data, 0, { width: 400, height: 800 }, 40);
    // Element 8 is the part of z that goes to the right, element 9 the part that goes up.
    assert.ok(Math.abs(wide[8] ?? 0) > Math.abs(wide[9] ?? 0) * 5);
    assert.ok(Math.abs(tall[9] ?? 0) > Math.abs(tall[8] ?? 0) * 5);
  });

  it('is finite for a structure without atoms', () => {
    const m = fitCamera({ x: [], y: [], z: [] }, structureOf([]), 0, { width: 10, height: 10 }, 40);
    assert.ok(m.every(Number.isFinite));
  });
});

const CHAIN_ALONE = {
  atoms: 10,
  useWorker: true,
  hasPolymer: true,
  hasNucleic: false,
  hasLigands: false,
  hasIons: false,
};

describe('representations', () => {
  it('draw atoms where there is no chain to follow', () => {
    const [part] = partsOf('cartoon', 0, { ...CHAIN_ALONE, hasPolymer: false });
    assert.equal(part?.type, 'ball+stick');
  });

  it('leave out what the structure does not have', () => {
    const types = (has: Partial<typeof CHAIN_ALONE>): string[] =>
      partsOf('cartoon', 0, { ...CHAIN_ALONE, ...has }).map(({ type }) => type);
    assert.deepEqual(types({}), ['cartoon']);
    assert.deepEqual(types({ hasNucleic: true }), ['cartoon', 'base']);
    assert.deepEqual(types({ hasLigands: true, hasIons: true }), ['cartoon', 'ball+stick', 'spacefill']);
  });

  it('draw only the chosen model', () => {
    for (const part of partsOf('cartoon', 3, { ...CHAIN_ALONE, hasNucleic: true, hasLigands: true, hasIons: true })) {
      assert.match(String(part.parameters.sele), /and \/3$/);
    }
  });
});

describe('counting pixels', () => {
  it('finds each band in light and shadow, and leaves out the rest', () => {
    const shade = (color: number, light: number): number[] => [
      ((color >> 16) & 255) * light,
      ((color >> 8) & 255) * light,
      (color & 255) * light,
      255,
    ];
    for (const palette of ['official', 'colour-blind'] satisfies Palette[]) {
      const bands = BAND_COLORS[palette];
      const pixels = [
        ...Object.values(bands).flatMap((color) => [...shade(color, 1), ...shade(color, 0.6)]),
        ...[0, 255, 0, 255],
        ...[10, 10, 10, 0],
      ];
      const expected = { veryHigh: 2, high: 2, low: 2, veryLow: 2, other: 1, background: 1 };
      assert.deepEqual(countBandPixels(Uint8ClampedArray.from(pixels), palette), expected);
    }
  });
});

describe('remembered state', () => {
  it('comes back as it was', () => {
    const state = {
      ...INITIAL_STATE,
      subject: 's',
      coloring: 'chain' as const,
      spin: true,
      ensembleModel: 'all' as const,
      orientation: Array.from({ length: 16 }, (_, index) => index),
      restore: { job: 1 },
    };
    assert.deepEqual(parseState(JSON.parse(JSON.stringify(state))), state);
  });

  it('is never believed blindly', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseState(value)));
    assert.deepEqual(
      parseState({ representation: 'x', coloring: 1, orientation: [1], ensembleModel: -1 }),
      INITIAL_STATE,
    );
  });
});
