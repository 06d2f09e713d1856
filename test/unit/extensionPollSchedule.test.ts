import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextPoll, type PollSituation } from '../../extension/jobs/pollSchedule.ts';

const calm: PollSituation = { visible: true, live: 1, quiet: 0, failures: 0 };
/** Without jitter. */
const MIDDLE = 0.5;

describe('pollSchedule', () => {
  it('does not ask when nobody looks and nothing is live', () => {
    assert.equal(nextPoll({ visible: false, live: 0, quiet: 0, failures: 0 }, MIDDLE), undefined);
    assert.equal(nextPoll({ visible: false, live: 0, quiet: 0, failures: 3 }, MIDDLE), undefined);
  });

  it('asks every second while somebody watches a live job, and less often the longer nothing changes', () => {
    assert.equal(nextPoll(calm, MIDDLE), 1000);
    assert.equal(nextPoll({ ...calm, quiet: 3 }, MIDDLE), 1000 * 1.25 ** 3);
    assert.equal(nextPoll({ ...calm, quiet: 1000 }, MIDDLE), 10_000);
  });

  it('asks less often when nobody looks, and least often when nothing is live', () => {
    const seen = nextPoll(calm, MIDDLE) ?? 0;
    const unseen = nextPoll({ ...calm, visible: false }, MIDDLE) ?? 0;
    const idle = nextPoll({ ...calm, live: 0 }, MIDDLE) ?? 0;
    assert.ok(seen < unseen && unseen < idle, `${seen} < ${unseen} < ${idle}`);
  });

  it('doubles the pause with every failure up to a minute', () => {
    const pauses = [1, 2, 3, 4, 10].map((failures) => nextPoll({ ...calm, failures }, MIDDLE));
    assert.deepEqual(pauses, [2000, 4000, 8000, 16_000, 60_000]);
  });

  it('spreads every pause by at most a fifth, and never runs away', () => {
    const situation = fc.record({
      visible: fc.boolean(),
      live: fc.nat(1000),
      quiet: fc.nat(100_000),
      failures: fc.nat(100_000),
    });
    fc.assert(
      fc.property(situation, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (facts, random) => {
        const pause = nextPoll(facts, random);
        const middle = nextPoll(facts, MIDDLE);
        if (pause === undefined || middle === undefined) return pause === middle;
        return pause >= 800 && pause <= 72_000 && Math.abs(pause - middle) <= middle * 0.2 + 1e-6;
      }),
    );
  });
});
