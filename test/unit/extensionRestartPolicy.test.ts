import assert from 'node:assert/strict';
import { RestartPolicy } from '../../extension/connection/restartPolicy.ts';

describe('RestartPolicy', () => {
  it('starts at once, then waits twice as long each time', () => {
    const policy = new RestartPolicy();
    const delays: (number | undefined)[] = [];
    for (let now = 0; now < 5; now++) {
      delays.push(policy.nextDelay(now));
      policy.started(now);
    }
    assert.deepEqual(delays, [0, 500, 1000, 2000, 4000]);
  });

  it('gives up after five starts within five minutes', () => {
    const policy = new RestartPolicy();
    for (let start = 0; start < 5; start++) policy.started(start * 1000);
    assert.equal(policy.nextDelay(10_000), undefined);
    assert.notEqual(policy.nextDelay(5 * 60_000 + 500), undefined, 'the first start is forgotten by then');
  });

  it('starts at once again when the user asks for it', () => {
    const policy = new RestartPolicy();
    for (let start = 0; start < 5; start++) policy.started(start);
    policy.forgive();
    assert.equal(policy.nextDelay(10), 0);
  });
});
