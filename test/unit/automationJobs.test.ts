import assert from 'node:assert/strict';
import type { Job } from '../../backend/api/job.ts';
import type { Result } from '../../backend/api/result.ts';
import { toChanged } from '../../extension/automation/jobChanges.ts';
import { jobsText, jobText, resultsText, submittedText } from '../../extension/automation/toolText.ts';
import { whenEnded } from '../../extension/automation/whenEnded.ts';
import { JobStore } from '../../extension/jobs/jobStore.ts';
import { sampleJob } from '../support/sampleJob.ts';

const summary = {
  confidenceMetric: 'estimated CA-lDDT',
  meanConfidence: 87.42,
  models: 1,
  bestModel: 'a.pdb',
} as const;

describe('what a language model is told of jobs', () => {
  it('is where to go on after submitting', () => {
    const job = sampleJob({ id: 'j1' });
    const minutes = { low: 0.5, likely: 1.25, high: 4 };
    const estimate = {
      name: job.name,
      engine: job.engine,
      queue: job.queue,
      length: 147,
      minutes,
      memory: { verdict: 'fits', reason: '' },
      warnings: [],
    } as const;
    const text = submittedText([job], [estimate]);
    assert.match(text, /^One prediction was submitted:\n- j1: HBB_HUMAN, 147 residues, queue local; likely 1\.3 min/);
    assert.match(text, /foldpad_status with job_id/);
    assert.match(submittedText([job, sampleJob()], []), /^2 predictions were submitted/);
  });

  it('lists the newest, and counts the rest', () => {
    const jobs = [sampleJob({ id: 'b', status: 'SUCCEEDED', result: summary }), sampleJob({ id: 'a' }), sampleJob()];
    const text = jobsText(jobs, 2);
    assert.match(
      text,
      /- b "HBB_HUMAN": SUCCEEDED, mean estimated CA-lDDT 87\.4\n- a "HBB_HUMAN": QUEUED\n… and 1 older/,
    );
    assert.match(jobsText([], 2), /no predictions yet.*foldpad_predict/);
  });

  it('says how far it is, why it waits, why it failed and what to do', () => {
    const progress = { stage: 'predict', step: 'model_2', fraction: 0.409 } as const;
    assert.match(jobText(sampleJob({ status: 'RUNNING', progress })), /RUNNING, 40 % of predict \(model_2\)/);
    assert.match(jobText(sampleJob({ statusReason: 'no capacity for p4d' })), /QUEUED\. no capacity for p4d/);
    const failure = { code: 'no-template', message: 'No template.', remedy: 'Try AlphaFold.' };
    const failed = jobText(sampleJob({ status: 'FAILED', failure }));
    assert.match(failed, /FAILED\. No template\. Try AlphaFold\./);
    assert.doesNotMatch(failed, /wait_seconds/);
    assert.match(jobText(sampleJob({ status: 'SUCCEEDED', result: summary })), /foldpad_results/);
    const cost = { currency: 'USD', amount: 2.5, isAtMost: true };
    assert.match(jobText(sampleJob({ status: 'CANCELLED', cost })), /Cost: at most 2\.5 USD/);
  });

  it('names the metric of a result, and what not to rely on', () => {
    const result: Result = {
      schema: 1,
      job_id: 'j1',
      name: 'ubiquitin',
      engine: 'homology',
      engine_version: '1',
      method: 'Homology model',
      confidence_metric: 'estimated CA-lDDT',
      sequence_length: 4,
      models: [1, 0].map((rank) => ({
        rank,
        name: `model_${rank}`,
        mean_confidence: 80 - rank,
        residues_modelled: 3,
        template: { id: '1SPG_B', identity: 0.5 },
        files: { pdb: `1/model_${rank}.pdb` },
      })),
      files: [{ path: '1/model_0.pdb', size: 10, sha256: 'a'.repeat(64) }],
      timings: {},
      provenance: { software: {}, databases: [], created_at: '', attempt: 1, runner_version: '1' },
      warnings: ['a gap'],
    };
    const best = [95, 60, 55].map((value, index) => ({ chain: 'A', number: index + 1, value }));
    const text = resultsText(result, best, (file) => `foldpad-result:/j1/${file}`);
    assert.match(text, /1\. model_0: mean estimated CA-lDDT 80, 3 of 4 residues, template 1SPG_B \(50 % identical\)/);
    assert.match(text, /1 at 90 and above, 0 from 70, 2 from 50, 0 below 50/);
    assert.match(text, /Below 70, do not rely on: A:2–3 \(mean 57\.5\)\./);
    assert.match(text, /It is not pLDDT/);
    assert.match(text, /Warning: a gap/);
    assert.match(text, /- foldpad-result:\/j1\/1\/model_0\.pdb \(10 bytes\)/);
    assert.match(resultsText(result, best.slice(0, 1), String), /No residue is below 70/);
  });
});

describe('waiting for a job', () => {
  let jobs: Job[];
  let store: JobStore;

  beforeEach(() => {
    jobs = [];
    store = new JobStore({
      list: async () => ({ jobs }),
      get: async () => assert.fail('every job is in the list'),
    });
  });
  afterEach(() => store.dispose());

  it('ends with the job, also with one that was not known', async () => {
    const job = sampleJob({ id: 'a', status: 'RUNNING' });
    jobs = [job];
    const waiting = whenEnded(store, 'a');
    await store.refresh();
    jobs = [{ ...job, status: 'FAILED', version: 2 }];
    await store.refresh();
    assert.equal((await waiting).status, 'FAILED');
    assert.equal((await whenEnded(store, 'a')).version, 2);
  });

  it('is refused for a job that is not there or goes away, and can be cancelled', async () => {
    await assert.rejects(whenEnded(store, 'nothing'), /no job nothing/);
    jobs = [sampleJob({ id: 'a', status: 'RUNNING' })];
    await store.refresh();
    const gone = whenEnded(store, 'a');
    let stop = () => {};
    const cancelled = whenEnded(store, 'a', {
      isCancellationRequested: false,
      onCancellationRequested: (listener) => {
        stop = listener;
        return { dispose: () => undefined };
      },
    });
    stop();
    await assert.rejects(cancelled, /was cancelled/);
    store.drop(['a']);
    await assert.rejects(gone, /no job a/);
  });

  it('tells others what is new, different and gone', () => {
    const [kept, changed, gone] = [sampleJob(), sampleJob(), sampleJob()];
    const before = new Map([kept, changed, gone].map((job) => [job.id, job]));
    const added = sampleJob();
    const next = { ...changed, version: 2 };
    assert.deepEqual(toChanged(before, [added, kept, next]), { changed: [added, next], removed: [gone.id] });
  });
});
