/** Reads a structure file with NGL, with errors that a user can act on. */

import { t } from '@vscode/l10n';
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
      t('{0} could not be understood as {1}.', name, FORMAT_NAMES[format]),
      t(
        'The file may be damaged, cut off, or of another format than its name says. Open it as text to see, or download it again.',
      ),
      { cause: error },
    );
  }
  if (!(loaded instanceof NGL.StructureComponent) || loaded.structure.atomStore.count === 0) {
    if (loaded instanceof NGL.Component) stage.removeComponent(loaded);
    throw new UnreadableStructureError(
      t('{0} has no atoms.', name),
      t(
        'A structure in {0} needs {1}. Open it as text to see what it holds, or download it again.',
        FORMAT_NAMES[format],
        ATOM_RECORDS[format],
      ),
    );
  }
  return loaded;
}

const FORMAT_NAMES: Readonly<Record<StructureFormat, string>> = { pdb: 'PDB', cif: 'mmCIF', bcif: 'BinaryCIF' };
const ATOM_RECORDS: Readonly<Record<StructureFormat, string>> = {
  pdb: t('ATOM or HETATM lines'),
  cif: t('an _atom_site table'),
  bcif: t('an _atom_site category'),
};
