/** How each representation is drawn: which parts of the structure, as what, how finely. Pure. */

import type { ModelSelection, StructureData } from './structureData.ts';
import type { Representation } from './structureView.ts';

/** One thing to draw, in NGL's words. */
export interface Part {
  readonly type: 'cartoon' | 'base' | 'surface' | 'licorice' | 'ball+stick' | 'spacefill';
  /** True for what may be drawn in element colours. */
  readonly isLigand: boolean;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

/** Cartoons are closed, so nobody sees their inner sides; drawing those too would take twice as long. */
export const CARTOON_SIDE = 'front';

/** Above it everything is drawn as coarsely as it still reads. */
const MANY_ATOMS = 60_000;

/** How many atoms the drawing of a model has. */
export function atomsDrawn(data: Pick<StructureData, 'atomCount' | 'modelCount'>, model: ModelSelection): number {
  return data.atomCount / (model === 'all' ? 1 : data.modelCount);
}

/** Whether a drawing of so many atoms is so much coarser that the page must say so. */
export function isCoarse(atoms: number): boolean {
  return atoms > MANY_ATOMS;
}

/**
 * How finely curves are drawn: pieces per residue and corners around, for up to so many atoms. What is larger is seen
 * from farther away, and a ribosome drawn as finely as a monomer would block the page for many seconds.
 */
const CURVES = [
  { atoms: 8_000, subdiv: 6, radialSegments: 12 },
  { atoms: MANY_ATOMS, subdiv: 4, radialSegments: 8 },
  { atoms: Number.POSITIVE_INFINITY, subdiv: 3, radialSegments: 6 },
] as const;

/** NGL's parameters of a curve of a structure with so many atoms. */
function curve(atoms: number): Part['parameters'] {
  const { subdiv, radialSegments } = CURVES.find((step) => atoms <= step.atoms) ?? CURVES[2];
  return { quality: 'custom', subdiv, radialSegments };
}

/** Residues of chains; the same rule as `kindOf` in nglData.ts, which says why it is not just `polymer`. */
const POLYMER = '(protein or nucleic) and (not hetero or polymer)';

/** Sizes that read well at window size and in print. */
const STICKS = { multipleBond: 'off', radiusScale: 1 } as const;

/**
 * Parts of a drawing.
 * @param atoms atoms of the selected model
 * @param useWorker whether surfaces may be computed beside the page
 * @param hasPolymer whether there is a chain that a cartoon or surface can follow; without one, atoms are drawn
 * @param hasNucleic and the like: what is not there is not looked for among all atoms
 */
export function partsOf(
  representation: Representation,
  model: ModelSelection,
  options: {
    readonly atoms: number;
    readonly useWorker: boolean;
    readonly hasPolymer: boolean;
    readonly hasNucleic: boolean;
    readonly hasLigands: boolean;
    readonly hasIons: boolean;
  },
): Part[] {
  const within = model === 'all' ? '' : ` and /${model}`;
  const quality = isCoarse(options.atoms) ? 'low' : 'high';
  const polymer = `(${POLYMER})${within}`;
  const ligands: Part[] = [];
  if (options.hasLigands) {
    const sele = `not ((${POLYMER}) or water or ion)${within}`;
    ligands.push({
      type: 'ball+stick',
      isLigand: true,
      parameters: { sele, multipleBond: 'symmetric', radiusScale: 1.2 },
    });
  }
  if (options.hasIons) {
    ligands.push({ type: 'spacefill', isLigand: true, parameters: { sele: `ion${within}`, radiusScale: 0.5 } });
  }
  if (!options.hasPolymer) {
    const type = representation === 'licorice' ? 'licorice' : 'ball+stick';
    return [{ type, isLigand: false, parameters: { sele: `not water${within}`, ...STICKS } }];
  }
  switch (representation) {
    case 'cartoon': {
      const bases: Part = {
        type: 'base',
        isLigand: false,
        parameters: { sele: `nucleic and (${POLYMER})${within}`, quality },
      };
      return [
        {
          type: 'cartoon',
          isLigand: false,
          parameters: {
            sele: polymer,
            ...curve(options.atoms),
            side: CARTOON_SIDE,
            aspectRatio: 5,
            radiusScale: 0.75,
            smoothSheet: true,
          },
        },
        ...(options.hasNucleic ? [bases] : []),
        ...ligands,
      ];
    }
    case 'surface':
      return [
        {
          type: 'surface',
          isLigand: false,
          parameters: {
            sele: polymer,
            surfaceType: 'av',
            probeRadius: 1.4,
            // Grid points per Å: finer for small proteins, coarser where the grid would not fit in memory.
            scaleFactor: Math.min(2, Math.max(0.4, 12_000 / Math.max(1, options.atoms))),
            smooth: 2,
            side: 'front',
            disablePicking: false,
            useWorker: options.useWorker,
          },
        },
        ...ligands,
      ];
    case 'licorice':
      return [{ type: 'licorice', isLigand: false, parameters: { sele: polymer, ...STICKS } }, ...ligands];
    case 'ball+stick':
      return [{ type: 'ball+stick', isLigand: false, parameters: { sele: polymer, ...STICKS } }, ...ligands];
  }
}
