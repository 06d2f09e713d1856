/** Kills the server, and runners too, at random moments while jobs are in flight; then looks whether all is well. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from '../../backend/api/connectionError.ts';
import { isFinished, type Job } from '../../backend/api/job.ts';
import { resultSchema } from '../../backend/api/result.ts';
import { jobKeys } from '../../backend/api/runner.ts';
import type { WireJobRequest } from '../../backend/api/wireRequest.ts';
import { ATTEMPT_VARIABLE } from '../../backend/local/processes.ts';
import { RunFolders } from '../../backend/local/runFolders.ts';
import { findMarked } from './leftovers.ts';
import { MYOGLOBIN } from './runnerJob.ts';
import { ServerProcess } from './serverProcess.ts';

export interface KillRound {
  readonly jobs: number;
  /** Times that the server was killed. */
  readonly serverKills: number;
  readonly runnerKills: number;
  /** Attempts of all jobs together. */
  readonly attempts: number;
  readonly seconds: number;
}

export interface KillOptions {
  readonly dataDirectory: string;
  readonly jobs: number;
  /** Between 0 and 1; a seeded one makes a round repeatable as far as time allows. */
  readonly random: () => number;
}

const ROUND_TIMEOUT_MS = 180_000;

/**
 * One round: submits jobs, kills the server up to three times and up to two runners at random moments, starts the
 * server again each time, waits until all jobs have ended, checks that each has exactly one result.
 */
export async function runKillRound({ dataDirectory, jobs, random }: KillOptions): Promise<KillRound> {
  const begin = performance.now();
  const deadline = begin + ROUND_TIMEOUT_MS;
  const between = (low: number, high: number): number => low + random() * (high - low);
  const start = (): Promise<ServerProcess> => ServerProcess.start(dataDirectory, ['--slots', String(jobs)]);
  const watch = new ResultWatch(dataDirectory);
  let server = await start();
  let runnerKills = 0;
  try {
    const idempotencyKey = randomUUID();
    const requests = Array.from({ length: jobs }, (_, i) => requestFor(i, between(300, 2500)));
    const kills = 1 + Math.floor(random() * 3);
    let ids: readonly string[] | undefined;
    const submit = async (): Promise<void> => {
      const submitted = await server.client.submit(requests, { idempotencyKey });
      ids = submitted.map(({ id }) => id);
    };
    for (let kill = 0; kill < kills; kill++) {
      const submitting = ids ? Promise.resolve() : submit().catch(ignoreLostConnection);
      // While it takes the jobs, or while so many of them have begun to run, or while it takes over what runs.
      const begun = Math.floor(random() * (jobs + 1));
      if (begun > 0) await untilBegun(dataDirectory, begun, server.client);
      await sleep(between(0, 600));
      if (runnerKills < 2 && random() < 0.7) runnerKills += killSomeRunner(dataDirectory, random);
      await server.signal('SIGKILL');
      await submitting;
      server = await start();
    }
    if (!ids) await submit();
    if (!ids) throw new Error('the jobs were not taken');
    const ended = await untilAllEnded(server, ids, deadline, watch);
    await checkRound(server, dataDirectory, ended, watch);
    return {
      jobs,
      serverKills: kills,
      runnerKills,
      attempts: ended.reduce((sum, job) => sum + (job.runs[0]?.attempt ?? 0), 0),
      seconds: (performance.now() - begin) / 1000,
    };
  } finally {
    watch.stop();
    await server.stop();
  }
}

/** Waits until so many runs have logged something, or no job is live any more. */
async function untilBegun(dataDirectory: string, count: number, client: ServerProcess['client']): Promise<void> {
  const runs = path.join(dataDirectory, 'runs');
  const folders = new RunFolders(runs);
  for (;;) {
    const logs = (existsSync(runs) ? readdirSync(runs) : []).map((runId) => folders.attempt(runId, 1).log);
    if (logs.filter((log) => (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0).length >= count) return;
    const { jobs } = await client.list();
    if (jobs.length > 0 && jobs.every((job) => isFinished(job.status))) return;
    await sleep(20);
  }
}

function requestFor(index: number, milliseconds: number): WireJobRequest {
  const header = `>target${index} ms=${Math.round(milliseconds)} steps=5 models=2`;
  return { fasta: `job ${index}`, sequence: `${header}\n${MYOGLOBIN}\n` };
}

function ignoreLostConnection(error: unknown): void {
  if (!(error instanceof ConnectionError)) throw error;
}

/** Kills one living runner, or its engine, by `SIGKILL`. @returns how many */
function killSomeRunner(dataDirectory: string, random: () => number): number {
  const alive = processesOf(dataDirectory);
  const victim = alive[Math.floor(random() * alive.length)];
  if (!victim) return 0;
  try {
    process.kill(victim.pid, 'SIGKILL');
    return 1;
  } catch {
    return 0;
  }
}

/** All living processes of all attempts of the data directory's runs. */
function processesOf(dataDirectory: string): { readonly pid: number; readonly command: string }[] {
  const runs = path.join(dataDirectory, 'runs');
  const folders = new RunFolders(runs);
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((runId) =>
    folders.attempts(runId).flatMap((attempt) => findMarked(ATTEMPT_VARIABLE, `${runId}/${attempt}`)),
  );
}

async function untilAllEnded(
  server: ServerProcess,
  ids: readonly string[],
  deadline: number,
  watch: ResultWatch,
): Promise<readonly Job[]> {
  for (;;) {
    watch.look();
    const jobs = await Promise.all(ids.map(async (id) => (await server.client.get(id)).job));
    if (jobs.every((job) => isFinished(job.status))) return jobs;
    if (performance.now() > deadline) {
      const states = jobs.map(({ status, statusReason }) => `${status} (${statusReason ?? ''})`);
      throw new Error(`not all jobs ended in time: ${states.join(', ')}`);
    }
    await sleep(50);
  }
}

async function checkRound(
  server: ServerProcess,
  dataDirectory: string,
  jobs: readonly Job[],
  watch: ResultWatch,
): Promise<void> {
  assert.equal((await server.client.list({ limit: 1000 })).jobs.length, jobs.length, 'every job exists once');
  for (const job of jobs) {
    assert.equal(job.status, 'SUCCEEDED', `${job.id}: ${JSON.stringify(job.failure)}`);
    assert.equal(job.runs.length, 1, 'one run a job');
    watch.check(job.id);
    checkResult(dataDirectory, job);
    checkAttempts(dataDirectory, job);
  }
  assert.deepEqual(processesOf(dataDirectory), [], 'no process is left');
  await server.client.deleteFinished();
  while ((await server.client.list()).jobs.length > 0) await sleep(20);
  assert.deepEqual(readdirSync(path.join(dataDirectory, 'runs')), [], 'no run is left');
  assert.deepEqual(readdirSync(path.join(dataDirectory, 'store', 'output')), [], 'no object is left');
}

/** The one result is whole, and all of it was written by the same attempt. */
function checkResult(dataDirectory: string, job: Job): void {
  const output = path.join(dataDirectory, 'store', jobKeys.outputFolder(job.id));
  const result = resultSchema.parse(JSON.parse(readFileSync(path.join(output, 'result.json'), 'utf8')));
  assert.equal(result.job_id, job.id);
  assert.equal(result.models.length, 2);
  assert.ok(result.files.length >= 2);
  assert.equal(new Set(result.files.map((file) => file.path.split('/')[0])).size, 1, 'files of one attempt only');
  for (const file of result.files) {
    const bytes = readFileSync(path.join(output, file.path));
    assert.equal(bytes.length, file.size);
    assert.equal(createHash('sha256').update(bytes).digest('hex'), file.sha256);
  }
  assert.deepEqual(
    readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((name) => path.basename(name) === 'result.json'),
    ['result.json'],
  );
}

/** No attempt said anything after the next one had begun, and there were not more than may be. */
function checkAttempts(dataDirectory: string, job: Job): void {
  const runId = job.runs[0]?.id ?? '';
  const folders = new RunFolders(path.join(dataDirectory, 'runs'));
  const attempts = folders.attempts(runId);
  assert.ok(attempts.length <= 3, `${attempts.length} attempts`);
  let before = '';
  for (const attempt of attempts) {
    const text = readFileSync(folders.attempt(runId, attempt).log, 'utf8');
    const times = [...text.matchAll(/^(\d{4}-\d\d-\d\dT[\d:.]+Z) /gm)].map((match) => match[1] ?? '');
    assert.ok((times[0] ?? '9') >= before, `attempt ${attempt} began before the one before it was dead`);
    before = times.at(-1) ?? before;
  }
}

/** Notes what each `result.json` is when it is first seen, to find out whether it was ever written again. */
class ResultWatch {
  readonly #output: string;
  readonly #seen = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;

  constructor(dataDirectory: string) {
    this.#output = path.join(dataDirectory, 'store', 'output');
    this.#timer = setInterval(() => this.look(), 20);
  }

  look(): void {
    if (!existsSync(this.#output)) return;
    for (const id of readdirSync(this.#output)) {
      const now = this.#identity(id);
      if (now !== undefined && !this.#seen.has(id)) this.#seen.set(id, now);
    }
  }

  /** Its inode, time of change and content. */
  #identity(id: string): string | undefined {
    const file = path.join(this.#output, id, 'result.json');
    const facts = statSync(file, { throwIfNoEntry: false, bigint: true });
    return facts && `${facts.ino} ${facts.mtimeNs} ${readFileSync(file, 'utf8')}`;
  }

  check(id: string): void {
    this.look();
    assert.equal(this.#identity(id), this.#seen.get(id), 'the result was written once');
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
