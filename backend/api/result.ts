import * as z from 'zod';
import { CONFIDENCE_METRICS, ENGINES, type ResultSummary } from './job.ts';

/**
 * A path below `output/{id}/`: relative, forward slashes, no `.` or `..` segment. Its first part is the attempt's own
 * folder; `withoutAttemptFolder` in `runner.ts` gives the name to show and to save under.
 */
export const relativePathSchema = z
  .string()
  .min(1)
  .max(512)
  .refine(
    (path) => path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') && !path.includes('\\'),
    {
      error: 'must be a relative path without empty, "." or ".." parts',
    },
  );

const templateSchema = z.object({
  /** `<PDB id>_<chain>` */
  id: z.string(),
  /** Fraction of identical residues in the aligned region, 0–1. */
  identity: z.number().min(0).max(1).optional(),
  /** Fraction of the target that the template covers, 0–1. */
  coverage: z.number().min(0).max(1).optional(),
  /** HHsearch probability, 0–100. */
  probability: z.number().min(0).max(100).optional(),
});

export const modelSchema = z.object({
  rank: z.number().int().min(0),
  name: z.string(),
  /** Mean confidence over modelled residues, 0–100, in the metric the result names. */
  mean_confidence: z.number().min(0).max(100),
  residues_modelled: z.number().int().min(0),
  template: templateSchema.optional(),
  files: z.object({
    pdb: relativePathSchema,
    cif: relativePathSchema.optional(),
    confidence: relativePathSchema.optional(),
    pae: relativePathSchema.optional(),
    alignment: relativePathSchema.optional(),
  }),
});

export const resultFileSchema = z.object({
  path: relativePathSchema,
  size: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** `output/{id}/result.json`: written last; a job has succeeded only when it is there. */
export const resultSchema = z
  .object({
    schema: z.literal(1),
    job_id: z.string(),
    name: z.string(),
    engine: z.enum(ENGINES),
    engine_version: z.string(),
    method: z.string(),
    confidence_metric: z.enum(CONFIDENCE_METRICS),
    /** Residues in the target. */
    sequence_length: z.number().int().min(1),
    models: z.array(modelSchema).min(1),
    files: z.array(resultFileSchema),
    /** Seconds by step. */
    timings: z.record(z.string(), z.number()),
    provenance: z.object({
      software: z.record(z.string(), z.string()),
      databases: z.array(z.object({ name: z.string(), version: z.string(), chains: z.number().int().optional() })),
      seed: z.number().int().optional(),
      created_at: z.string(),
      attempt: z.number().int().min(1),
      runner_version: z.string(),
    }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Result', description: 'Ranked models, confidence, files with size and SHA-256, timings, provenance' });
export type Result = z.infer<typeof resultSchema>;
export type ResultModel = z.infer<typeof modelSchema>;
export type ResultFile = z.infer<typeof resultFileSchema>;

/** The part of a result that travels with the job in lists. */
export function summarize(result: Result): ResultSummary {
  const best = result.models.reduce((a, b) => (b.rank < a.rank ? b : a));
  return {
    confidenceMetric: result.confidence_metric,
    meanConfidence: best.mean_confidence,
    models: result.models.length,
    bestModel: best.files.pdb,
  };
}
