/** What benchmark.py writes. */
import * as z from 'zod';

const timeSchema = z.object({ seconds: z.number(), cpu_seconds: z.number() });

const toolSchema = z.object({
  search: z.string(),
  tool: z.string(),
  /** On one core and on two. */
  seconds: z.tuple([z.number(), z.number()]),
  cores_busy: z.number(),
});
export type Tool = z.infer<typeof toolSchema>;

const comparisonSchema = z.object({
  residues: z.number(),
  msa_depth: z.number(),
  templates: z.number(),
  /** Seconds of ours when all answers are known: the start and the assembling. */
  rest: z.number(),
  /** Null where hhblits is at work, which is not deterministic on several threads. */
  different_arrays: z.array(z.string()).nullable(),
  times: z.object({ upstream: z.array(timeSchema), ours: z.array(timeSchema) }),
  /** Medians, seconds. */
  upstream: z.number(),
  ours: z.number(),
  tools: z.array(toolSchema),
  /** Our time to upstream's, by number of CPUs. */
  predicted: z.record(z.string(), z.number()),
  predicted_by_hmmers_author: z.record(z.string(), z.number()),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** By kind of target. */
export const resultsSchema = z.record(z.string(), comparisonSchema);
