/**
 * The one place that knows the wire names. The article's names (`fasta`, `file_name`, `que` …) live here and nowhere
 * else; everything behind speaks the words of `job.ts`.
 */
import * as z from 'zod';
import {
  CONFIDENCE_METRICS,
  DB_PRESETS,
  ENGINES,
  JOB_STATUSES,
  type Job,
  type JobParameters,
  type JobRequest,
  MODEL_NAMES,
  MODEL_PRESETS,
  RELAX_CHOICES,
  RUN_STATUSES,
  STAGES,
} from './job.ts';
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

const wireParametersSchema = z.object({
  db_preset: z.enum(DB_PRESETS),
  model_preset: z.enum(MODEL_PRESETS),
  model_names: z.array(z.enum(MODEL_NAMES)),
  max_template_date: z.string(),
  gpu: z.number(),
  models_to_relax: z.enum(RELAX_CHOICES),
  num_multimer_predictions_per_model: z.number(),
  random_seed: z.number().optional(),
  stop_at_confidence: z.number().optional(),
  exclude_templates: z.array(z.string()),
  max_template_identity: z.number().optional(),
});

/** Parameters under their wire names: in answers and in `input/{id}/job.json`. */
export function parametersToWire(p: JobParameters): z.infer<typeof wireParametersSchema> {
  return dropUndefined({
    db_preset: p.dbPreset,
    model_preset: p.modelPreset,
    model_names: [...p.modelNames],
    max_template_date: p.maxTemplateDate,
    gpu: p.gpu,
    models_to_relax: p.modelsToRelax,
    num_multimer_predictions_per_model: p.numMultimerPredictionsPerModel,
    random_seed: p.randomSeed,
    stop_at_confidence: p.stopAtConfidence,
    exclude_templates: [...p.excludeTemplates],
    max_template_identity: p.maxTemplateIdentity,
  });
}

function parametersFromWire(w: z.infer<typeof wireParametersSchema>): JobParameters {
  return dropUndefined({
    dbPreset: w.db_preset,
    modelPreset: w.model_preset,
    modelNames: w.model_names,
    maxTemplateDate: w.max_template_date,
    gpu: w.gpu,
    modelsToRelax: w.models_to_relax,
    numMultimerPredictionsPerModel: w.num_multimer_predictions_per_model,
    randomSeed: w.random_seed,
    stopAtConfidence: w.stop_at_confidence,
    excludeTemplates: w.exclude_templates,
    maxTemplateIdentity: w.max_template_identity,
  });
}

const wireProgressSchema = z.object({
  stage: z.enum(STAGES),
  step: z.string(),
  fraction: z.number(),
  message: z.string().optional(),
});

const wireRunSchema = z.object({
  id: z.string(),
  stage: z.enum(STAGES),
  status: z.enum(RUN_STATUSES),
  scheduler_id: z.string().optional(),
  attempt: z.number().int(),
  status_reason: z.string().optional(),
  exit_code: z.number().int().optional(),
  started_at: z.string().optional(),
  ended_at: z.string().optional(),
});

export const wireJobSchema = wireParametersSchema
  .extend({
    id: z.string(),
    fasta: z.string(),
    owner: z.string(),
    engine: z.enum(ENGINES),
    que: z.string(),
    comment: z.string(),
    file_name: z.string().optional(),
    chains: z.array(
      z.object({
        id: z.string(),
        description: z.string(),
        length: z.number().int(),
        sequence_hash: z.string().optional(),
      }),
    ),
    job_status: z.enum(JOB_STATUSES),
    status_reason: z.string().optional(),
    progress: wireProgressSchema.optional(),
    warnings: z.array(z.string()),
    runs: z.array(wireRunSchema),
    result: z
      .object({
        confidence_metric: z.enum(CONFIDENCE_METRICS),
        mean_confidence: z.number(),
        models: z.number().int(),
        best_model: z.string(),
      })
      .optional(),
    failure: z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() }).optional(),
    cost: z.object({ currency: z.string(), amount: z.number(), is_at_most: z.boolean() }).optional(),
    cancel_requested_at: z.string().optional(),
    delete_requested_at: z.string().optional(),
    created_at: z.string(),
    updated_at: z.string(),
    started_at: z.string().optional(),
    ended_at: z.string().optional(),
    version: z.number().int(),
  })
  .meta({ id: 'Job', description: 'One prediction that a user asked for' });
export type WireJob = z.infer<typeof wireJobSchema>;

export function jobToWire(job: Job): WireJob {
  return dropUndefined({
    id: job.id,
    fasta: job.name,
    owner: job.owner,
    engine: job.engine,
    que: job.queue,
    comment: job.comment,
    file_name: job.fileName,
    ...parametersToWire(job.parameters),
    chains: job.chains.map(({ sequenceHash, ...chain }) => dropUndefined({ ...chain, sequence_hash: sequenceHash })),
    job_status: job.status,
    status_reason: job.statusReason,
    progress: job.progress && { ...job.progress },
    warnings: [...job.warnings],
    runs: job.runs.map((run) =>
      dropUndefined({
        id: run.id,
        stage: run.stage,
        status: run.status,
        scheduler_id: run.schedulerId,
        attempt: run.attempt,
        status_reason: run.statusReason,
        exit_code: run.exitCode,
        started_at: run.startedAt,
        ended_at: run.endedAt,
      }),
    ),
    result: job.result && {
      confidence_metric: job.result.confidenceMetric,
      mean_confidence: job.result.meanConfidence,
      models: job.result.models,
      best_model: job.result.bestModel,
    },
    failure: job.failure && { ...job.failure },
    cost: job.cost && { currency: job.cost.currency, amount: job.cost.amount, is_at_most: job.cost.isAtMost },
    cancel_requested_at: job.cancelRequestedAt,
    delete_requested_at: job.deleteRequestedAt,
    created_at: job.createdAt,
    updated_at: job.updatedAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
    version: job.version,
  });
}

export function jobFromWire(w: WireJob): Job {
  return dropUndefined({
    id: w.id,
    name: w.fasta,
    owner: w.owner,
    engine: w.engine,
    queue: w.que,
    comment: w.comment,
    fileName: w.file_name,
    parameters: parametersFromWire(w),
    chains: w.chains.map(({ sequence_hash, ...chain }) => dropUndefined({ ...chain, sequenceHash: sequence_hash })),
    status: w.job_status,
    statusReason: w.status_reason,
    progress: w.progress && dropUndefined(w.progress),
    warnings: w.warnings,
    runs: w.runs.map((run) =>
      dropUndefined({
        id: run.id,
        stage: run.stage,
        status: run.status,
        schedulerId: run.scheduler_id,
        attempt: run.attempt,
        statusReason: run.status_reason,
        exitCode: run.exit_code,
        startedAt: run.started_at,
        endedAt: run.ended_at,
      }),
    ),
    result: w.result && {
      confidenceMetric: w.result.confidence_metric,
      meanConfidence: w.result.mean_confidence,
      models: w.result.models,
      bestModel: w.result.best_model,
    },
    failure: w.failure && dropUndefined(w.failure),
    cost: w.cost && { currency: w.cost.currency, amount: w.cost.amount, isAtMost: w.cost.is_at_most },
    cancelRequestedAt: w.cancel_requested_at,
    deleteRequestedAt: w.delete_requested_at,
    createdAt: w.created_at,
    updatedAt: w.updated_at,
    startedAt: w.started_at,
    endedAt: w.ended_at,
    version: w.version,
  });
}
