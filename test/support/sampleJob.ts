import { randomUUID } from 'node:crypto';
import type { Job, Run } from '../../backend/api/job.ts';

/** A job as dispatch leaves it, to be changed where a test cares. */
export function sampleJob(changes: Partial<Job> = {}): Job {
  return {
    id: randomUUID(),
    name: 'HBB_HUMAN',
    owner: 'ada',
    engine: 'homology',
    queue: 'local',
    comment: '测试',
    parameters: {
      dbPreset: 'full_dbs',
      modelPreset: 'monomer',
      modelNames: ['model_1'],
      maxTemplateDate: '2020-05-14',
      gpu: 1,
      modelsToRelax: 'best',
      numMultimerPredictionsPerModel: 5,
      excludeTemplates: [],
    },
    chains: [{ id: 'HBB_HUMAN', description: 'beta globin', length: 147 }],
    status: 'QUEUED',
    warnings: [],
    runs: [],
    createdAt: '2026-11-22T10:00:00.000Z',
    updatedAt: '2026-11-22T10:00:00.000Z',
    version: 1,
    ...changes,
  };
}

export function sampleRun(changes: Partial<Run> = {}): Run {
  return { id: randomUUID(), stage: 'predict', status: 'RUNNING', attempt: 1, ...changes };
}
