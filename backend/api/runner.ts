import * as z from 'zod';
import { DB_PRESETS, ENGINES, MODEL_NAMES, MODEL_PRESETS, type Progress, RELAX_CHOICES, STAGES } from './job.ts';

/**
 * What backend and runner say to each other: `input/{id}/job.json` (the order), progress lines on the runner's stdout,
 * and its exit codes.
 */

/** Exit codes of the runner and of an engine. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** The engine's honest "cannot predict this" (no template …): never retried. */
  cannotPredict: 3,
  /** Ended by SIGTERM (128 + 15). */
  terminated: 143,
} as const;

export const jobOrderSchema = z.strictObject({
  schema: z.literal(1),
  id: z.string(),
  name: z.string(),
  engine: z.enum(ENGINES),
  /** File name below the job folder. */
  fasta: z.string(),
  fasta_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  parameters: z.strictObject({
    db_preset: z.enum(DB_PRESETS),
    model_preset: z.enum(MODEL_PRESETS),
    model_names: z.array(z.enum(MODEL_NAMES)),
    max_template_date: z.string(),
    gpu: z.number().int(),
    models_to_relax: z.enum(RELAX_CHOICES),
    num_multimer_predictions_per_model: z.number().int(),
    random_seed: z.number().int().optional(),
    stop_at_confidence: z.number().optional(),
    exclude_templates: z.array(z.string()),
    max_template_identity: z.number().optional(),
  }),
});
/** `input/{id}/job.json`. */
export type JobOrder = z.infer<typeof jobOrderSchema>;

/** `output/{id}/failure.json`: why an engine could not predict; written for exit code 3 and known failures. */
export const failureFileSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
});
export type FailureFile = z.infer<typeof failureFileSchema>;

/** What `--status-file` holds: how one attempt of a run ended. Written atomically as the runner's very last act. */
export const runnerStatusSchema = z.object({
  exit_code: z.number().int(),
  attempt: z.number().int().min(1),
  /** ISO 8601 UTC. */
  started_at: z.string(),
  ended_at: z.string(),
  /** One sentence for people: why it ended so. */
  reason: z.string(),
});
export type RunnerStatus = z.infer<typeof runnerStatusSchema>;

/** What `runner doctor --engine NAME` prints on stdout: can this engine predict here, and if not, what to do. */
export const engineReportSchema = z.object({
  engine: z.enum(ENGINES),
  available: z.boolean(),
  /** Why it is not available; absent when it is. */
  reason: z.string().optional(),
  /** What to do about it, as a sentence with the command to run. */
  remedy: z.string().optional(),
  version: z.string().optional(),
  /** Name → version of what it runs on. */
  software: z.record(z.string(), z.string()),
  /** The template library; `ready: false` means that the first prediction builds it. */
  library: z
    .object({ ready: z.boolean(), folder: z.string().optional(), chains: z.number().int().optional() })
    .optional(),
});
export type EngineReport = z.infer<typeof engineReportSchema>;

const progressLineSchema = z.object({
  progress: z.object({
    stage: z.enum(STAGES),
    step: z.string(),
    fraction: z.number().min(0).max(1),
    message: z.string().optional(),
  }),
});

const PROGRESS_START = '{"progress":';

/** Writes one progress line (without the newline). */
export function formatProgressLine(progress: Progress): string {
  return JSON.stringify({ progress });
}

/** The progress that a line of a runner's or engine's stdout tells, or `undefined` for an ordinary log line. */
export function parseProgressLine(line: string): Progress | undefined {
  if (!line.startsWith(PROGRESS_START)) return undefined;
  try {
    const { progress } = progressLineSchema.parse(JSON.parse(line));
    const { message, ...rest } = progress;
    return message === undefined ? rest : { ...rest, message };
  } catch {
    return undefined;
  }
}

/** Names of a job's objects in the store. */
export const jobKeys = {
  inputFolder: (id: string): string => `input/${id}/`,
  order: (id: string): string => `input/${id}/job.json`,
  fasta: (id: string): string => `input/${id}/target.fasta`,
  outputFolder: (id: string): string => `output/${id}/`,
  result: (id: string): string => `output/${id}/result.json`,
  /** What a job's `features` stage hands to its `predict` stage: where in the cache its features are. */
  prepared: (id: string): string => `output/${id}/features.json`,
  /** What jobs share, see `docs/alphafold.md`. */
  sharedFolder: 'features/',
  failure: (id: string): string => `output/${id}/failure.json`,
  /**
   * Folder of one attempt's files, `output/{id}/attempt-{n}-{token}/`. Every attempt writes to a folder that no other
   * attempt ever writes to, and `result.json` names files of one of them: so two attempts at once cannot mix.
   *
   * @param token random, lower-case hexadecimal
   */
  attemptFolder: (id: string, attempt: number, token: string): string => `output/${id}/attempt-${attempt}-${token}/`,
} as const;

/** `ranked_0.pdb` for `attempt-1-9f3c2a/ranked_0.pdb`: what to call a result's file where people see or save it. */
export function withoutAttemptFolder(path: string): string {
  return path.replace(/^attempt-[0-9]+-[0-9a-f]+\//, '');
}
