import type { Job } from '../api/job.ts';
import { EXIT } from '../api/runner.ts';
import { EXIT_CODES } from './exitCodes.ts';

/** Whether the engine said that it cannot predict this, as opposed to a failure. */
export function isUnpredictable(job: Job): boolean {
  return (
    job.status === 'FAILED' &&
    (job.failure?.code === 'no-template' || job.runs.some(({ exitCode }) => exitCode === EXIT.cannotPredict))
  );
}

/** The exit code for jobs that have been waited for. @param expected how many there were to begin with */
export function exitCodeOf(jobs: readonly Job[], expected: number): number {
  const succeeded = jobs.filter(({ status }) => status === 'SUCCEEDED').length;
  if (succeeded === expected) return EXIT_CODES.ok;
  if (succeeded > 0) return EXIT_CODES.someFailed;
  return jobs.length === expected && jobs.every(isUnpredictable) ? EXIT_CODES.cannotPredict : EXIT_CODES.error;
}
