import assert from 'node:assert/strict';
import type { Estimate, QueueInfo } from '../../backend/api/job.ts';
import { MODEL_NAMES } from '../../backend/api/job.ts';
import { REQUEST_DEFAULTS, wireJobRequestSchema } from '../../backend/api/wireRequest.ts';
import {
  DEFAULT_TEMPLATE_DATE,
  isDate,
  type PredictionSettings,
  readSettings,
  settingsFields,
} from '../../extension/submit/settings.ts';
import { type Situation, settledQueue, stepsOf } from '../../extension/submit/steps.ts';
import { addEstimates } from '../../extension/submit/summary.ts';

const queue = (name: string, changes: Partial<QueueInfo> = {}): QueueInfo => ({
  name,
  engine: 'alphafold2',
  description: '',
  aliases: [],
  available: true,
  maxGpu: 4,
  ...changes,
});

const LOCAL = queue('local', { engine: 'homology', maxGpu: 0 });
const LOW = queue('low', { maxGpu: 1 });
const P4 = queue('p4', { maxGpu: 8 });
const CPU = queue('cpu', { engine: 'homology', maxGpu: 0 });

describe('settings of a prediction', () => {
  const kept: Required<PredictionSettings> = {
    queue: 'p4',
    mode: 'multimer',
    preset: 'reduced',
    models: ['model_1', 'model_4'],
    maxTemplateDate: '2018-04-30',
    gpu: 2,
  };

  it('are remembered as they were', () => {
    assert.deepEqual(readSettings(JSON.parse(JSON.stringify(kept))), kept);
  });

  it('lose what cannot be used, and nothing else', () => {
    const broken = {
      ...kept,
      mode: 'dimer',
      models: ['model_9'],
      maxTemplateDate: '2020-02-31',
      gpu: 2.5,
      secret: 'x',
    };
    assert.deepEqual(readSettings(broken), { queue: 'p4', preset: 'reduced' });
    for (const nothing of [undefined, null, 'x', 7, []]) assert.deepEqual(readSettings(nothing), {});
  });

  it('become fields that the API takes', () => {
    const fields = settingsFields(P4, 'monomer', kept);
    assert.deepEqual(fields, {
      preset: 'reduced',
      model_names: ['model_1', 'model_4'],
      max_template_date: '2018-04-30',
      gpu: 2,
    });
    wireJobRequestSchema.parse({ fasta: 'x', sequence: '>x\nAAAA\n', ...fields });
  });

  it('say nothing where they are the defaults, or mean nothing to the engine', () => {
    assert.deepEqual(settingsFields(P4, 'monomer', { preset: 'full', models: MODEL_NAMES, gpu: 1 }), {});
    assert.deepEqual(settingsFields(LOCAL, 'monomer', kept), {});
  });

  it('give way where they do not fit the target or the machine', () => {
    assert.deepEqual(settingsFields(LOW, 'multimer', { preset: 'CASP14', gpu: 4 }), {});
    assert.deepEqual(settingsFields(LOW, 'multimer', { preset: 'pTM' }), {});
    assert.deepEqual(settingsFields(LOW, 'monomer', { preset: 'pTM' }), { model_preset: 'monomer_ptm' });
  });

  it('know the default date of the backend, and days of the calendar', () => {
    assert.equal(DEFAULT_TEMPLATE_DATE, REQUEST_DEFAULTS.maxTemplateDate);
    assert.ok(isDate('2024-02-29'));
    for (const wrong of ['2023-02-29', '2020-13-01', '2020-5-14', '14.05.2020', '']) assert.ok(!isDate(wrong), wrong);
  });
});

describe('the questions before a prediction', () => {
  const local: Situation = {
    asking: 'usual',
    severalRecords: false,
    queues: [LOCAL],
    isRemote: false,
    settings: {},
  };
  const remote: Situation = { ...local, queues: [LOW, P4, CPU], isRemote: true };

  it('are none for one record on this machine: one click', () => {
    assert.deepEqual(stepsOf(local, {}), []);
    assert.equal(settledQueue(local, 'monomer'), LOCAL);
  });

  it('are one for several records on this machine', () => {
    assert.deepEqual(stepsOf({ ...local, severalRecords: true }, {}), ['records']);
  });

  it('come all when all are asked for', () => {
    assert.deepEqual(stepsOf({ ...local, asking: 'all' }, {}), ['review']);
    assert.deepEqual(stepsOf({ ...local, severalRecords: true }, { more: true }), ['records', 'review']);
  });

  it('lead over queue and review to AlphaFold, over the queue alone to homology', () => {
    assert.deepEqual(stepsOf(remote, { queue: P4 }), ['queue', 'review']);
    assert.deepEqual(stepsOf(remote, { queue: CPU }), ['queue']);
    assert.deepEqual(stepsOf({ ...remote, severalRecords: true }, {}), ['records', 'queue', 'review']);
  });

  it('are counted for the queue of last time before one is chosen', () => {
    assert.deepEqual(stepsOf({ ...remote, settings: { queue: 'cpu' } }, {}), ['queue']);
    assert.deepEqual(stepsOf({ ...remote, settings: { queue: 'p4' } }, {}), ['queue', 'review']);
  });

  it('never leave out what it costs where it costs something', () => {
    for (const only of [P4, CPU]) assert.deepEqual(stepsOf({ ...remote, queues: [only] }, {}), ['review'], only.name);
    const last: Situation = { ...remote, asking: 'settled', settings: { queue: 'p4' } };
    assert.deepEqual(stepsOf(last, {}), ['review']);
  });

  it('are left to those without an answer by the settings of last time', () => {
    const last: Situation = { ...local, asking: 'settled', severalRecords: true, settings: { mode: 'monomer' } };
    assert.deepEqual(stepsOf(last, {}), []);
    // Complexes cannot be predicted here, whatever was chosen elsewhere.
    assert.deepEqual(stepsOf({ ...last, settings: { mode: 'multimer' } }, {}), ['records']);
    assert.deepEqual(stepsOf({ ...remote, asking: 'settled', settings: { queue: 'gone' } }, {})[0], 'queue');
  });

  it('take a queue that was chosen with its estimate before', () => {
    assert.equal(settledQueue({ ...remote, wanted: 'cpu' }, 'monomer'), CPU);
    assert.deepEqual(stepsOf({ ...remote, wanted: 'cpu' }, {}), []);
    assert.deepEqual(stepsOf({ ...remote, wanted: 'p4' }, {}), ['review']);
  });

  it('offer complexes only the queues that can predict them', () => {
    assert.equal(settledQueue({ ...remote, queues: [CPU, P4] }, 'multimer'), P4);
    const closed = queue('p5', { available: false });
    assert.equal(settledQueue({ ...remote, queues: [P4, closed] }, 'monomer'), P4);
  });
});

describe('estimates of several predictions', () => {
  const estimate = (name: string, likely: number, cost?: number, verdict: Estimate['memory']['verdict'] = 'fits') => ({
    name,
    engine: 'alphafold2' as const,
    queue: 'p4',
    length: 100,
    minutes: { low: likely / 2, likely, high: likely * 2 },
    memory: { verdict, reason: `${name} ${verdict}` },
    warnings: ['the same'],
    ...(cost === undefined ? {} : { cost: { currency: 'USD', low: cost / 2, likely: cost, high: cost * 2 } }),
  });

  it('have the longest time, the sum of the costs and the worst verdict', () => {
    const sum = addEstimates([estimate('a', 40, 2), estimate('b', 90, 4, 'too-large'), estimate('c', 10, 1, 'tight')]);
    assert.equal(sum?.count, 3);
    assert.equal(sum.minutes.likely, 90);
    assert.deepEqual(sum.cost, { currency: 'USD', low: 3.5, likely: 7, high: 14 });
    assert.equal(sum.memory.reason, 'b too-large');
    assert.deepEqual(sum.tooLarge, ['b']);
    assert.deepEqual(sum.warnings, ['the same']);
  });

  it('have no cost where one of them is unknown', () => {
    assert.equal(addEstimates([estimate('a', 40, 2), estimate('b', 90)])?.cost, undefined);
    assert.equal(addEstimates([]), undefined);
  });
});
