/** What is chosen for predictions beyond their sequences, as it is remembered and as it is sent. Pure. */

import type { FastaMode } from '../../backend/api/fasta/types.ts';
import { MODEL_NAMES, type ModelName, type QueueInfo } from '../../backend/api/job.ts';
import type { WireJobRequest } from '../../backend/api/wireRequest.ts';

/** AlphaFold's databases and kind of model in one word. `pTM` is the kind that also gives the PAE. */
export const PRESET_CHOICES = ['full', 'reduced', 'CASP14', 'pTM'] as const;
export type PresetChoice = (typeof PRESET_CHOICES)[number];

/** What the backend takes when no date is sent (`REQUEST_DEFAULTS`; a test compares them). */
export const DEFAULT_TEMPLATE_DATE = '2020-05-14';

/** Choices that the next prediction begins with. Absent: the backend's default. */
export interface PredictionSettings {
  readonly queue?: string;
  /** Asked for only where a file has several records. */
  readonly mode?: FastaMode;
  readonly preset?: PresetChoice;
  readonly models?: readonly ModelName[];
  /** YYYY-MM-DD */
  readonly maxTemplateDate?: string;
  readonly gpu?: number;
}

/** What of something remembered, perhaps by another version, can still be used. */
export function readSettings(kept: unknown): PredictionSettings {
  if (typeof kept !== 'object' || kept === null) return {};
  const { queue, mode, preset, models, maxTemplateDate, gpu } = kept as Record<string, unknown>;
  const names = Array.isArray(models) ? MODEL_NAMES.filter((name) => models.includes(name)) : [];
  const knownPreset = PRESET_CHOICES.find((name) => name === preset);
  return {
    ...(typeof queue === 'string' && queue !== '' ? { queue } : {}),
    ...(mode === 'monomer' || mode === 'multimer' ? { mode } : {}),
    ...(knownPreset ? { preset: knownPreset } : {}),
    ...(names.length > 0 ? { models: names } : {}),
    ...(typeof maxTemplateDate === 'string' && isDate(maxTemplateDate) ? { maxTemplateDate } : {}),
    ...(typeof gpu === 'number' && Number.isInteger(gpu) && gpu >= 1 && gpu <= 8 ? { gpu } : {}),
  };
}

/** Whether a text is a day of the calendar, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The presets that mean something for a target. CASP14 and pTM are kinds of single-chain models. */
export function presetsFor(mode: FastaMode): readonly PresetChoice[] {
  return mode === 'multimer' ? ['full', 'reduced'] : PRESET_CHOICES;
}

/** The preset that is taken: a remembered one that does not fit the target gives way to the default. */
export function presetOf({ preset = 'full' }: PredictionSettings, mode: FastaMode): PresetChoice {
  return presetsFor(mode).includes(preset) ? preset : 'full';
}

/** The number of GPUs that is taken: no more than the queue's machines have. */
export function gpuOf({ gpu = 1 }: PredictionSettings, { maxGpu }: Pick<QueueInfo, 'maxGpu'>): number {
  return Math.max(1, Math.min(gpu, maxGpu));
}

/** The fields of a request that say how to predict; only those that differ from the backend's defaults. */
export function settingsFields(
  queue: Pick<QueueInfo, 'engine' | 'maxGpu'>,
  mode: FastaMode,
  settings: PredictionSettings,
): Partial<WireJobRequest> {
  // Homology modelling has nothing of this to choose.
  if (queue.engine !== 'alphafold2') return {};
  const { models, maxTemplateDate } = settings;
  const preset = presetOf(settings, mode);
  const gpu = gpuOf(settings, queue);
  return {
    ...(preset === 'pTM' ? { model_preset: 'monomer_ptm' as const } : {}),
    ...(preset === 'reduced' || preset === 'CASP14' ? { preset } : {}),
    ...(models && models.length < MODEL_NAMES.length ? { model_names: [...models] } : {}),
    ...(maxTemplateDate === undefined ? {} : { max_template_date: maxTemplateDate }),
    ...(gpu > 1 ? { gpu } : {}),
  };
}
