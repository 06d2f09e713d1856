/** A loaded structure with all that is derived from it. Pure. */

import { t } from '@vscode/l10n';
import type { StructureMessage } from '../extension/structure/protocol.ts';
import { type Coloring, type ColoringInput, colorAtoms } from './coloring.ts';
import type { Palette } from './confidence.ts';
import type { StructureHeader } from './header.ts';
import { type Legend, legendOf } from './legend.ts';
import { meaningOf, type ValueMeaning } from './metric.ts';
import { countResidues } from './names.ts';
import { type ModelSelection, polymerResidues, type StructureData } from './structureData.ts';
import { atomValues, gradientRange, valueFacts } from './values.ts';

/** What is shown. */
export interface Scene {
  readonly message: Omit<StructureMessage, 'bytes'>;
  readonly header: StructureHeader;
  /** Of the file as it came, hexadecimal. */
  readonly sha256: string;
  readonly data: StructureData;
  readonly meaning: ValueMeaning;
  /** One value for each atom. */
  readonly values: Float32Array;
  readonly range: readonly [number, number];
  /** Colourings that make sense, the default first. */
  readonly colorings: readonly Coloring[];
  /** Something the user should know about the values; usually absent. */
  readonly warning?: string;
}

/** Puts a scene together. */
export function createScene(
  message: Omit<StructureMessage, 'bytes'>,
  header: StructureHeader,
  data: StructureData,
  sha256: string,
): Scene {
  const declared = message.confidence;
  const residues = polymerResidues(data, 'all').length;
  const fits = declared?.perResidue?.length === residues;
  const perResidue = fits ? declared?.perResidue : undefined;
  const meaning = meaningOf(header, valueFacts(data, message.fileName, perResidue), declared);
  const values = atomValues(data, meaning, perResidue);
  const others: Coloring[] = ['rainbow', 'secondary', 'residue', 'hydrophobicity'];
  const warning =
    declared?.perResidue && !fits
      ? t(
          'The result tells the confidence of {0}, the file has {1}; the file’s own values are shown.',
          countResidues(declared.perResidue.length),
          countResidues(residues),
        )
      : declared && meaning.kind === 'b-factor'
        ? meaning.evidence
        : undefined;
  return {
    message,
    header,
    sha256,
    data,
    meaning,
    values,
    range: gradientRange(data, values),
    // A B-factor says nothing about trust, so chains come first where there is no confidence.
    colorings: meaning.kind === 'confidence' ? ['confidence', 'chain', ...others] : ['chain', 'b-factor', ...others],
    ...(warning && { warning }),
  };
}

/** The colouring to use: the user's choice where it makes sense, else the default. */
export function coloringFor(scene: Scene, chosen: Coloring | undefined): Coloring {
  return scene.colorings.find((coloring) => coloring === chosen) ?? scene.colorings[0] ?? 'chain';
}

/** The model to show: the user's choice where the file has it, else the first. */
export function modelFor(scene: Scene, chosen: ModelSelection): ModelSelection {
  return chosen === 'all' || chosen < scene.data.modelCount ? chosen : 0;
}

/** Colours of the atoms. */
export function sceneColors(scene: Scene, coloring: Coloring, palette: Palette): Uint32Array {
  const input: ColoringInput = { data: scene.data, values: scene.values, range: scene.range, palette };
  return colorAtoms(coloring, input);
}

/** The legend of the shown model. */
export function sceneLegend(scene: Scene, coloring: Coloring, palette: Palette, model: ModelSelection): Legend {
  return legendOf(coloring, {
    meaning: scene.meaning,
    residues: polymerResidues(scene.data, model),
    values: scene.values,
    range: scene.range,
    palette,
  });
}
