/** Jobs in words, for people. */
import { isFinished, type Job, type JobStatus } from '../api/job.ts';
import type { Output, Style } from './output.ts';

const STATUS_STYLES: Partial<Record<JobStatus, Style>> = {
  SUCCEEDED: 'green',
  FAILED: 'red',
  CANCELLED: 'gray',
  RUNNING: 'cyan',
  STARTING: 'cyan',
};

export function styledStatus(output: Output, status: JobStatus): string {
  const style = STATUS_STYLES[status];
  return style ? output.style(style, status) : status;
}

/** `estimated CA-lDDT 89.6`: the number never stands without its name. */
export function describeConfidence(job: Pick<Job, 'result'>): string {
  return job.result ? `${job.result.confidenceMetric} ${job.result.meanConfidence.toFixed(1)}` : '';
}

/** What a job is doing or why it waits, in one line. */
export function describeActivity(job: Job): string {
  if (job.status === 'SUCCEEDED') return describeConfidence(job);
  if (job.status === 'FAILED') return job.failure?.message ?? job.statusReason ?? '';
  if (isFinished(job.status)) return job.statusReason ?? '';
  if (job.status === 'RUNNING' && job.progress) {
    const { step, fraction, message } = job.progress;
    return `${Math.round(fraction * 100)} % ${message ?? step}`;
  }
  return job.statusReason ?? '';
}

/** `12 s`, `5 min`, `3 h`, `8 d` */
export function formatSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** Several lines about one job; label and value. */
export function describeJob(job: Job, now: number): [label: string, value: string][] {
  const residues = job.chains.reduce((sum, { length }) => sum + length, 0);
  const rows: [string, string | undefined][] = [
    ['id', job.id],
    ['status', job.status],
    ['why', isFinished(job.status) ? undefined : job.statusReason],
    ['progress', job.status === 'RUNNING' ? describeActivity(job) : undefined],
    ['engine', `${job.engine} (queue ${job.queue})`],
    ['target', `${residues} residues in ${job.chains.map(({ id }) => id).join(', ')}`],
    ['comment', job.comment || undefined],
    ['created', `${job.createdAt} (${formatSpan(now - Date.parse(job.createdAt))} ago)`],
    ['took', job.startedAt && job.endedAt && formatSpan(Date.parse(job.endedAt) - Date.parse(job.startedAt))],
    [
      'attempts',
      job.runs.some(({ attempt }) => attempt > 1) ? `${Math.max(...job.runs.map((r) => r.attempt))}` : undefined,
    ],
    ['confidence', describeConfidence(job) || undefined],
    ['models', job.result && `${job.result.models}`],
    ['failed', job.failure?.message],
    ['do', job.failure?.remedy],
  ];
  return rows.flatMap(([label, value]) => (value ? [[label, value]] : []));
}
