import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import { stagesOf } from '../../extension/jobs/jobStages.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

describe('the stages of a job', () => {
  const told = (changes: Partial<Job>): readonly string[] =>
    stagesOf(sampleJob({ engine: 'alphafold2', status: 'RUNNING', ...changes })).map(
      ({ stage, state }) => `${stage} ${typeof state === 'string' ? state : state.id}`,
    );
  const features = sampleRun({ id: 'f', stage: 'features' });
  const predict = sampleRun({ id: 'p', stage: 'predict' });

  it('are one for the homology engine, two for AlphaFold, none before there is a plan', () => {
    assert.deepEqual(told({ engine: 'homology', runs: [predict] }), ['predict p']);
    assert.deepEqual(told({ runs: [features, predict] }), ['features f', 'predict p']);
    assert.deepEqual(told({ runs: [features] }), ['features f', 'predict to-come']);
    assert.deepEqual(told({ status: 'QUEUED' }), []);
    assert.deepEqual(told({ status: 'FAILED', runs: [features] }), ['features f']);
  });

  it('say that features were taken over, unless these had to be made anew', () => {
    assert.deepEqual(told({ runs: [predict] }), ['features taken-over', 'predict p']);
    const failed = sampleRun({ id: 'old', status: 'FAILED', superseded: true });
    assert.deepEqual(told({ runs: [failed, features, predict] }), ['features f', 'predict p']);
  });
});
