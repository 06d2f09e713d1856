import type { Engine, JobRequest, QueueInfo } from '../api/job.ts';
import type { ProblemDetail } from '../api/problem.ts';

/** What an engine makes of a request's parameters. */
export interface Verdict {
  readonly mistakes: readonly ProblemDetail[];
  readonly warnings: readonly string[];
}

/** Checks the parameters against what the engine and its queue can do. */
export function checkParameters(engine: Engine, request: JobRequest, queue: QueueInfo): Verdict {
  return engine === 'homology' ? checkHomology(request) : checkAlphafold(request, queue);
}

/**
 * The template library (structure_db of Debian's promod3-data) has no release dates; its chains were released up to
 * about 2018. A cut-off at or after this date keeps all of it, an earlier one cannot be honoured.
 */
const LIBRARY_END = '2019-01-01';

/** Request fields that only mean something to AlphaFold. */
const ALPHAFOLD_FIELDS = [
  'preset',
  'db_preset',
  'model_preset',
  'model_names',
  'models_to_relax',
  'num_multimer_predictions_per_model',
  'stop_at_confidence',
];

function checkHomology({ parameters, given }: JobRequest): Verdict {
  const mistakes: ProblemDetail[] = [];
  if (parameters.modelPreset === 'multimer') {
    mistakes.push({
      field: 'model_preset',
      message: 'the homology engine models single chains; it cannot predict how chains assemble',
      remedy: 'Submit each chain as its own job, without model_preset.',
      code: 'multimer-unsupported',
    });
  }
  if (given.includes('max_template_date') && parameters.maxTemplateDate < LIBRARY_END) {
    mistakes.push({
      field: 'max_template_date',
      message: `the homology engine cannot leave out templates newer than ${parameters.maxTemplateDate}: its library holds PDB chains up to about 2018, without their dates`,
      remedy: `Give a date from ${LIBRARY_END} on, or none; exclude_templates leaves out single PDB entries.`,
      code: 'template-date-unsupported',
    });
  }
  const idle = ALPHAFOLD_FIELDS.filter((field) => given.includes(field));
  if (parameters.gpu > 1) idle.push('gpu');
  const warnings =
    idle.length === 0
      ? []
      : [
          `The homology engine does not use ${idle.join(', ')}: ${idle.length === 1 ? 'it has' : 'they have'} no effect.`,
        ];
  return { mistakes, warnings };
}

function checkAlphafold({ parameters }: JobRequest, queue: QueueInfo): Verdict {
  const mistakes: ProblemDetail[] = [];
  if (parameters.gpu > queue.maxGpu) {
    mistakes.push({
      field: 'gpu',
      message: `queue ${queue.name} has ${queue.maxGpu} GPU${queue.maxGpu === 1 ? '' : 's'} on one machine, ${parameters.gpu} were asked for`,
      remedy: 'Ask for fewer GPUs, or choose a larger queue (GET /queues).',
      code: 'too-many-gpus',
    });
  }
  return { mistakes, warnings: [] };
}
