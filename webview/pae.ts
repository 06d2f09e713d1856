/** The predicted aligned error of a model: how far residue `j` may be off when residue `i` is laid on the truth. Pure. */

import { t } from '@vscode/l10n';

/** A square table of errors in ångström. */
export interface Pae {
  /** Residues: rows and columns. */
  readonly size: number;
  /** Row by row: `values[i * size + j]`, aligned on residue `i`, scored at residue `j`. */
  readonly values: Float32Array;
  /** The largest error the predictor can state; the end of the colour scale. */
  readonly max: number;
}

/** A file of errors that is not one. */
export class UnreadablePaeError extends Error {
  override readonly name = 'UnreadablePaeError';
}

/** AlphaFold's last bin ends here (Å); used where a file does not say. */
const DEFAULT_MAX = 31.75;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON of AlphaFold and its database (`[{"predicted_aligned_error": [[…]], "max_predicted_aligned_error": n}]`,
 * also without the outer list), of ColabFold (`{"pae": [[…]], "max_pae": n}`) and the database's older one
 * (`[{"residue1": […], "residue2": […], "distance": […]}]`).
 *
 * @throws UnreadablePaeError with a sentence that says what is wrong
 */
export function parsePae(json: string): Pae {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new UnreadablePaeError(t('The file of predicted aligned errors is not JSON; it may be cut off.'));
  }
  const fields = (Array.isArray(parsed) ? parsed[0] : parsed) as Fields | null | undefined;
  if (typeof fields !== 'object' || fields === null) {
    throw new UnreadablePaeError(t('The file of predicted aligned errors holds no table.'));
  }
  const stated = fields.max_predicted_aligned_error ?? fields.max_pae;
  const table = fields.predicted_aligned_error ?? fields.pae;
  const { size, values } = Array.isArray(table) ? fromRows(table) : fromPairs(fields);
  const max = typeof stated === 'number' && stated > 0 ? stated : Math.max(DEFAULT_MAX, largest(values));
  return { size, values, max };
}

function fromRows(rows: readonly unknown[]): Pick<Pae, 'size' | 'values'> {
  const size = rows.length;
  const values = new Float32Array(size * size);
  for (const [i, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== size) {
      const length = Array.isArray(row) ? row.length : 0;
      throw new UnreadablePaeError(
        t('Row {0} of the predicted aligned errors: {1} instead of {2} values.', i + 1, length, size),
      );
    }
    for (const [j, value] of row.entries()) values[i * size + j] = errorOf(value, i, j);
  }
  if (size === 0) throw new UnreadablePaeError(t('The table of predicted aligned errors is empty.'));
  return { size, values };
}

function fromPairs(fields: Fields): Pick<Pae, 'size' | 'values'> {
  const { residue1, residue2, distance } = fields;
  if (!Array.isArray(residue1) || !Array.isArray(residue2) || !Array.isArray(distance)) {
    throw new UnreadablePaeError(
      t('The file has no predicted aligned errors: neither "predicted_aligned_error" nor "pae" is in it.'),
    );
  }
  const size = Math.round(Math.sqrt(distance.length));
  if (size === 0 || size * size !== distance.length || residue1.length !== distance.length) {
    throw new UnreadablePaeError(t('{0} predicted aligned errors do not make a square table.', distance.length));
  }
  const values = new Float32Array(size * size);
  for (const [at, value] of distance.entries()) {
    const i = Number(residue1[at]) - 1;
    const j = Number(residue2[at]) - 1;
    if (!(i >= 0 && i < size && j >= 0 && j < size)) {
      throw new UnreadablePaeError(
        t('Entry {0} of the predicted aligned errors names a residue that is not there.', at + 1),
      );
    }
    values[i * size + j] = errorOf(value, i, j);
  }
  return { size, values };
}

function errorOf(value: unknown, i: number, j: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new UnreadablePaeError(t('The predicted aligned error of residues {0} and {1} is not a number.', i + 1, j + 1));
}

function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** Green of the AlphaFold database, dark (0 Å) to white (the maximum). */
const DARK: readonly [number, number, number] = [0, 68, 27];
/** The middle of the scale, as matplotlib's `Greens_r` has it. */
const MIDDLE: readonly [number, number, number] = [116, 196, 118];
const LIGHT: readonly [number, number, number] = [247, 252, 245];

/** Colour of an error: red, green, blue in 0–255. */
export function paeColor(value: number, max: number): [number, number, number] {
  const part = Math.min(1, Math.max(0, value / max));
  const [from, to, at] = part < 0.5 ? [DARK, MIDDLE, part * 2] : [MIDDLE, LIGHT, part * 2 - 1];
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (to[channel] - from[channel]) * at);
  return [mix(0), mix(1), mix(2)];
}

/** Mean error between two sets of residues, both ways round; `NaN` for empty ones. */
export function meanPae(pae: Pae, rows: readonly number[], columns: readonly number[]): number {
  let sum = 0;
  for (const i of rows) {
    for (const j of columns) {
      sum += (pae.values[i * pae.size + j] ?? Number.NaN) + (pae.values[j * pae.size + i] ?? Number.NaN);
    }
  }
  return sum / (2 * rows.length * columns.length);
}
