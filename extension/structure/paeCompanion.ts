/** Finds the predicted aligned errors that predictors write beside a structure. Pure. */

import { parseStructureFileName } from './formats.ts';

/**
 * The file of predicted aligned errors that belongs to a structure, by the names that its makers use:
 *
 * - AlphaFold database: `AF-P69905-F1-model_v4.cif` → `AF-P69905-F1-predicted_aligned_error_v4.json`
 * - AlphaFold: `relaxed_model_1_ptm_pred_0.pdb` → `pae_model_1_ptm_pred_0.json`
 * - ColabFold: `x_relaxed_rank_001_….pdb` → `x_scores_rank_001_….json`
 * - anyone: `x.pdb` → `x_pae.json`, `x.pae.json`
 *
 * @param structure file name of the structure
 * @param neighbours names of the files in its folder
 */
export function paeCompanion(structure: string, neighbours: Iterable<string>): string | undefined {
  const stem = parseStructureFileName(structure)?.stem;
  if (stem === undefined) return undefined;
  const wanted = new Set(candidates(stem).flatMap((name) => [`${name}.json`, `${name}.json.gz`]));
  for (const name of neighbours) if (wanted.has(name.toLowerCase())) return name;
  return undefined;
}

function candidates(stem: string): string[] {
  const lower = stem.toLowerCase();
  const names = [`${lower}_pae`, `${lower}.pae`, `${lower}-pae`, `${lower}_predicted_aligned_error`];
  const database = /^(af-.+-f\d+)-model_(v\d+)$/.exec(lower);
  if (database) names.push(`${database[1]}-predicted_aligned_error_${database[2]}`);
  const alphafold = /^(?:un)?relaxed_(model_.+)$/.exec(lower);
  if (alphafold) names.push(`pae_${alphafold[1]}`);
  const colabfold = /^(.+)_(?:un)?relaxed_(rank_.+)$/.exec(lower);
  if (colabfold) names.push(`${colabfold[1]}_scores_${colabfold[2]}`);
  return names;
}
