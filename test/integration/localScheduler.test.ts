import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunObservation } from '../../backend/core/ports.ts';
import { identify, isAlive } from '../../backend/local/processes.ts';
import type { RunRecord } from '../../backend/local/runRecord.ts';
import { RunTable } from '../../backend/local/runTable.ts';
import { newScheduler, type SchedulerOnDisk, shellRun, untilStatus } from '../support/localScheduler.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const ENDED = ['SUCCEEDED', 'FAILED'] as const;

describe('process scheduler', function () {
  this.timeout(60_000);
  const { folder, remove } = temporaryFolder();
  const open: SchedulerOnDisk[] = [];
  let count = 0;

  function make(options: Parameters<typeof newScheduler>[0] = {}): SchedulerOnDisk {
    const made = newScheduler({ folder: path.join(folder, String(count++)), ...options });
    open.push(made);
    return made;
  }
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  after(remove);

  /** Waits for the first line of a run's log. */
  async function said(made: SchedulerOnDisk, runId: string, attempt = 1): Promise<string> {
    for (;;) {
      try {
        const text = readFileSync(made.folders.attempt(runId, attempt).log, 'utf8');
        if (text.includes('\n')) return text;
      } catch {
        // Not begun yet.
      }
      await sleep(10);
    }
  }

  /** What is stored of a run. */
  function stored(made: SchedulerOnDisk, runId: string): RunRecord {
    const record = new RunTable(made.database).find(runId);
    assert.ok(record);
    return record;
  }

  it('ends the whole process group, also what ignores SIGTERM and what left the group', async () => {
    const made = make();
    const run = shellRun(
      `trap '' TERM
       setsid sleep 600 & echo $!
       (trap '' TERM; sleep 600) & echo $!
       echo $$
       while :; do sleep 1; done`,
    );
    await made.scheduler.submit(run);
    let pids: readonly number[] = [];
    while (pids.length < 3) pids = (await said(made, run.runId)).trim().split('\n').map(Number);
    const processes = pids.map((pid) => identify(pid));
    assert.ok(processes.every((each) => each !== undefined));
    await made.scheduler.terminate(run.runId, 'enough');
    const end = await untilStatus(made.scheduler, run.runId, ...ENDED);
    assert.deepEqual([end.status, end.reason], ['FAILED', 'enough']);
    for (const each of processes) assert.equal(each && isAlive(each), false, `process ${each?.pid} is dead`);
  });

  it('counts an end only when nothing of the attempt is left', async () => {
    const made = make();
    const run = shellRun('sleep 600 & echo $!; exit 1', { maxAttempts: 2 });
    await made.scheduler.submit(run);
    const orphan = identify(Number((await said(made, run.runId)).trim()));
    await said(made, run.runId, 2);
    // Without an identity it was gone before we could look.
    assert.ok(!(orphan && isAlive(orphan)));
    await untilStatus(made.scheduler, run.runId, 'FAILED');
  });

  it('reports progress as it is written, and the last of it with the end', async () => {
    const seen: RunObservation[] = [];
    // The run goes on when its progress was seen, however long that takes on a busy machine.
    const noted = path.join(folder, 'noted');
    const onObservation = (each: RunObservation): void => {
      seen.push(each);
      if (each.progress) writeFileSync(`${noted}-${each.progress.fraction}`, '');
    };
    const made = make({ onObservation });
    const line = (fraction: number): string =>
      `echo '{"progress":{"stage":"predict","step":"search","fraction":${fraction}}}'`;
    const untilNoted = (fraction: number): string => `until [ -e '${noted}-${fraction}' ]; do sleep 0.05; done`;
    const run = shellRun(`${line(0.25)}; ${untilNoted(0.25)}; ${line(0.5)}; ${untilNoted(0.5)}; ${line(1)}`);
    await made.scheduler.submit(run);
    await untilStatus(made.scheduler, run.runId, 'SUCCEEDED');
    // The end tells the last progress again, if it was seen before the run had ended.
    const fractions = [...new Set(seen.flatMap(({ progress }) => progress?.fraction ?? []))];
    assert.deepEqual(fractions, [0.25, 0.5, 1]);
    assert.equal(seen.at(-1)?.progress?.fraction ?? 1, 1);
    assert.equal(seen.at(-1)?.status, 'SUCCEEDED');
  });

  it('tells those who wait where they stand, and starts them in turn, fairly between owners', async () => {
    const seen: RunObservation[] = [];
    const made = make({ onObservation: (each) => seen.push(each) });
    const first = shellRun('sleep 0.3');
    const runs = [first, shellRun('true'), shellRun('true'), shellRun('true', { owner: 'bob' })];
    for (const run of runs) await made.scheduler.submit(run);
    await untilStatus(made.scheduler, first.runId, 'RUNNING');
    const waiting = await made.scheduler.describe(runs.map(({ runId }) => runId));
    assert.deepEqual(
      waiting.map(({ reason }) => reason),
      [
        undefined,
        'waiting for a free slot: 1 of 1 busy, next in line',
        'waiting for a free slot: 1 of 1 busy, 1 job ahead',
        'waiting for a free slot: 1 of 1 busy, 2 jobs ahead',
      ],
    );
    for (const run of runs) await untilStatus(made.scheduler, run.runId, 'SUCCEEDED');
    const order = seen.filter(({ status }) => status === 'STARTING').map(({ runId }) => runId);
    assert.deepEqual(
      order,
      runs.map(({ runId }) => runId),
    );
    const [queue] = await made.scheduler.queues();
    assert.deepEqual([queue?.running, queue?.waiting, queue?.slots], [0, 0, 1]);
  });

  it('runs what depends on others after them, and not at all if they fail', async () => {
    const made = make({ slots: 4 });
    const [good, bad] = [shellRun('sleep 0.2'), shellRun('exit 1')];
    const afterGood = shellRun('true', { dependsOn: [good.runId] });
    const afterBad = shellRun('true', { dependsOn: [bad.runId] });
    for (const run of [good, bad, afterGood, afterBad]) await made.scheduler.submit(run);
    assert.equal((await made.scheduler.describe([afterGood.runId]))[0]?.status, 'PENDING');
    assert.equal((await untilStatus(made.scheduler, afterGood.runId, ...ENDED)).status, 'SUCCEEDED');
    assert.equal((await untilStatus(made.scheduler, afterBad.runId, ...ENDED)).status, 'FAILED');
  });

  it('takes a living run over from the server before, and learns its end from its status file', async () => {
    const before = make();
    const status = '{"exit_code":3,"attempt":1,"started_at":"a","ended_at":"b","reason":"nothing alike"}';
    const run = shellRun(`echo begun; sleep 0.5; echo '${status}' > "$STATUS"; exit 3`, { maxAttempts: 3 });
    await before.scheduler.submit(run);
    await said(before, run.runId);
    before.scheduler.close();
    const next = make({ folder: before.folder });
    assert.equal((await next.scheduler.describe([run.runId]))[0]?.status, 'RUNNING');
    const end = await untilStatus(next.scheduler, run.runId, ...ENDED);
    assert.deepEqual([end.status, end.exitCode, end.attempt, end.reason], ['FAILED', 3, 1, 'nothing alike']);
  });

  it('tries again what died with the server before without a word, once nothing of it is left', async () => {
    const before = make();
    const run = shellRun('sleep 600 & echo $!; [ "$ATTEMPT" = 2 ] && exit 0; wait', { maxAttempts: 2 });
    await before.scheduler.submit(run);
    const orphan = identify(Number((await said(before, run.runId)).trim()));
    before.scheduler.close();
    const leader = stored(before, run.runId).process;
    assert.ok(leader && orphan);
    process.kill(leader.pid, 'SIGKILL');
    while (isAlive(leader)) await sleep(10);
    assert.equal(isAlive(orphan), true);
    const next = make({ folder: before.folder });
    const end = await untilStatus(next.scheduler, run.runId, ...ENDED);
    assert.deepEqual([end.status, end.attempt], ['SUCCEEDED', 2]);
    assert.equal(isAlive(orphan), false);
  });

  it('does not take a stranger for a run whose process number was used again', async () => {
    const before = make();
    const run = shellRun('echo begun; sleep 600', { maxAttempts: 2 });
    await before.scheduler.submit(run);
    await said(before, run.runId);
    before.scheduler.close();
    const record = stored(before, run.runId);
    assert.ok(record.process);
    process.kill(-record.process.pid, 'SIGKILL');
    const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    assert.ok(stranger.pid);
    const alive = identify(stranger.pid);
    assert.ok(alive);
    new RunTable(before.database).save({ ...record, process: { pid: alive.pid, started: record.process.started } });
    const next = make({ folder: before.folder });
    await untilStatus(next.scheduler, run.runId, 'RUNNABLE', 'STARTING');
    assert.equal(isAlive(alive), true, 'the stranger lives');
    stranger.kill('SIGKILL');
  });

  it('does not count an attempt that the server before had not let begin', async () => {
    const before = make({ slots: 0 });
    const run = shellRun('true');
    await before.scheduler.submit(run);
    before.scheduler.close();
    const table = new RunTable(before.database);
    // As it stands when the server dies between storing the start and storing the process …
    table.save({ ...stored(before, run.runId), status: 'STARTING', startedAt: new Date().toISOString() });
    const next = make({ folder: before.folder });
    const end = await untilStatus(next.scheduler, run.runId, ...ENDED);
    assert.deepEqual([end.status, end.attempt], ['SUCCEEDED', 1]);
  });

  it('keeps the end that was asked for when the server dies meanwhile', async () => {
    const before = make({ graceMs: 60_000 });
    const run = shellRun(`trap '' TERM; echo begun; while :; do sleep 0.1; done`, { maxAttempts: 3 });
    await before.scheduler.submit(run);
    await said(before, run.runId);
    await before.scheduler.terminate(run.runId, 'cancelled on request');
    before.scheduler.close();
    const next = make({ folder: before.folder, graceMs: 100 });
    const end = await untilStatus(next.scheduler, run.runId, ...ENDED);
    assert.deepEqual([end.status, end.attempt, end.reason], ['FAILED', 1, 'cancelled on request']);
  });

  it('fails with the cause when the program cannot be started', async () => {
    const made = make({ commandFor: () => ({ command: ['/no/such/program'], environment: {} }) });
    const run = shellRun('');
    await made.scheduler.submit(run);
    const end = await untilStatus(made.scheduler, run.runId, ...ENDED);
    assert.deepEqual([end.status, end.exitCode], ['FAILED', 127]);
    assert.match(await said(made, run.runId), /no\/such\/program/);
  });

  it('refuses ids that are no folder names, and forgets a run that still goes on by ending it', async () => {
    const made = make();
    await assert.rejects(made.scheduler.submit(shellRun('true', { runId: '../x' })), { name: 'RunRefused' });
    const run = shellRun('echo begun; sleep 600');
    await made.scheduler.submit(run);
    await said(made, run.runId);
    const { process: leader } = stored(made, run.runId);
    writeFileSync(path.join(made.folders.folder(run.runId), 'more'), 'x');
    await made.scheduler.forget(run.runId);
    assert.deepEqual(await made.scheduler.describe([run.runId]), []);
    assert.deepEqual(made.folders.attempts(run.runId), []);
    assert.equal(leader && isAlive(leader), false);
  });
});
