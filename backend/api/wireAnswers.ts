/** Wire shapes of every answer but the job itself, and their mapping to the words of `job.ts`. */
import * as z from 'zod';
import { ENGINES, type Estimate, type LogPage, type QueueInfo, STAGES } from './job.ts';
import { dropUndefined } from './optional.ts';
import { wireJobSchema } from './wire.ts';

export const wireLogPageSchema = z
  .object({
    data: z.array(z.object({ run_id: z.string(), stage: z.enum(STAGES), at: z.string().optional(), text: z.string() })),
    next: z.string(),
    done: z.boolean(),
  })
  .meta({ id: 'LogPage', description: 'Log lines; `next` resumes exactly where this page ended' });

const wireItemOutcomeSchema = z
  .object({
    id: z.string(),
    outcome: z.enum(['cancelling', 'cancelled', 'deleting', 'deleted', 'unchanged', 'refused']),
    reason: z.string().optional(),
  })
  .meta({ id: 'Outcome', description: 'What became of one job; `deleting` and `cancelling` go on by themselves' });

export const wireBulkSchema = z
  .object({ data: z.array(wireItemOutcomeSchema) })
  .meta({ id: 'BulkOutcomes', description: 'One outcome for each job that the call concerned' });
/** Answer of `DELETE /{id}`. */
export const wireOutcomeSchema = z.object({ data: wireItemOutcomeSchema });

export const wireQueueSchema = z
  .object({
    name: z.string(),
    engine: z.enum(ENGINES),
    description: z.string(),
    aliases: z.array(z.string()),
    available: z.boolean(),
    reason: z.string().optional(),
    remedy: z.string().optional(),
    gpu_model: z.string().optional(),
    max_gpu: z.number().int(),
    running: z.number().int().optional(),
    waiting: z.number().int().optional(),
    slots: z.number().int().optional(),
  })
  .meta({ id: 'Queue' });
export type WireQueue = z.infer<typeof wireQueueSchema>;

const range = z.object({ low: z.number(), likely: z.number(), high: z.number() });
export const wireEstimateSchema = z
  .object({
    fasta: z.string(),
    engine: z.enum(ENGINES),
    que: z.string(),
    length: z.number().int(),
    minutes: range,
    cost: range.extend({ currency: z.string() }).optional(),
    memory: z.object({ verdict: z.enum(['fits', 'tight', 'too-large']), reason: z.string() }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Estimate' });
export type WireEstimate = z.infer<typeof wireEstimateSchema>;

export const wireJobListSchema = z.object({ data: z.array(wireJobSchema), next: z.string().optional() });
/** Answer of a cancel: the job, CANCELLING or already CANCELLED. */
export const wireOneJobSchema = z.object({ data: wireJobSchema });
export const wireSubmittedSchema = z.object({ data: z.array(wireJobSchema) });
export const wireJobAnswerSchema = z.object({ data: wireJobSchema, logs: wireLogPageSchema });
export const wireQueuesSchema = z.object({ data: z.array(wireQueueSchema) });
export const wireEstimatesSchema = z.object({ data: z.array(wireEstimateSchema) });
export const wireHealthSchema = z
  .object({ status: z.literal('ok'), version: z.string(), backend: z.enum(['local', 'aws']) })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof wireHealthSchema>;

export function logPageToWire(page: LogPage): z.infer<typeof wireLogPageSchema> {
  return {
    data: page.lines.map(({ runId, ...line }) => ({ run_id: runId, ...line })),
    next: page.next,
    done: page.done,
  };
}

export function logPageFromWire(wire: z.infer<typeof wireLogPageSchema>): LogPage {
  return {
    lines: wire.data.map(({ run_id, ...line }) => dropUndefined({ runId: run_id, ...line })),
    next: wire.next,
    done: wire.done,
  };
}

export function queueToWire({ gpuModel, maxGpu, aliases, ...queue }: QueueInfo): WireQueue {
  return dropUndefined({ ...queue, aliases: [...aliases], gpu_model: gpuModel, max_gpu: maxGpu });
}

export function queueFromWire({ gpu_model, max_gpu, ...queue }: WireQueue): QueueInfo {
  return dropUndefined({ ...queue, gpuModel: gpu_model, maxGpu: max_gpu });
}

export function estimateToWire({ name, queue, warnings, ...estimate }: Estimate): WireEstimate {
  return dropUndefined({ ...estimate, fasta: name, que: queue, warnings: [...warnings] });
}

export function estimateFromWire({ fasta, que, ...estimate }: WireEstimate): Estimate {
  return dropUndefined({ ...estimate, name: fasta, queue: que });
}
