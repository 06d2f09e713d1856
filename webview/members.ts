/** Members of an ensemble: one structure, several times over. Pure. */

import { type ChainTable, chainTable } from './pageFasta.ts';
import { type ModelSelection, memberOf, type ResidueInfo, type StructureData } from './structureData.ts';

/**
 * Finds residues of any member in the one that is shown; of all at once, the first stands for them.
 * @returns for a residue the one at its place in the chain, for what is in no chain (ligands, ions, water) the one with
 * its name and number; undefined for one that the member lacks
 */
export function inMember(data: StructureData, shown: ModelSelection): (residue: number) => number | undefined {
  const table = chainTable(data);
  const member = memberOf(shown);
  let others: ReadonlyMap<string, number> | undefined;
  return (residue) => {
    const place = table.placeOf[residue];
    if (place) return table.find(member, place);
    const info = data.residues[residue];
    others ??= outsideChains(data, table, member);
    return info && others.get(nameOf(info));
  };
}

/** What a member has beside its chains. Of several that are called the same, the first. */
function outsideChains(data: StructureData, table: ChainTable, member: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, info] of data.residues.entries()) {
    if (info.model !== member || table.placeOf[index]) continue;
    const name = nameOf(info);
    if (!found.has(name)) found.set(name, index);
  }
  return found;
}

function nameOf({ chain, name, number, insertion }: ResidueInfo): string {
  return `${chain} ${name} ${number} ${insertion}`;
}
