/** Sentences about a structure: the residue under the pointer, its origin, the whole for screen readers. Pure. */

import { t } from '@vscode/l10n';
import type { Provenance } from '../extension/structure/protocol.ts';
import { BANDS, bandOf } from './confidence.ts';
import type { StructureHeader } from './header.ts';
import type { ValueMeaning } from './metric.ts';
import { countAtoms, countChains, countResidues } from './names.ts';
import { atomsDrawn, isCoarse } from './representations.ts';
import type { Scene } from './scene.ts';
import { describeSelection } from './sequence.ts';
import { type ModelSelection, polymerResidues, type ResidueInfo, type StructureData } from './structureData.ts';

/** For example `A · LYS 45 · Estimated CA-lDDT 87.3 (high)`. */
export function describeResidue(residue: ResidueInfo, value: number, meaning: ValueMeaning): string {
  const place = `${residue.name} ${residue.number}${residue.insertion}`;
  const chain = residue.chain === '' ? t('No chain name') : t('Chain {0}', residue.chain);
  if (meaning.kind === 'b-factor') return `${chain} · ${place} · ${meaning.name} ${value.toFixed(1)}`;
  const band = BANDS.find((candidate) => candidate.band === bandOf(value));
  return `${chain} · ${place} · ${meaning.name} ${value.toFixed(1)} (${band?.label.toLowerCase() ?? ''})`;
}

/** For example `Homology (ProMod3 3.2.1) · template 1ni7_A, 45 % identical · 2026-11-22`. */
export function describeProvenance(stated: Provenance | undefined, header: StructureHeader): string {
  const provenance = stated ?? header.provenance;
  if (!provenance) return [header.title, header.method.toLowerCase()].filter((part) => part !== '').join(' · ');
  const templates = (provenance.templates ?? []).map(({ id, identity }) =>
    identity === undefined ? id : t('{0} ({1} % identical)', id, Math.round(identity * 100)),
  );
  const list = templates.join(', ');
  const named =
    templates.length === 0 ? '' : templates.length === 1 ? t('template {0}', list) : t('templates {0}', list);
  return [provenance.engine, named, provenance.createdAt?.slice(0, 10) ?? ''].filter((part) => part !== '').join(' · ');
}

/** What is left out of the drawing of a very large structure; empty for others. */
export function describeCoarseness(data: StructureData, model: ModelSelection): string {
  const atoms = atomsDrawn(data, model);
  return isCoarse(atoms)
    ? t('This structure of {0} atoms is drawn less finely, so that it stays easy to turn.', atoms.toLocaleString('en'))
    : '';
}

/** Selected residues, for example `Selected: A 12–34 · 23 residues · mean Estimated CA-lDDT 87.3`. */
export function describeSelected(scene: Scene, selected: readonly number[]): string {
  const { data, values, meaning } = scene;
  const atoms = selected.flatMap((index) => data.residues[index]?.atom ?? []);
  const mean = atoms.reduce((sum, atom) => sum + (values[atom] ?? Number.NaN), 0) / atoms.length;
  return [
    t('Selected: {0}', describeSelection(data, selected)),
    countResidues(selected.length),
    t('mean {0} {1}', meaning.name, mean.toFixed(1)),
  ].join(' · ');
}

/** Size of what is shown, for example `2 chains · 263 residues · 2101 atoms`. */
export function describeSize(data: StructureData, model: ModelSelection): string {
  const polymer = polymerResidues(data, model);
  const chains = new Set(polymer.map(({ chain }) => chain)).size;
  return [
    ...(chains > 0 ? [countChains(chains), countResidues(polymer.length)] : []),
    countAtoms(atomsOf(data, model)),
  ].join(' · ');
}

function atomsOf(data: StructureData, model: ModelSelection): number {
  if (model === 'all' || data.modelCount === 1) return data.atomCount;
  let atoms = 0;
  for (let atom = 0; atom < data.atomCount; atom++) {
    if (data.residues[data.residueOfAtom[atom] ?? -1]?.model === model) atoms++;
  }
  return atoms;
}
