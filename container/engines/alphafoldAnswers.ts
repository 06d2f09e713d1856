/** What the AlphaFold driver's files and doctor say, in the runner's words. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { predictionSchema } from './engine.ts';

export const PREDICTION_FILE = 'prediction.json';

/** The driver broke the agreement between it and us: a file is missing or is not what it should be. */
export class AlphafoldAnswerError extends Error {
  override readonly name = 'AlphafoldAnswerError';
}

async function readAnswer<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new AlphafoldAnswerError(`AlphaFold's driver ended without a readable ${file}.`, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new AlphafoldAnswerError(`AlphaFold's driver wrote a ${file} that is not what it should be (${place}).`);
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Files of the cache are named by the driver and become part of a key. */
const plainName = z.string().regex(/^[A-Za-z0-9_]+\.[a-z0-9]+$/);

const planSchema = z.object({
  features_key: sha256,
  /** Digest of the versions of databases and programs, which are a part of every key. */
  versions: sha256,
  searches: z.array(z.object({ key: sha256, search: z.string(), file: plainName })).min(1),
});
/** Where in the cache the features and the searches of a target are. */
export type Plan = z.infer<typeof planSchema>;

export function readPlan(file: string): Promise<Plan> {
  return readAnswer(file, planSchema);
}

const manifestSchema = z.object({ file: plainName, size: z.number().int().min(0), sha256 });
/** What is beside a file of the cache: its size and checksum. */
export type CacheManifest = z.infer<typeof manifestSchema>;

export function readManifest(file: string): Promise<CacheManifest> {
  return readAnswer(file, manifestSchema);
}

const driverPredictionSchema = predictionSchema.extend({
  confidence_metric: z.literal('pLDDT'),
  /** `random` marks the structures of a network that was never trained. */
  parameters: z.enum(['published', 'random']),
});
export type DriverPrediction = z.infer<typeof driverPredictionSchema>;

export function readPrediction(file: string): Promise<DriverPrediction> {
  return readAnswer(file, driverPredictionSchema);
}

const checkpointSchema = z.object({ files: z.record(z.string(), sha256) });

/** Names of the files that a record of a finished step is about; none if it is no such record. */
export async function readCheckpoint(file: string): Promise<readonly string[]> {
  try {
    return Object.keys((await readAnswer(file, checkpointSchema)).files);
  } catch {
    return [];
  }
}

const doctorSchema = z.object({
  ok: z.boolean(),
  version: z.string(),
  software: z.record(z.string(), z.string()),
  missing: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
});
export type DoctorAnswer = z.infer<typeof doctorSchema>;

/** @throws AlphafoldAnswerError when the text is no answer of the driver's doctor */
export function parseDoctor(text: string): DoctorAnswer {
  try {
    return doctorSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AlphafoldAnswerError('The engine did not say whether it is ready.', { cause: error });
  }
}
