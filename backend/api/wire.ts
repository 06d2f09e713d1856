/**
 * A job under its wire names. The article's names (`fasta`, `file_name`, `que` …) live here, in `wireRequest.ts` and in
 * `wireParameters.ts`, and nowhere else; everything behind speaks the words of `job.ts`.
 */
import * as z from 'zod';
import { CONFIDENCE_METRICS, ENGINES, JOB_STATUSES, type Job, RUN_STATUSES, STAGES } from './job.ts';
import { dropUndefined } from './optional.ts';
import { parametersFromWire, parametersToWire, wireParametersSchema } from './wireParameters.ts';

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
  superseded: z.literal(true).optional(),
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
        superseded: run.superseded,
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
        superseded: run.superseded,
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
