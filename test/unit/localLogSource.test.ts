import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { formatProgressLine } from '../../backend/api/runner.ts';
import { InvalidCursor } from '../../backend/core/ports.ts';
import { FileLogSource } from '../../backend/local/fileLogSource.ts';
import { MAX_LINE_BYTES } from '../../backend/local/logLines.ts';
import { RunFolders } from '../../backend/local/runFolders.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('FileLogSource', () => {
  const { folder, remove } = temporaryFolder();
  const folders = new RunFolders(folder);
  const logs = new FileLogSource(folders);
  after(remove);

  function newLog(status: 'RUNNING' | 'SUCCEEDED' = 'RUNNING') {
    const run = sampleRun({ status });
    const job = sampleJob({ runs: [run], status });
    mkdirSync(folders.folder(run.id), { recursive: true });
    return { run, job, file: folders.attempt(run.id, 1).log };
  }

  it('reads times, hides progress, and leaves the unfinished last line for later', async () => {
    const { job, run, file } = newLog();
    const progress = formatProgressLine({ stage: 'predict', step: 'search', fraction: 0.5 });
    writeFileSync(file, `2026-11-22T10:00:00.123Z begin\n${progress}\nplain\r\nhalf`);
    const first = await logs.read(job, undefined, 10);
    assert.deepEqual(first.lines, [
      { runId: run.id, stage: 'predict', at: '2026-11-22T10:00:00.123Z', text: 'begin' },
      { runId: run.id, stage: 'predict', text: 'plain' },
    ]);
    assert.equal(first.done, false);
    appendFileSync(file, ' a line\n');
    const second = await logs.read(job, first.next, 10);
    assert.deepEqual(
      second.lines.map(({ text }) => text),
      ['half a line'],
    );
    assert.deepEqual((await logs.read(job, second.next, 10)).lines, []);
  });

  it('gives out the unfinished last line once the run has ended, and says that it is done', async () => {
    const { job, run, file } = newLog();
    writeFileSync(file, 'a\nlast words');
    const { next } = await logs.read(job, undefined, 10);
    const ended = { ...job, status: 'FAILED', runs: [{ ...run, status: 'FAILED' }] } as const;
    const page = await logs.read(ended, next, 10);
    assert.deepEqual(
      page.lines.map(({ text }) => text),
      ['last words'],
    );
    assert.equal(page.done, true);
    assert.deepEqual(
      (await logs.tail(ended, 1)).lines.map(({ text }) => text),
      ['last words'],
    );
  });

  it('goes from attempt to attempt and never back', async () => {
    const { job, run, file } = newLog();
    writeFileSync(file, 'first\nkilled here');
    writeFileSync(folders.attempt(run.id, 2).log, 'second\n');
    const page = await logs.read(job, undefined, 2);
    assert.deepEqual(
      page.lines.map(({ text }) => text),
      ['first', 'killed here'],
    );
    const rest = await logs.read(job, page.next, 5);
    assert.deepEqual(
      rest.lines.map(({ text }) => text),
      ['second'],
    );
    assert.deepEqual(
      (await logs.tail(job, 2)).lines.map(({ text }) => text),
      ['killed here', 'second'],
    );
  });

  it('answers for a job that has no log yet, with a cursor that works later', async () => {
    const { job, file } = newLog();
    const { next, lines, done } = await logs.read({ ...job, runs: [] }, undefined, 5);
    assert.deepEqual({ lines, done }, { lines: [], done: false });
    writeFileSync(file, 'now\n');
    assert.deepEqual(
      (await logs.read(job, next, 5)).lines.map(({ text }) => text),
      ['now'],
    );
  });

  it('splits long lines between characters and takes invalid UTF-8 and terminal tricks', async () => {
    const { job, file } = newLog();
    const long = '蛋'.repeat(20_000);
    writeFileSync(
      file,
      Buffer.concat([Buffer.from(`${long}\n\u001b[31mred\u001b[0m\u0007\n`), Buffer.from([0xff, 0x0a])]),
    );
    const { lines } = await logs.read(job, undefined, 100);
    const texts = lines.map(({ text }) => text);
    assert.deepEqual(texts.slice(-2), ['red', '\ufffd']);
    assert.equal(texts.slice(0, -2).join(''), long);
    assert.ok(texts.every((text) => Buffer.byteLength(text) <= MAX_LINE_BYTES));
  });

  it('refuses cursors that are junk or of another job', async () => {
    const { job, file } = newLog();
    writeFileSync(file, 'x\n');
    const other = newLog();
    writeFileSync(other.file, 'y\n');
    const { next } = await logs.read(other.job, undefined, 5);
    for (const cursor of [
      '',
      'junk',
      `${next}x`,
      next,
      next.slice(0, -3),
      Buffer.from('["log"]').toString('base64url'),
    ]) {
      await assert.rejects(logs.read(job, cursor, 5), InvalidCursor, cursor);
    }
  });

  it('resumes exactly: any log written in any pieces and read in any pages gives each line once', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replace(/[\n\r]/g, '')),
      fc.constant('2026-11-22T10:00:00.000Z said'),
      fc.constant(formatProgressLine({ stage: 'predict', step: 'x', fraction: 0.1 })),
      fc.constant('蛋'.repeat(6000)),
    );
    const scenario = fc.record({
      lines: fc.array(line, { maxLength: 30 }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      limit: fc.integer({ min: 1, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ lines, cuts, limit }) => {
        const { job, run, file } = newLog();
        const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
        const places = [...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length].sort((a, b) => a - b);
        const seen: string[] = [];
        let cursor: string | undefined;
        let from = 0;
        for (const place of places) {
          appendFileSync(file, bytes.subarray(from, place));
          from = place;
          const page = await logs.read(job, cursor, limit);
          seen.push(...page.lines.map(({ text }) => text));
          cursor = page.next;
        }
        const ended = { ...job, status: 'SUCCEEDED', runs: [{ ...run, status: 'SUCCEEDED' }] } as const;
        for (let done = false; !done; ) {
          const page = await logs.read(ended, cursor, limit);
          seen.push(...page.lines.map(({ text }) => text));
          ({ next: cursor, done } = page);
        }
        const whole = await logs.read(ended, undefined, 1000);
        assert.deepEqual(
          seen,
          whole.lines.map(({ text }) => text),
        );
        assert.equal(whole.done, true);
        const tail = await logs.tail(ended, 5);
        assert.deepEqual(tail.lines, whole.lines.slice(-5));
        assert.deepEqual((await logs.read(ended, tail.next, 5)).lines, []);
      }),
      { numRuns: 30 },
    );
  });

  it('reads only the end of a huge log for its tail', async () => {
    const { job, file } = newLog();
    const block = Buffer.from(`${'x'.repeat(99)}\n`.repeat(10_000));
    for (let i = 0; i < 100; i++) appendFileSync(file, block);
    appendFileSync(file, 'the end\n');
    // The kernel counts what this process reads, on Linux alone.
    const readSoFar = (): number =>
      process.platform === 'linux' ? Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]) : 0;
    const before = readSoFar();
    const { lines } = await logs.tail(job, 100);
    assert.equal(lines.length, 100);
    assert.equal(lines.at(-1)?.text, 'the end');
    const read = readSoFar() - before;
    assert.ok(read < 8_000_000, `${read} bytes were read`);
  });
});
