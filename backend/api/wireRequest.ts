/** A request on the wire: its schema, and what it asks for in the words of `job.ts`, defaults applied. */
import * as z from 'zod';
import { DB_PRESETS, type JobParameters, type JobRequest, MODEL_NAMES, MODEL_PRESETS, RELAX_CHOICES } from './job.ts';
import { type Defined, dropUndefined } from './optional.ts';

export const REQUEST_DEFAULTS = { maxTemplateDate: '2020-05-14', gpu: 1, preset: 'full' } as const;

/** The article's presets in AlphaFold's own terms. */
const PRESETS = {
  full: { dbPreset: 'full_dbs', modelPreset: 'monomer' },
  reduced: { dbPreset: 'reduced_dbs', modelPreset: 'monomer' },
  CASP14: { dbPreset: 'full_dbs', modelPreset: 'monomer_casp14' },
} as const;

/** 10 million letters: far above every model's limit, far below what would hurt the server. */
const MAX_INLINE_SEQUENCE = 10_000_000;

const isoDate = z.iso.date({ error: 'must be a date written YYYY-MM-DD, for example 2020-05-14' });

const fileName = z
  .string()
  .min(1)
  .max(500)
  .refine(
    (name) =>
      !name.includes('\\') && !name.includes('\0') && name.split('/').every((p) => p !== '' && p !== '.' && p !== '..'),
    { error: 'must be the name of a file below input/, without ".." or a leading "/"' },
  )
  // What every store can name: S3 takes keys of 1024 bytes, file systems names of 255.
  .refine((name) => bytes(name) <= 1000 && name.split('/').every((part) => bytes(part) <= 255), {
    error: 'must have at most 1000 bytes, and 255 between slashes',
  });

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** A request for one job. Unknown fields are refused by name. */
export const wireJobRequestSchema = z
  .strictObject({
    fasta: z
      .string()
      .trim()
      .min(1, { error: 'must name the prediction' })
      .max(200)
      .meta({ description: 'Name of the protein; free text', example: 'HBB_HUMAN' }),
    file_name: fileName.optional().meta({ description: 'FASTA object already under input/', example: 'hbb.fasta' }),
    sequence: z
      .string()
      .min(1)
      .max(MAX_INLINE_SEQUENCE)
      .optional()
      .meta({ description: 'FASTA text, instead of file_name' }),
    que: z.string().min(1).max(100).optional().meta({ description: 'Queue; see GET /queues. Required on AWS' }),
    preset: z.enum(['full', 'reduced', 'CASP14']).optional(),
    db_preset: z.enum(DB_PRESETS).optional().meta({ description: 'Wins over preset' }),
    model_preset: z.enum(MODEL_PRESETS).optional().meta({ description: 'Wins over preset' }),
    model_names: z
      .array(z.enum(MODEL_NAMES))
      .min(1)
      .max(5)
      .refine((names) => new Set(names).size === names.length, { error: 'must not name a model twice' })
      .optional(),
    max_template_date: isoDate.optional(),
    gpu: z.number().int().min(1).max(8).optional(),
    comment: z.string().max(2000).optional(),
    models_to_relax: z.enum(RELAX_CHOICES).optional(),
    num_multimer_predictions_per_model: z.number().int().min(1).max(100).optional(),
    random_seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
    stop_at_confidence: z.number().min(0).max(100).optional(),
    exclude_templates: z
      .array(
        z.string().regex(/^[0-9][A-Za-z0-9]{3}$/, { error: 'must be a PDB id of four characters, for example 1CRN' }),
      )
      .max(10_000)
      .optional(),
    max_template_identity: z.number().gt(0).max(1).optional(),
  })
  .refine((request) => (request.file_name === undefined) !== (request.sequence === undefined), {
    error: 'give exactly one of file_name (a file under input/) and sequence (the FASTA text itself)',
    path: ['file_name'],
    // Also beside other mistakes, so that one answer names them all.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  })
  .meta({ id: 'JobRequest', description: 'One job to predict' });
export type WireJobRequest = z.infer<typeof wireJobRequestSchema>;

/** From the wire, with defaults applied. */
export function requestFromWire(wire: WireJobRequest): JobRequest {
  const preset = PRESETS[wire.preset ?? REQUEST_DEFAULTS.preset];
  const parameters: Defined<JobParameters> = {
    dbPreset: wire.db_preset ?? preset.dbPreset,
    modelPreset: wire.model_preset ?? preset.modelPreset,
    modelNames: wire.model_names ?? [...MODEL_NAMES],
    maxTemplateDate: wire.max_template_date ?? REQUEST_DEFAULTS.maxTemplateDate,
    gpu: wire.gpu ?? REQUEST_DEFAULTS.gpu,
    modelsToRelax: wire.models_to_relax ?? 'best',
    numMultimerPredictionsPerModel: wire.num_multimer_predictions_per_model ?? 5,
    randomSeed: wire.random_seed,
    stopAtConfidence: wire.stop_at_confidence,
    excludeTemplates: (wire.exclude_templates ?? []).map((id) => id.toUpperCase()),
    maxTemplateIdentity: wire.max_template_identity,
  };
  return dropUndefined({
    name: wire.fasta,
    source:
      wire.sequence === undefined
        ? { kind: 'file' as const, fileName: wire.file_name ?? '' }
        : { kind: 'inline' as const, sequence: wire.sequence },
    queue: wire.que,
    comment: wire.comment ?? '',
    parameters: dropUndefined(parameters),
    given: Object.entries(wire).flatMap(([key, value]) => (value === undefined ? [] : [key])),
  });
}
