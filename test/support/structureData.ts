// Structures as the viewer holds them after reading, made of numbers alone.
import type { StructureMessage } from '../../extension/structure/protocol.ts';
import type { StructureHeader } from '../../webview/header.ts';
import { createScene, type Scene } from '../../webview/scene.ts';
import type { ResidueInfo, StructureData } from '../../webview/structureData.ts';

/** A structure of residues with two atoms each; atoms of a residue carry its value. */
export function structureOf(values: readonly number[], more: Partial<ResidueInfo> = {}): StructureData {
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

/** The header of a file that says nothing about itself. */
export const NO_HEADER: StructureHeader = { title: '', method: '', qualityMetrics: [], remarks: [] };

const MESSAGE: Omit<StructureMessage, 'bytes'> = {
  type: 'structure',
  serial: 1,
  title: 'T',
  fileName: 'a.pdb',
  format: 'pdb',
  models: [{ label: 'A' }],
  selectedModel: 0,
  reloaded: false,
  canOpenAsText: false,
};

/** The scene of a structure whose file makes no claim; the result may make one. */
export function sceneOf(data: StructureData, confidence?: StructureMessage['confidence']): Scene {
  return createScene({ ...MESSAGE, ...(confidence && { confidence }) }, NO_HEADER, data, '');
}
