/**
 * Measures the local server over HTTP: submitting, listing few and many jobs, memory while idle. Prints one line of
 * JSON for each number.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobStatus } from '../../backend/api/job.ts';
import { SqliteDatabase } from '../../backend/local/sqliteDatabase.ts';
import { SqliteJobStore } from '../../backend/local/sqliteJobStore.ts';
import { MYOGLOBIN } from '../support/runnerJob.ts';
import { sampleJob, sampleRun } from '../support/sampleJob.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const FEW = 100;
const MANY = 100_000;
const MAX_POST_MS = 10;
const MAX_LIST_RATIO = 1.5;
const MAX_IDLE_MEGABYTES = 120;
const IDLE_SECONDS = 10;

let failed = false;

function report(name: string, value: number, unit: string, target: string, ok: boolean): void {
  failed ||= !ok;
  console.log(JSON.stringify({ name, value: Math.round(value * 1000) / 1000, unit, target, ok }));
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Sends a request with the key; the whole answer is read. @returns milliseconds */
async function timed(server: ServerProcess, to: string, expected: number, init: RequestInit = {}): Promise<number> {
  const begin = performance.now();
  const answer = await fetch(server.url + to, { ...init, headers: { authorization: server.key } });
  await answer.arrayBuffer();
  const milliseconds = performance.now() - begin;
  if (answer.status !== expected) throw new Error(`${to} answered ${answer.status} instead of ${expected}`);
  return milliseconds;
}

/** The first job takes the only slot for as long as this lasts; the others wait, so that nothing else needs the CPU. */
async function measureSubmitting(folder: string): Promise<void> {
  const server = await ServerProcess.start(folder, ['--slots', '1']);
  try {
    const submit = (): Promise<number> => {
      const body = JSON.stringify({ fasta: 'bench', sequence: `>bench ms=600000\n${MYOGLOBIN}\n`, comment: '测试' });
      return timed(server, '/', 202, { method: 'POST', body });
    };
    for (let i = 0; i < 20; i++) await submit();
    await sleep(3000);
    const times: number[] = [];
    for (let i = 0; i < 300; i++) times.push(await submit());
    const p50 = quantile(times, 0.5);
    report('POST / to 202, p50', p50, 'ms', `≤ ${MAX_POST_MS} ms`, p50 <= MAX_POST_MS);
    report('POST / to 202, p95', quantile(times, 0.95), 'ms', 'none', true);
    await server.client.cancelAll();
    while ((await server.client.list({ statuses: ['CANCELLING'] })).jobs.length > 0) await sleep(100);
  } finally {
    await server.stop();
  }
}

/** Jobs as a year of use leaves them. */
function oldJob(index: number): Job {
  const statuses: readonly JobStatus[] = ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'CANCELLED'];
  const status = statuses[index % statuses.length] ?? 'SUCCEEDED';
  const at = new Date(Date.UTC(2026, 0, 1) + index * 300_000).toISOString();
  const run = sampleRun({ status: status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED', schedulerId: randomUUID() });
  return sampleJob({ owner: 'local', status, createdAt: at, updatedAt: at, runs: [run] });
}

async function fill(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = new SqliteDatabase(path.join(folder, 'foldpad.db'));
  const store = new SqliteJobStore(database);
  for (let start = 0; start < count; start += 1000) {
    await store.create(Array.from({ length: Math.min(1000, count - start) }, (_, i) => oldJob(start + i)));
  }
  database.close();
}

async function measureListing(few: string, many: string): Promise<void> {
  await fill(few, FEW);
  await fill(many, MANY);
  const servers = [await ServerProcess.start(few), await ServerProcess.start(many)] as const;
  try {
    for (const [what, query] of [
      ['', '/?limit=50'],
      [', three states', '/?limit=50&status=SUCCEEDED,FAILED,CANCELLED'],
    ] as const) {
      const times: [number[], number[]] = [[], []];
      // In turn, so that whatever else the machine does meanwhile meets both alike.
      for (let i = 0; i < 330; i++) {
        for (const which of [0, 1] as const) {
          const time = await timed(servers[which], query, 200);
          if (i >= 30) times[which].push(time);
        }
      }
      const [small, large] = times.map((each) => quantile(each, 0.5)) as [number, number];
      const ratio = large / small;
      const ok = ratio <= MAX_LIST_RATIO;
      report(`GET /?limit=50${what}, ${FEW} jobs, p50`, small, 'ms', 'none', true);
      report(`GET /?limit=50${what}, ${MANY} jobs, p50`, large, 'ms', 'none', true);
      report(`GET /?limit=50${what}, ${MANY} to ${FEW} jobs`, ratio, '×', `≤ ${MAX_LIST_RATIO}`, ok);
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** The program as it ships. */
function bundle(folder: string): readonly string[] {
  const webpack = path.join(ROOT, 'node_modules', '.bin', 'webpack');
  execFileSync(webpack, ['--config-name', 'server', '--output-path', folder], { cwd: ROOT, stdio: 'ignore' });
  return [process.execPath, path.join(folder, 'server.mjs')];
}

/** Resident set of a process, from /proc or ps. */
function residentMegabytes(pid: number): number {
  if (process.platform === 'linux') {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1024;
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

async function measureMemory(what: string, folder: string, program: readonly string[] | undefined): Promise<void> {
  const server = await ServerProcess.start(folder, [], program);
  try {
    for (let i = 0; i < 50; i++) await timed(server, '/?limit=50', 200);
    await sleep(IDLE_SECONDS * 1000);
    const megabytes = residentMegabytes(server.pid);
    const ok = megabytes <= MAX_IDLE_MEGABYTES;
    report(`idle server with ${MANY} jobs, ${what}, resident`, megabytes, 'MB', `≤ ${MAX_IDLE_MEGABYTES} MB`, ok);
  } finally {
    await server.stop();
  }
}

const { folder, remove } = temporaryFolder();
try {
  await measureSubmitting(path.join(folder, 'submit'));
  await measureListing(path.join(folder, 'few'), path.join(folder, 'many'));
  await measureMemory('as shipped', path.join(folder, 'many'), bundle(path.join(folder, 'dist')));
  const source = [process.execPath, path.join(ROOT, 'backend', 'local', 'main.ts')];
  await measureMemory('from source', path.join(folder, 'many'), source);
} finally {
  remove();
}
process.exitCode = failed ? 1 : 0;
