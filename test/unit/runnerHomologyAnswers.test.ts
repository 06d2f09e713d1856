import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  DriverAnswerError,
  findLibrary,
  parseDoctor,
  readNoTemplate,
  readPrediction,
} from '../../container/engines/homologyAnswers.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('answers of the homology driver', () => {
  let folder: string;
  let remove: () => void;
  beforeEach(() => {
    ({ folder, remove } = temporaryFolder());
  });
  afterEach(() => remove());
  const write = (name: string, value: unknown) => writeFileSync(path.join(folder, name), JSON.stringify(value));

  const model = {
    rank: 0,
    name: 'ranked_0',
    template: '1A6M_A',
    identity: 0.84,
    coverage: 0.98,
    probability: 100,
    evalue: 1e-40,
    mean_confidence: 89.6,
    residues_modelled: 151,
    files: { pdb: 'ranked_0.pdb' },
  };
  const prediction = {
    engine_version: '1.0.0',
    method: 'homology modelling',
    confidence_metric: 'estimated CA-lDDT',
    sequence_length: 154,
    models: [model],
    timings: { search: 1.5 },
    software: { promod3: '3.2.1' },
    databases: [{ name: 'db', version: '1', chains: 20661 }],
    warnings: [],
  };

  it('reads a prediction', async () => {
    write('prediction.json', prediction);
    const { models } = await readPrediction(folder);
    assert.deepEqual(models[0]?.template, { id: '1A6M_A', identity: 0.84, coverage: 0.98, probability: 100 });
  });

  it('says what is wrong with one that it cannot use', async () => {
    await assert.rejects(readPrediction(folder), /without a readable prediction\.json/);
    write('prediction.json', { ...prediction, confidence_metric: 'pLDDT-ish' });
    await assert.rejects(readPrediction(folder), /confidence_metric/);
    write('prediction.json', { ...prediction, models: [] });
    await assert.rejects(readPrediction(folder), (error) => error instanceof DriverAnswerError);
  });

  it('tells a missing template from a target that the method cannot take', async () => {
    write('no_template.json', { reason: 'No good template: 1ABC_A, 37 %.', threshold: { min_probability: 50 } });
    assert.deepEqual(await readNoTemplate(folder), {
      code: 'no-template',
      message: 'No good template: 1ABC_A, 37 %.',
    });
    write('no_template.json', { reason: 'Too short.', threshold: { min_length: 30 } });
    assert.equal((await readNoTemplate(folder)).code, 'unsuitable-target');
  });

  it('reads the doctor, and refuses what is none', () => {
    const answer = { ok: true, version: '1', software: {}, missing: [], library: { key: 'k' } };
    assert.equal(parseDoctor(JSON.stringify(answer)).library.key, 'k');
    assert.throws(() => parseDoctor('Segmentation fault'), DriverAnswerError);
  });

  it('finds the library by its manifest', async () => {
    assert.deepEqual(await findLibrary(folder, 'k'), { ready: false, folder });
    mkdirSync(path.join(folder, 'k'));
    writeFileSync(path.join(folder, 'k', 'library.json'), JSON.stringify({ chains: 12 }));
    assert.deepEqual(await findLibrary(folder, 'k'), { ready: true, folder, chains: 12 });
  });
});
