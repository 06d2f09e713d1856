import assert from 'node:assert/strict';
import { MACHINES } from '../../backend/api/machines.ts';
import { costOfJob, formatMoney, hourlyPrice } from '../../backend/core/cost.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

const AWS = { backend: 'aws', region: 'us-east-1', featuresQueue: 'cpu' } as const;
const at = (minutes: number): string => new Date(Date.parse('2026-11-22T10:00:00Z') + minutes * 60_000).toISOString();

describe('cost of a job', () => {
  const searched = sampleRun({ stage: 'features', status: 'SUCCEEDED', startedAt: at(0), endedAt: at(30) });
  const predicted = sampleRun({ status: 'SUCCEEDED', startedAt: at(40), endedAt: at(100) });

  it('is what its runs took of their machines', () => {
    const job = sampleJob({ queue: 'p4', engine: 'alphafold2', runs: [searched, predicted] });
    assert.deepEqual(costOfJob(AWS, job), { currency: 'USD', amount: 0.5 * 0.768 + 4.1, isAtMost: false });
    const two = { ...job, parameters: { ...job.parameters, gpu: 2 } };
    assert.equal(costOfJob(AWS, two)?.amount, 0.5 * 0.768 + 8.2);
    assert.equal(costOfJob(AWS, { ...job, queue: 'p4-spot' })?.isAtMost, true);
  });

  it('does not count runs that never began, and is unknown while one goes on', () => {
    const waiting = sampleRun({ status: 'FAILED' });
    const job = sampleJob({ queue: 'p4', engine: 'alphafold2', runs: [searched, waiting] });
    assert.equal(costOfJob(AWS, job)?.amount, 0.5 * 0.768);
    assert.equal(costOfJob(AWS, sampleJob({ queue: 'p4', runs: [waiting] })), undefined);
    const { endedAt: _still, ...going } = predicted;
    assert.equal(costOfJob(AWS, sampleJob({ queue: 'p4', runs: [searched, going] })), undefined);
  });

  it('is nothing on one’s own machine', () => {
    assert.equal(costOfJob({ backend: 'local' }, sampleJob({ queue: 'cpu', runs: [predicted] })), undefined);
  });

  it('has a price on every queue in dollars, and names the region where another is meant', () => {
    for (const { queue } of MACHINES) {
      const price = hourlyPrice(AWS, queue, 'predict', 1);
      assert.ok(price && price.amount > 0 && price.currency === 'USD', queue);
    }
    const frankfurt = hourlyPrice({ ...AWS, region: 'eu-central-1' }, 'low', 'predict', 1);
    assert.match(frankfurt?.notes.join(' ') ?? '', /us-east-1; eu-central-1 may differ/);
    assert.equal(hourlyPrice(AWS, 'no-such-queue', 'predict', 1), undefined);
    assert.equal(hourlyPrice({ ...AWS, region: 'cn-north-1' }, 'cpu', 'predict', 1), undefined);
  });

  it('is written as people write it', () => {
    assert.equal(formatMoney({ currency: 'USD', amount: 4.1 }), '$4.10');
    assert.equal(formatMoney({ currency: 'CNY', amount: 24.254 }), '¥24.25');
    assert.equal(formatMoney({ currency: 'USD', amount: 0.00123 }), '$0.001');
  });
});
