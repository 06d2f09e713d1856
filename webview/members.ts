/** Members of an ensemble: one structure, several times over. Pure. */

import { chainTable } from './pageFasta.ts';
import { type ModelSelection, memberOf, type StructureData } from './structureData.ts';

/**
 * Finds residues of any member in the one that is shown; of all at once, the first stands for them.
 * @returns for a residue the one at its place; undefined for one that the member lacks, and for what is in no chain
 */
export function inMember(data: StructureData, shown: ModelSelection): (residue: number) => number | undefined {
  const table = chainTable(data);
  const member = memberOf(shown);
  return (residue) => {
    const place = table.placeOf[residue];
    return place && table.find(member, place);
  };
}
