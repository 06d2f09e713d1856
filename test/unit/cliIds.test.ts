import assert from 'node:assert/strict';
import type { FoldpadClient } from '../../backend/api/client.ts';
import { resolveIds } from '../../backend/cli/jobIds.ts';

const JOBS = [
  { id: 'abcd0000-0000-4000-8000-000000000001', name: 'alpha' },
  { id: 'abcd0000-0000-4000-8000-000000000002', name: 'beta' },
  { id: 'abce0000-0000-4000-8000-000000000003', name: 'gamma' },
];

/** Gives one job to a page. */
const client = {
  list: async ({ cursor = '0' }: { cursor?: string }) => {
    const at = Number(cursor);
    return { jobs: JOBS.slice(at, at + 1), ...(at + 1 < JOBS.length && { next: `${at + 1}` }) };
  },
} as unknown as FoldpadClient;

const resolve = (...typed: string[]) => resolveIds(client, typed, new AbortController().signal);

describe('ids that are typed', () => {
  it('may be beginnings, in any case, and are looked for on every page', async () => {
    assert.deepEqual(await resolve(' ABCE '), [JOBS[2]?.id]);
    assert.deepEqual(await resolve('abcd0000-0000-4000-8000-000000000002', 'abce', 'abce0'), [
      JOBS[1]?.id,
      JOBS[2]?.id,
    ]);
  });

  it('that several jobs share are refused with these jobs', async () => {
    await assert.rejects(resolve('abce', 'abcd'), ({ message }: Error) => {
      assert.match(message, /^2 jobs have ids that begin with "abcd": \S+0001 \(alpha\), \S+0002 \(beta\)\. Type more/);
      return true;
    });
  });

  it('that no job has, that are too short, and that are none are each told so', async () => {
    await assert.rejects(resolve('ffff'), /No job has an id that begins with "ffff"/);
    await assert.rejects(resolve('abc'), /"abc" is too short; give at least 4 letters/);
    await assert.rejects(resolve('gamma'), /"gamma" is not an id/);
  });
});
