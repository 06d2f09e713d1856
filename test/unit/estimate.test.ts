import assert from 'node:assert/strict';
import type { Estimate } from '../../backend/api/job.ts';
import { parseJobRequests } from '../../backend/api/requests.ts';
import { estimateRequests, interpolate } from '../../backend/core/estimate.ts';
import { type CoreWorld, coreWorld } from '../support/coreWorld.ts';
import { GPU_QUEUES, HOMOLOGY_QUEUE } from '../support/manualScheduler.ts';

/** A protein-like sequence of any length. */
function protein(length: number): string {
  return `>p${length}\n${'MKVLAAGIVGLSFNDTRWYHEPQC'.repeat(Math.ceil(length / 24)).slice(0, length)}\n`;
}

describe('estimates of AlphaFold', function () {
  this.timeout(30_000);
  let world: CoreWorld;
  before(() => {
    world = coreWorld({ queues: GPU_QUEUES, policy: { backend: 'aws' } });
  });
  after(() => world.close());

  async function estimate(length: number, que: string, fields: object = {}): Promise<Estimate> {
    const requests = parseJobRequests({ fasta: 'x', sequence: protein(length), que, ...fields });
    const [only] = await estimateRequests(world.deps, requests);
    assert.ok(only);
    assert.deepEqual([only.length, only.queue, only.engine], [length, que, 'alphafold2']);
    return only;
  }

  it('gives the article’s times at the article’s lengths', async () => {
    for (const [length, minutes] of [
      [126, 46],
      [455, 60],
      [806, 120],
      [1073, 260],
    ] as const) {
      assert.equal((await estimate(length, 'low')).minutes.likely, minutes);
    }
    for (const [length, minutes] of [
      [1214, 170],
      [1396, 240],
    ] as const) {
      assert.equal((await estimate(length, 'mid', { gpu: 2 })).minutes.likely, minutes);
    }
    for (const [length, minutes] of [
      [126, 39],
      [331, 41],
      [1073, 60],
      [1214, 110],
      [1396, 150],
    ] as const) {
      assert.equal((await estimate(length, 'p4')).minutes.likely, minutes);
    }
  });

  it('gives the article’s cost on A100 to the cent, and none where no price is known', async () => {
    for (const [length, dollars] of [
      [126, 2.67],
      [331, 2.8],
      [455, 4.1],
      [1073, 4.1],
      [1214, 7.24],
      [1396, 10.46],
    ] as const) {
      const { cost } = await estimate(length, 'p4');
      assert.equal(cost?.currency, 'USD');
      assert.ok(Math.abs((cost?.likely ?? 0) - dollars) <= 0.01, `${length}: ${cost?.likely}`);
    }
    const unknown = coreWorld({
      queues: GPU_QUEUES.map((queue) => ({ ...queue, name: `x-${queue.name}` })),
      policy: { backend: 'aws' },
    });
    const [other] = await estimateRequests(
      unknown.deps,
      parseJobRequests({ fasta: 'x', sequence: protein(126), que: 'x-low' }),
    );
    unknown.close();
    assert.equal(other?.cost, undefined);
    assert.ok(other?.warnings.some((warning) => /price of this queue is not known/.test(warning)));
  });

  it('prices V100 by the catalogue, in Ningxia as the article does', async () => {
    // p3.2xlarge costs $3.06 an hour.
    assert.equal((await estimate(455, 'low')).cost?.likely, 3.06);
    const china = { ...world.deps, policy: { ...world.deps.policy, region: 'cn-northwest-1' } };
    for (const [length, que, gpu, yuan] of [
      [126, 'low', 1, 18.59],
      [806, 'low', 1, 48.5],
      [1073, 'low', 1, 105.08],
      [1214, 'mid', 2, 139.84],
      [1396, 'mid', 2, 194],
    ] as const) {
      const requests = parseJobRequests({ fasta: 'x', sequence: protein(length), que, gpu });
      const [only] = await estimateRequests(china, requests);
      assert.equal(only?.cost?.currency, 'CNY');
      assert.ok(Math.abs((only?.cost?.likely ?? 0) - yuan) < 0.01 * yuan, `${length}: ${only?.cost?.likely}`);
    }
  });

  it('costs less where the searches have a queue of their own, and tells the width of Spot prices', async () => {
    const split = { ...world.deps, policy: { ...world.deps.policy, featuresQueue: 'cpu' } };
    const requests = parseJobRequests({ fasta: 'x', sequence: protein(455), que: 'p4' });
    const [apart] = await estimateRequests(split, requests);
    // 39 minutes of m6i.4xlarge at $0.768, 21 of one A100 at $4.10.
    assert.equal(apart?.cost?.likely, 1.93);
    const spot = coreWorld({
      queues: GPU_QUEUES.map((queue) => ({ ...queue, name: `${queue.name}-spot` })),
      policy: { backend: 'aws' },
    });
    const [cheap] = await estimateRequests(
      spot.deps,
      parseJobRequests({ fasta: 'x', sequence: protein(455), que: 'p4-spot' }),
    );
    spot.close();
    assert.equal(cheap?.cost?.likely, 2.05);
    assert.ok(cheap?.warnings.some((warning) => /Spot/.test(warning)));
  });

  it('says when memory will not do', async () => {
    assert.equal((await estimate(800, 'low')).memory.verdict, 'fits');
    assert.equal((await estimate(950, 'low')).memory.verdict, 'tight');
    const large = await estimate(1073, 'low');
    assert.equal(large.memory.verdict, 'too-large');
    assert.match(large.memory.reason, /1 × V100 \(16 GB\).*Ask for more GPUs/);
    assert.notEqual((await estimate(1396, 'mid', { gpu: 2 })).memory.verdict, 'too-large');
    assert.equal((await estimate(1396, 'p4')).memory.verdict, 'fits');
  });

  it('counts the ensembles of CASP14, and says so', async () => {
    const usual = await estimate(1396, 'p4');
    const casp = await estimate(1396, 'p4', { preset: 'CASP14' });
    // What comes after the searches, which take 39 minutes; both times are rounded.
    const times = (casp.minutes.likely - 39) / (usual.minutes.likely - 39);
    assert.ok(times > 7 && times < 9, `${times} times as long`);
    assert.ok(casp.warnings.some((warning) => warning.includes('eight ensembles')));
  });

  it('counts fewer models, and never more time for fewer', async () => {
    const all = await estimate(1396, 'p4');
    const one = await estimate(1396, 'p4', { model_names: ['model_1'] });
    assert.ok(one.minutes.likely < all.minutes.likely && one.minutes.likely > 39);
    assert.equal((await estimate(126, 'p4', { model_names: ['model_1'] })).minutes.likely, 39);
  });

  it('grows with the length, and stays finite', async () => {
    const lengths = [16, 50, 126, 300, 900, 1073, 1400, 2500];
    const minutes = await Promise.all(lengths.map(async (length) => (await estimate(length, 'p4')).minutes));
    for (const [index, { low, likely, high }] of minutes.entries()) {
      assert.ok(low <= likely && likely <= high && Number.isFinite(high));
      assert.ok(index === 0 || likely >= (minutes[index - 1]?.likely ?? 0));
    }
    assert.ok((await estimate(2500, 'p4')).warnings.some((warning) => /extrapolated/.test(warning)));
  });

  it('refuses what could not be submitted either', async () => {
    await assert.rejects(estimate(200, 'low', { gpu: 2 }), /gpu: queue low has 1 GPU on one machine, 2 were asked for/);
    await assert.rejects(estimate(200, 'lo'), /que: there is no queue "lo" \(did you mean low\?\)/);
    await assert.rejects(estimate(5, 'low'), /line 1, column 1/);
  });
});

describe('estimates of homology', () => {
  it('are minutes, free, and say when the engine is missing', async () => {
    const world = coreWorld();
    const requests = parseJobRequests([200, 1000].map((length) => ({ fasta: 'x', sequence: protein(length) })));
    const [small, large] = await estimateRequests(world.deps, requests);
    assert.ok(small && large);
    assert.ok(small.minutes.likely < 0.5 && large.minutes.likely > small.minutes.likely);
    assert.deepEqual([small.cost, small.memory.verdict], [undefined, 'fits']);
    world.scheduler.list = world.scheduler.list.map((queue) => ({
      ...queue,
      available: false,
      reason: 'No ProMod3.',
      remedy: 'Run x.',
    }));
    const [missing] = await estimateRequests(world.deps, requests);
    assert.ok(missing?.warnings.some((warning) => /No ProMod3\. Run x\./.test(warning)));
    world.close();
  });
});

describe('estimates of homology on AWS', () => {
  it('cost a little, and say that a machine has to start', async () => {
    const world = coreWorld({ queues: [{ ...HOMOLOGY_QUEUE, name: 'cpu' }], policy: { backend: 'aws' } });
    const [only] = await estimateRequests(
      world.deps,
      parseJobRequests({ fasta: 'x', sequence: protein(1000), que: 'cpu' }),
    );
    world.close();
    const { low, likely, high } = only?.cost ?? assert.fail('no cost');
    assert.ok(low > 0 && low <= likely && likely <= high && high < 0.02, JSON.stringify(only?.cost));
    assert.ok(only?.warnings.some((warning) => /starting one takes/.test(warning)));
  });
});

describe('interpolation in log space', () => {
  it('goes through its points, and is a power law between them', () => {
    const points = [
      [100, 10],
      [200, 40],
      [400, 80],
    ] as const;
    for (const [x, y] of points) assert.ok(Math.abs(interpolate(points, x) - y) < 1e-9);
    assert.ok(Math.abs(interpolate(points, 100 * Math.SQRT2) - 20) < 1e-9);
    assert.equal(interpolate(points, 10), 10);
    assert.ok(Math.abs(interpolate(points, 800) - 320) < 1e-9, 'at least quadratic beyond the end');
    assert.throws(() => interpolate([], 1), RangeError);
  });
});
