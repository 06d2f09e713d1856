/** What the tools tell a language model: plain English, whatever the editor speaks, with what to do next. Pure. */

import { type ConfidenceMetric, type Estimate, isLive, type Job } from '../../backend/api/job.ts';
import type { Result } from '../../backend/api/result.ts';
import type { Profile } from '../connection/profiles.ts';
import { countBands, type ResidueConfidence, weakRegions } from './confidenceProfile.ts';

const METRICS = {
  pLDDT: 'pLDDT is AlphaFold’s own confidence in each residue, 0–100.',
  'estimated CA-lDDT':
    'Estimated CA-lDDT is how well the arrangement of the Cα atoms is expected to match the truth, 0–100. It is not pLDDT.',
} as const satisfies Record<ConfidenceMetric, string>;

/** Regions that are listed; the rest is counted. */
const MAX_REGIONS = 12;
const MAX_FILES = 60;

/** Which backend answered: jobs and results of one are unknown to the others. */
export function backendText(profile: Profile): string {
  return profile.kind === 'local'
    ? 'Backend: this computer.'
    : `Backend: ${JSON.stringify(profile.name)} at ${profile.url}.`;
}

export function submittedText(jobs: readonly Job[], estimates: readonly Estimate[]): string {
  const lines = jobs.map((job, index) => {
    const minutes = estimates[index]?.minutes;
    const time = minutes ? `; likely ${round(minutes.likely)} min (${round(minutes.low)}–${round(minutes.high)})` : '';
    return `- ${job.id}: ${job.name}, ${residues(job)}, queue ${job.queue}${time}`;
  });
  const count = jobs.length === 1 ? 'One prediction was' : `${jobs.length} predictions were`;
  return [
    `${count} submitted:`,
    ...lines,
    'Use foldpad_status with job_id (and wait_seconds) to follow it, then foldpad_results.',
  ].join('\n');
}

export function jobsText(jobs: readonly Job[], limit: number): string {
  if (jobs.length === 0) return 'There are no predictions yet. foldpad_predict submits one.';
  const shown = jobs.slice(0, limit);
  const rest = jobs.length - shown.length;
  const more = rest > 0 ? [`… and ${rest} older ones; give a larger "limit" to see them.`] : [];
  return ['Newest first:', ...shown.map((job) => `- ${jobLine(job)}`), ...more].join('\n');
}

export function jobText(job: Job): string {
  const lines = [
    jobLine(job),
    `Target: ${residues(job)}. Engine: ${job.engine}. Queue: ${job.queue}. Submitted ${job.createdAt}.`,
    ...(job.startedAt ? [`Started ${job.startedAt}${job.endedAt ? `, ended ${job.endedAt}` : ''}.`] : []),
    ...(job.cost ? [`Cost: ${job.cost.isAtMost ? 'at most ' : ''}${job.cost.amount} ${job.cost.currency}.`] : []),
    ...job.warnings.map((warning) => `Warning: ${warning}`),
  ];
  if (job.status === 'SUCCEEDED') lines.push('foldpad_results gives the models, their confidence and the files.');
  else if (isLive(job.status)) lines.push('Ask again with wait_seconds to wait for its end.');
  return lines.join('\n');
}

/** `ID "name": RUNNING, 40 % of predict (model_2)` */
function jobLine(job: Job): string {
  return `${job.id} "${job.name}": ${job.status}${detail(job)}`;
}

function detail({ status, statusReason, progress, failure, result }: Job): string {
  if (result && status === 'SUCCEEDED') return `, mean ${result.confidenceMetric} ${round(result.meanConfidence)}`;
  if (failure) return `. ${[failure.message, failure.remedy].filter(Boolean).join(' ')}`;
  if (progress && status === 'RUNNING') {
    return `, ${Math.floor(progress.fraction * 100)} % of ${progress.stage} (${progress.step})`;
  }
  return statusReason ? `. ${statusReason}` : '';
}

/**
 * @param best confidence of each residue of the best model
 * @param uriOf where a program can read a file of the result
 */
export function resultsText(
  result: Result,
  best: readonly ResidueConfidence[],
  uriOf: (path: string) => string,
): string {
  const metric = result.confidence_metric;
  const models = [...result.models].sort((a, b) => a.rank - b.rank);
  const files = result.files.slice(0, MAX_FILES);
  return [
    `${result.name} (job ${result.job_id}): ${result.method}, ${result.engine_version}.`,
    'Models, best first:',
    ...models.map((model, index) => {
      const template = model.template ? `, template ${model.template.id}${identity(model.template.identity)}` : '';
      const { residues_modelled: modelled } = model;
      return `${index + 1}. ${model.name}: mean ${metric} ${round(model.mean_confidence)}, ${modelled} of ${result.sequence_length} residues${template}, ${model.files.pdb}`;
    }),
    ...profileLines(best),
    METRICS[metric],
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    'Files:',
    ...files.map(({ path, size }) => `- ${uriOf(path)} (${size} bytes)`),
    ...(result.files.length > files.length ? [`… and ${result.files.length - files.length} more`] : []),
  ].join('\n');
}

function profileLines(best: readonly ResidueConfidence[]): readonly string[] {
  if (best.length === 0) return [];
  const { veryHigh, high, low, veryLow } = countBands(best);
  const regions = weakRegions(best);
  const listed = regions.slice(0, MAX_REGIONS).map(({ chain, from, to, mean }) => {
    const where = from === to ? `${chain}:${from}` : `${chain}:${from}–${to}`;
    return `${where} (mean ${round(mean)})`;
  });
  const rest = regions.length - listed.length;
  const weak =
    regions.length === 0
      ? 'No residue is below 70.'
      : `Below 70, do not rely on: ${listed.join(', ')}${rest > 0 ? `, and ${rest} shorter regions` : ''}.`;
  return [
    `Residues of the best model by confidence: ${veryHigh} at 90 and above, ${high} from 70, ${low} from 50, ${veryLow} below 50.`,
    weak,
  ];
}

function identity(value: number | undefined): string {
  return value === undefined ? '' : ` (${Math.round(value * 100)} % identical)`;
}

function residues({ chains }: Job): string {
  const sum = chains.reduce((all, { length }) => all + length, 0);
  return chains.length === 1 ? `${sum} residues` : `${sum} residues in ${chains.length} chains`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
