import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { ConnectionError } from '../../backend/api/connectionError.ts';
import type { Job } from '../../backend/api/job.ts';
import { problem } from '../../backend/api/problem.ts';
import { formatSpan } from '../../backend/cli/describe.ts';
import { CliError, reportError } from '../../backend/cli/errors.ts';
import { fraction, pdbIds, wholeNumber } from '../../backend/cli/options.ts';
import { exitCodeOf } from '../../backend/cli/outcome.ts';
import { Output } from '../../backend/cli/output.ts';
import { createProgressDisplay } from '../../backend/cli/progressDisplay.ts';
import { parseServerFile } from '../../backend/cli/serverFile.ts';
import { formatTable, shorten } from '../../backend/cli/table.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';

describe('formatTable', () => {
  it('aligns all columns, whatever is in them, without blanks at the end', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ß', '\u001b[31mx\u001b[39m', '–'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, fc.constant('|'))), (rows) => {
        const lines = formatTable(rows).map(stripVTControlCharacters);
        assert.equal(new Set(lines.map((line) => line.lastIndexOf('|'))).size <= 1, true);
        assert.ok(lines.every((line) => line === line.trimEnd()));
      }),
    );
  });

  it('shortens to so many places', () => {
    assert.equal(shorten('abcdef', 6), 'abcdef');
    assert.equal(shorten('abcdefg\nh', 6), 'abcde…');
  });

  it('tells spans in one unit', () => {
    assert.deepEqual([0, 90_000, 600_000, 7_200_000, 864_000_000].map(formatSpan), [
      '0 s',
      '90 s',
      '10 min',
      '2 h',
      '10 d',
    ]);
  });
});

describe('option values', () => {
  it('reads fractions and per cent', () => {
    assert.equal(fraction('0.95'), 0.95);
    assert.equal(fraction('95%'), 0.95);
    for (const wrong of ['', '0', '1.1', '95', 'x', '101%', '-0.5']) assert.throws(() => fraction(wrong), wrong);
  });

  it('reads whole numbers within limits', () => {
    assert.equal(wholeNumber(1, 10)('10'), 10);
    for (const wrong of ['0', '11', '1.5', '', '1e1', ' 1']) assert.throws(() => wholeNumber(1, 10)(wrong), wrong);
  });

  it('collects PDB ids', () => {
    assert.deepEqual(pdbIds('1crn, 4HHB', ['2HHB']), ['2HHB', '1CRN', '4HHB']);
    assert.throws(() => pdbIds('1crn,hhb'), /"HHB"/);
  });
});

describe('exitCodeOf', () => {
  const good = sampleJob({ status: 'SUCCEEDED' });
  const failed = sampleJob({ status: 'FAILED' });
  const cancelled = sampleJob({ status: 'CANCELLED' });
  const none = sampleJob({ status: 'FAILED', failure: { code: 'no-template', message: '' } });
  const short = sampleJob({ status: 'FAILED', runs: [sampleRun({ status: 'FAILED', exitCode: 3 })] });

  it('tells success, failure, "cannot predict" and a mixture apart', () => {
    assert.equal(exitCodeOf([good, good], 2), 0);
    assert.equal(exitCodeOf([good, failed], 2), 4);
    assert.equal(exitCodeOf([good, none], 2), 4);
    assert.equal(exitCodeOf([none, short], 2), 3);
    assert.equal(exitCodeOf([none, failed], 2), 1);
    assert.equal(exitCodeOf([cancelled], 1), 1);
    assert.equal(exitCodeOf([good], 2), 4, 'one was deleted meanwhile');
    assert.equal(exitCodeOf([], 1), 1);
  });
});

describe('reportError', () => {
  it('gives each kind of error its exit code', () => {
    assert.equal(reportError(new CliError('x', 2)).exit_code, 2);
    assert.equal(reportError(new ConnectionError('u', 'unreachable', 'c', 'r')).exit_code, 5);
    assert.equal(reportError(new Error('x')).exit_code, 1);
    assert.equal(reportError('x').message, 'x');
  });

  it('lists the mistakes of a request when there are several', () => {
    const errors = [
      { item: 0, field: 'sequence', message: 'is bad', line: 3, column: 2, remedy: 'Correct it.' },
      { item: 1, field: 'que', message: 'is unknown' },
    ];
    const report = reportError(problem('invalid-request', 'Two mistakes.', errors));
    assert.deepEqual(report.details, [
      'job 1: sequence, line 3, column 2: is bad. Correct it.',
      'job 2: que: is unknown.',
    ]);
    assert.equal(report.kind, 'invalid-request');
  });
});

describe('parseServerFile', () => {
  const good = { url: 'http://127.0.0.1:4711', keyFile: '/d/key', pid: 4711, version: '0.1.0' };

  it('believes a file that points to this machine, and no other', () => {
    assert.deepEqual(parseServerFile(JSON.stringify(good)), good);
    for (const url of ['http://evil.example:80', 'https://127.0.0.1:1', 'http://127.0.0.1.evil.example:80']) {
      assert.equal(parseServerFile(JSON.stringify({ ...good, url })), undefined, url);
    }
    for (const text of ['', '{', '[]', 'null', JSON.stringify({ ...good, pid: 0 })]) {
      assert.equal(parseServerFile(text), undefined, text);
    }
  });
});

describe('progress display', () => {
  const job = sampleJob({ status: 'QUEUED', statusReason: 'waiting for a free CPU slot: 2 of 2 busy' });
  const running = (fractionDone: number) =>
    ({ ...job, status: 'RUNNING', progress: { stage: 'predict', step: 'search', fraction: fractionDone } }) as const;

  it('draws a bar with the reason for waiting on a terminal', () => {
    // Only what a job does last is sure to be drawn.
    const drawn = (one: Job): string => {
      const fake = new FakeTerminal({ isTTY: true, columns: 120 });
      const display = createProgressDisplay(new Output(fake.streams, false), [job]);
      display.update(one);
      display.stop();
      assert.equal(fake.stdout, '');
      return fake.stderr;
    };
    assert.match(drawn(job), /HBB_HUMAN .*░.* 0 % QUEUED waiting for a free CPU slot/);
    assert.match(drawn(running(0.5)), /HBB_HUMAN .*█.* 50 % RUNNING search/);
  });

  it('draws one bar for many jobs', () => {
    const fake = new FakeTerminal({ isTTY: true, columns: 120 });
    const jobs = Array.from({ length: 40 }, () => sampleJob());
    const display = createProgressDisplay(new Output(fake.streams, false), jobs);
    for (const one of jobs.slice(0, 20)) display.update({ ...one, status: 'SUCCEEDED' });
    display.stop();
    assert.match(fake.stderr, /40 jobs .* 50 % 20 of 40 have ended/);
  });

  it('writes a line for a change, and none for what was said already', () => {
    const fake = new FakeTerminal({ isTTY: false });
    const display = createProgressDisplay(new Output(fake.streams, false), [job]);
    for (const one of [
      job,
      job,
      running(0.01),
      running(0.02),
      running(0.2),
      { ...job, status: 'SUCCEEDED' as const },
    ]) {
      display.update(one);
    }
    display.stop();
    const lines = fake.stderr.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.slice(9)),
      [
        'HBB_HUMAN: QUEUED – waiting for a free CPU slot: 2 of 2 busy',
        'HBB_HUMAN: RUNNING – 1 % search',
        'HBB_HUMAN: RUNNING – 20 % search',
        'HBB_HUMAN: SUCCEEDED',
      ],
    );
  });

  it('draws nothing when a program reads the answer', () => {
    const fake = new FakeTerminal({ isTTY: true });
    const output = new Output(fake.streams, true);
    assert.equal(output.hasBars, false);
    const display = createProgressDisplay(output, [job]);
    display.update(running(0.5));
    display.stop();
    assert.doesNotMatch(fake.stderr, /[█░]/);
    assert.equal(fake.stderr, stripVTControlCharacters(fake.stderr));
    assert.equal(fake.stdout, '');
  });
});
