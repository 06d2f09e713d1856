/** Which stages a job has, and what is known of each. Pure. */
import { isLive, type Job, type Run, type Stage } from '../../backend/api/job.ts';

/**
 * The newest run of a stage; `to-come` before there is one, `taken-over` where there never will be, because what it makes
 * was in the cache.
 */
export type StageState = Run | 'to-come' | 'taken-over';

/** The stages of a job in their order; those that it never comes to are left out. */
export function stagesOf(job: Job): readonly { readonly stage: Stage; readonly state: StageState }[] {
  const stages: readonly Stage[] = job.engine === 'alphafold2' ? ['features', 'predict'] : ['predict'];
  const newest = (stage: Stage): Run | undefined => job.runs.findLast((run) => run.stage === stage);
  return stages.flatMap((stage, index) => {
    const isTakenOver = stages.slice(index + 1).some(newest);
    const isToCome = job.runs.length > 0 && isLive(job.status);
    const state = newest(stage) ?? (isTakenOver ? 'taken-over' : isToCome ? 'to-come' : undefined);
    return state === undefined ? [] : [{ stage, state }];
  });
}
