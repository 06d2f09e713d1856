/** Reads a structure file with NGL, with errors that a user can act on. */

import * as NGL from 'ngl';
import type { StructureFormat } from '../extension/structure/formats.ts';
import { withChemComp } from './cifRepair.ts';
import { UnreadableStructureError } from './errors.ts';

/**
 * Adds the structure to the stage; nothing is drawn yet.
 * @throws UnreadableStructureError for a file that holds no structure
 */
export async function loadStructure(
  stage: NGL.Stage,
  bytes: Uint8Array,
  format: StructureFormat,
  name: string,
): Promise<InstanceType<typeof NGL.StructureComponent>> {
  let loaded: unknown;
  try {
    const complete = format === 'cif' ? withChemComp(bytes) : bytes;
    loaded = await stage.loadFile(new Blob([complete as BlobPart]), {
      ext: format,
      name,
      defaultRepresentation: false,
    });
  } catch (error) {
    throw new UnreadableStructureError(
      `${name} could not be understood as ${FORMAT_NAMES[format]}.`,
      'The file may be damaged, cut off, or of another format than its name says. Open it as text to see, or download it again.',
      { cause: error },
    );
  }
  if (!(loaded instanceof NGL.StructureComponent) || loaded.structure.atomStore.count === 0) {
    if (loaded instanceof NGL.Component) stage.removeComponent(loaded);
    throw new UnreadableStructureError(
      `${name} has no atoms.`,
      `A structure in ${FORMAT_NAMES[format]} needs ${ATOM_RECORDS[format]}. Open it as text to see what it holds, or download it again.`,
    );
  }
  return loaded;
}

const FORMAT_NAMES: Readonly<Record<StructureFormat, string>> = { pdb: 'PDB', cif: 'mmCIF', bcif: 'BinaryCIF' };
const ATOM_RECORDS: Readonly<Record<StructureFormat, string>> = {
  pdb: 'ATOM or HETATM lines',
  cif: 'an _atom_site table',
  bcif: 'an _atom_site category',
};
