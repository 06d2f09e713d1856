import assert from 'node:assert/strict';
import type { LogLine, LogPage } from '../../backend/api/job.ts';
import { problem } from '../../backend/api/problem.ts';
import { followLog } from '../../extension/logs/followLog.ts';
import { formatLine } from '../../extension/logs/logText.ts';

const line = (text: string, at?: string): LogLine => ({ runId: 'r', stage: 'predict', text, ...(at && { at }) });
const page = (next: string, done: boolean, ...lines: LogLine[]): LogPage => ({ lines, next, done });

/** Follows a log that answers these, one after the other. */
async function follow(answers: readonly (LogPage | Error)[], after?: string) {
  const cursors: (string | undefined)[] = [];
  const written: string[] = [];
  const said: string[] = [];
  const pauses: number[] = [];
  const rest = [...answers];
  const outcome = await followLog({
    reader: {
      logs: (_id, options) => {
        cursors.push(options.after);
        const answer = rest.shift();
        if (answer === undefined) throw new Error('asked once too often');
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
    jobId: 'job',
    ...(after === undefined ? {} : { after }),
    signal: new AbortController().signal,
    write: (lines) => {
      written.push(...lines.map(formatLine));
    },
    say: (message) => said.push(message),
    sleep: (milliseconds) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  });
  assert.equal(rest.length, 0, 'every answer was asked for');
  return { outcome, cursors, written, said, pauses };
}

describe('followLog', () => {
  it('goes on exactly where the last page ended, until nothing will follow', async () => {
    const { outcome, cursors, written } = await follow(
      [page('b', false, line('one')), page('c', false), page('d', true, line('two'))],
      'a',
    );
    assert.equal(outcome, 'ended');
    assert.deepEqual(cursors, ['a', 'b', 'c']);
    assert.deepEqual(written, ['one', 'two']);
  });

  it('shows the time of day where a line has one', async () => {
    const { written } = await follow([page('b', true, line('begin', '2026-11-22T11:04:15.123Z'), line('plain'))]);
    assert.deepEqual(written, ['11:04:15  begin', 'plain']);
  });

  it('asks less often the longer nothing comes, and sooner again when something does', async () => {
    const quiet = Array.from({ length: 12 }, () => page('b', false));
    const { pauses } = await follow([...quiet, page('c', false, line('x')), page('c', true)]);
    assert.deepEqual(
      pauses.slice(0, -1),
      [...pauses.slice(0, -1)].sort((a, b) => a - b),
    );
    assert.equal(Math.max(...pauses), 5000);
    assert.ok((pauses.at(-1) ?? 0) < 1000);
  });

  it('says once that the log cannot be read, and once that it can again', async () => {
    const down = () => new Error('nobody listens');
    const { cursors, said, written } = await follow(
      [page('b', false), down(), down(), down(), page('c', true, line('after'))],
      'a',
    );
    assert.equal(said.length, 2);
    assert.match(said[0] ?? '', /nobody listens/);
    assert.deepEqual(cursors, ['a', 'b', 'b', 'b', 'b'], 'no line is skipped or shown twice');
    assert.deepEqual(written, ['after']);
  });

  it('ends when the job is deleted', async () => {
    const { outcome } = await follow([page('b', false), problem('not-found', 'There is no such job.')]);
    assert.equal(outcome, 'gone');
  });

  it('stops when it is told to, without another question', async () => {
    const abort = new AbortController();
    let asked = 0;
    const following = followLog({
      reader: {
        logs: () => {
          asked++;
          return Promise.resolve(page('b', false));
        },
      },
      jobId: 'job',
      signal: abort.signal,
      write: () => undefined,
      say: () => undefined,
      sleep: () => {
        abort.abort();
        return Promise.resolve();
      },
    });
    await assert.rejects(following, { name: 'AbortError' });
    assert.equal(asked, 1);
  });
});
