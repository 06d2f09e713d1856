/** The parameters of a prediction under their wire names. */
import * as z from 'zod';
import { DB_PRESETS, type JobParameters, MODEL_NAMES, MODEL_PRESETS, RELAX_CHOICES } from './job.ts';
import { dropUndefined } from './optional.ts';

export const wireParametersSchema = z.object({
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

export function parametersFromWire(w: z.infer<typeof wireParametersSchema>): JobParameters {
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
