import type { Job } from '../../backend/api/job.ts';
import type { Asking } from '../submit/steps.ts';
import type { Services } from './services.ts';

/**
 * Predicts FASTA files, or one record; asks only what matters.
 *
 * @param given what VS Code gave: the file that was clicked, all files that are chosen; or a record
 * @returns the submitted jobs; empty when the user gave up
 */
export function predictStructure(services: Services, ...given: unknown[]): Promise<readonly Job[]> {
  return predict(services, 'usual', given);
}

/** The same with everything that can be chosen, also what is seldom changed. */
export function predictWithOptions(services: Services, ...given: unknown[]): Promise<readonly Job[]> {
  return predict(services, 'all', given);
}

/** The same without the questions that were answered last time. What costs something is still shown before. */
export function predictWithLastSettings(services: Services, ...given: unknown[]): Promise<readonly Job[]> {
  return predict(services, 'settled', given);
}

async function predict(services: Services, asking: Asking, given: readonly unknown[]): Promise<readonly Job[]> {
  const submitting = await import(/* webpackChunkName: "submit" */ '../submit/predict.ts');
  return submitting.predict(services, asking, ...given);
}
