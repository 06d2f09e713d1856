import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  DB_PRESETS,
  ENGINES,
  type Estimate,
  JOB_STATUSES,
  type Job,
  MODEL_NAMES,
  MODEL_PRESETS,
  RELAX_CHOICES,
  RUN_STATUSES,
  STAGES,
} from '../../backend/api/job.ts';
import { jobFromWire, jobToWire, wireJobSchema } from '../../backend/api/wire.ts';
import {
  estimateFromWire,
  estimateToWire,
  logPageFromWire,
  logPageToWire,
  queueFromWire,
  queueToWire,
  wireEstimatesSchema,
  wireLogPageSchema,
  wireQueuesSchema,
} from '../../backend/api/wireAnswers.ts';
import { requestFromWire, wireJobRequestSchema } from '../../backend/api/wireRequest.ts';
import { GPU_QUEUES, HOMOLOGY_QUEUE } from '../support/manualScheduler.ts';

const time = fc.constant('2026-11-22T10:00:00.000Z');
const plain = { noNullPrototype: true } as const;
const optional: { requiredKeys: []; noNullPrototype: true } = { requiredKeys: [], noNullPrototype: true };

const job: fc.Arbitrary<Job> = fc
  .tuple(
    fc.record({
      id: fc.uuid(),
      name: fc.string(),
      owner: fc.string(),
      engine: fc.constantFrom(...ENGINES),
      queue: fc.string(),
      comment: fc.string(),
      parameters: fc
        .tuple(
          fc.record({
            dbPreset: fc.constantFrom(...DB_PRESETS),
            modelPreset: fc.constantFrom(...MODEL_PRESETS),
            modelNames: fc.subarray([...MODEL_NAMES], { minLength: 1 }),
            maxTemplateDate: fc.constant('2020-05-14'),
            gpu: fc.integer({ min: 1, max: 8 }),
            modelsToRelax: fc.constantFrom(...RELAX_CHOICES),
            numMultimerPredictionsPerModel: fc.nat(),
            excludeTemplates: fc.array(fc.string()),
          }),
          fc.record(
            { randomSeed: fc.nat(), stopAtConfidence: fc.nat(100), maxTemplateIdentity: fc.constant(0.5) },
            optional,
          ),
        )
        .map(([a, b]) => ({ ...a, ...b })),
      chains: fc.array(fc.record({ id: fc.string(), description: fc.string(), length: fc.nat() }, plain)),
      status: fc.constantFrom(...JOB_STATUSES),
      warnings: fc.array(fc.string()),
      runs: fc.array(
        fc
          .tuple(
            fc.record({
              id: fc.uuid(),
              stage: fc.constantFrom(...STAGES),
              status: fc.constantFrom(...RUN_STATUSES),
              attempt: fc.nat(),
            }),
            fc.record(
              {
                schedulerId: fc.string(),
                statusReason: fc.string(),
                exitCode: fc.nat(255),
                startedAt: time,
                endedAt: time,
              },
              optional,
            ),
          )
          .map(([a, b]) => ({ ...a, ...b })),
      ),
      createdAt: time,
      updatedAt: time,
      version: fc.nat(),
    }),
    fc.record(
      {
        fileName: fc.string(),
        statusReason: fc.string(),
        progress: fc
          .tuple(
            fc.record({ stage: fc.constantFrom(...STAGES), step: fc.string(), fraction: fc.constant(0.5) }),
            fc.record({ message: fc.string() }, optional),
          )
          .map(([a, b]) => ({ ...a, ...b })),
        result: fc.constant({
          confidenceMetric: 'pLDDT',
          meanConfidence: 90.5,
          models: 5,
          bestModel: 'a/b.pdb',
        } as const),
        failure: fc
          .tuple(fc.record({ code: fc.string(), message: fc.string() }), fc.record({ remedy: fc.string() }, optional))
          .map(([a, b]) => ({ ...a, ...b })),
        cancelRequestedAt: time,
        deleteRequestedAt: time,
        startedAt: time,
        endedAt: time,
      },
      optional,
    ),
  )
  .map(([a, b]) => ({ ...a, ...b }));

describe('wire', function () {
  this.timeout(30_000);
  it('carries every job there and back unchanged, as its schema says', () => {
    fc.assert(
      fc.property(job, (original) => {
        const text = JSON.stringify(jobToWire(original));
        assert.deepEqual(jobFromWire(wireJobSchema.parse(JSON.parse(text))), original);
      }),
      { numRuns: 500 },
    );
  });

  it('uses the article’s names', () => {
    const wire = jobToWire(fc.sample(job, 1)[0] as Job);
    for (const name of ['id', 'fasta', 'que', 'comment', 'model_names', 'max_template_date', 'gpu', 'job_status']) {
      assert.ok(name in wire, name);
    }
  });

  it('knows every field of a request', () => {
    const all = wireJobRequestSchema.parse({
      fasta: ' x ',
      file_name: 'a/b.fasta',
      que: 'p4',
      preset: 'CASP14',
      db_preset: 'reduced_dbs',
      model_preset: 'multimer',
      model_names: ['model_3'],
      max_template_date: '2021-01-01',
      gpu: 2,
      comment: 'c',
      models_to_relax: 'all',
      num_multimer_predictions_per_model: 1,
      random_seed: 7,
      stop_at_confidence: 90,
      exclude_templates: ['1crn'],
      max_template_identity: 0.9,
    });
    const request = requestFromWire(all);
    assert.deepEqual(request.parameters, {
      dbPreset: 'reduced_dbs',
      modelPreset: 'multimer',
      modelNames: ['model_3'],
      maxTemplateDate: '2021-01-01',
      gpu: 2,
      modelsToRelax: 'all',
      numMultimerPredictionsPerModel: 1,
      randomSeed: 7,
      stopAtConfidence: 90,
      excludeTemplates: ['1CRN'],
      maxTemplateIdentity: 0.9,
    });
    assert.deepEqual([request.name, request.queue, request.given.length], ['x', 'p4', 16]);
  });

  it('carries queues, log pages and estimates there and back', () => {
    for (const queue of [
      HOMOLOGY_QUEUE,
      ...GPU_QUEUES,
      { ...HOMOLOGY_QUEUE, available: false, reason: 'r', remedy: 'm', running: 1, waiting: 2, slots: 3 },
    ]) {
      const { data } = wireQueuesSchema.parse(JSON.parse(JSON.stringify({ data: [queueToWire(queue)] })));
      assert.deepEqual(data.map(queueFromWire), [queue]);
    }
    const page = {
      lines: [
        { runId: 'r', stage: 'predict', at: '2026-11-22T10:00:00.000Z', text: 'ü' },
        { runId: 'r', stage: 'features', text: '' },
      ],
      next: 'c',
      done: false,
    } as const;
    assert.deepEqual(logPageFromWire(wireLogPageSchema.parse(JSON.parse(JSON.stringify(logPageToWire(page))))), page);
    const estimate: Estimate = {
      name: 'x',
      engine: 'alphafold2',
      queue: 'p4',
      length: 126,
      minutes: { low: 1, likely: 2, high: 3 },
      cost: { currency: 'USD', low: 1, likely: 2, high: 3 },
      memory: { verdict: 'fits', reason: 'r' },
      warnings: ['w'],
    };
    const wire = wireEstimatesSchema.parse(JSON.parse(JSON.stringify({ data: [estimateToWire(estimate)] })));
    assert.deepEqual(wire.data.map(estimateFromWire), [estimate]);
  });
});
