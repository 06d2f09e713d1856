/** What the homology driver's files and doctor say, in the runner's words. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { modelSchema } from '../../backend/api/result.ts';
import type { EngineReport, FailureFile } from '../../backend/api/runner.ts';
import { type Prediction, predictionSchema } from './engine.ts';

export const PREDICTION_FILE = 'prediction.json';
export const NO_TEMPLATE_FILE = 'no_template.json';

/** The driver broke the agreement between it and us: a file is missing or is not what it should be. */
export class DriverAnswerError extends Error {
  override readonly name = 'DriverAnswerError';
}

async function readAnswer<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path.join(folder, name), 'utf8'));
  } catch (error) {
    throw new DriverAnswerError(`The engine ended without a readable ${name}.`, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new DriverAnswerError(`The engine's ${name} is not what it should be (${place}).`);
}

const driverPredictionSchema = predictionSchema.omit({ models: true }).extend({
  models: z
    .array(
      modelSchema.omit({ template: true }).extend({
        /** `<PDB id>_<chain>` */
        template: z.string(),
        identity: z.number(),
        coverage: z.number(),
        probability: z.number(),
      }),
    )
    .min(1),
});

export async function readPrediction(outFolder: string): Promise<Prediction> {
  const { models, ...rest } = await readAnswer(outFolder, PREDICTION_FILE, driverPredictionSchema);
  return {
    ...rest,
    models: models.map(({ template, identity, coverage, probability, ...model }) => ({
      ...model,
      template: { id: template, identity, coverage, probability },
    })),
  };
}

const noTemplateSchema = z.object({
  /** Whole sentences: what was found (best hit, its probability and coverage), what was needed, what to do. */
  reason: z.string(),
  /** What the target missed: a template's probability, or what the method needs of a sequence. */
  threshold: z.record(z.string(), z.number()),
});

/** Why nothing could be predicted. */
export async function readNoTemplate(outFolder: string): Promise<FailureFile> {
  const { reason, threshold } = await readAnswer(outFolder, NO_TEMPLATE_FILE, noTemplateSchema);
  return { code: 'min_probability' in threshold ? 'no-template' : 'unsuitable-target', message: reason };
}

const doctorSchema = z.object({
  ok: z.boolean(),
  version: z.string(),
  software: z.record(z.string(), z.string()),
  missing: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
  library: z.object({ key: z.string().optional() }),
});
/** What the driver's `doctor` prints. */
export type DoctorAnswer = z.infer<typeof doctorSchema>;

/** @throws DriverAnswerError when the text is no answer of the driver's doctor */
export function parseDoctor(text: string): DoctorAnswer {
  try {
    return doctorSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new DriverAnswerError('The engine did not say whether it is ready.', { cause: error });
  }
}

const manifestSchema = z.object({ chains: z.number().int() });

/** The library below `folder` that belongs to the installed software: it is ready when its manifest is there. */
export async function findLibrary(folder: string, key: string | undefined): Promise<EngineReport['library']> {
  if (key === undefined) return { ready: false, folder };
  try {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(path.join(folder, key, 'library.json'), 'utf8')));
    return { ready: true, folder, chains: manifest.chains };
  } catch {
    return { ready: false, folder };
  }
}
