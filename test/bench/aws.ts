/**
 * What the AWS backend costs: items and units read for a page of jobs, from a hundred jobs to a hundred thousand, and
 * AWS calls for a submission and for a change of state. Through the real app and the real stores, on the emulator.
 * Prints one JSON line per number. `node test/bench/aws.ts [FEW] [MANY]`
 */
import assert from 'node:assert/strict';
import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Job, JobStatus } from '../../backend/api/job.ts';
import { wireSubmittedSchema } from '../../backend/api/wireAnswers.ts';
import { createBatchClient } from '../../backend/aws/batchClient.ts';
import { BatchScheduler } from '../../backend/aws/batchScheduler.ts';
import { DynamoJobStore } from '../../backend/aws/dynamoJobStore.ts';
import { DynamoKeyStore } from '../../backend/aws/dynamoKeyStore.ts';
import type { DynamoTable } from '../../backend/aws/dynamoValues.ts';
import { DynamoRunClaims } from '../../backend/aws/runClaims.ts';
import { S3ObjectStore } from '../../backend/aws/s3ObjectStore.ts';
import { SqsWorkQueue } from '../../backend/aws/sqsWorkQueue.ts';
import { handleWork } from '../../backend/core/dispatch.ts';
import { checkKey, makeKey } from '../../backend/core/keys.ts';
import { mapConcurrently } from '../../backend/core/pages.ts';
import type { RunObservation } from '../../backend/core/ports.ts';
import { trackRun } from '../../backend/core/track.ts';
import { createApp } from '../../backend/http/app.ts';
import { setUpPython } from '../../scripts/setup/python.ts';
import { describeFailure } from '../../scripts/setup/result.ts';
import { recordCalls } from '../support/awsCalls.ts';
import { AwsWorld } from '../support/awsWorld.ts';
import { CRAMBIN, coreWorld } from '../support/coreWorld.ts';
import { startMiniStack } from '../support/miniStack.ts';
import { sampleJob } from '../support/sampleJob.ts';

const TARGETS = { growth: 1.2, submit: 6, change: 3 };

interface Population {
  readonly owners: readonly string[];
  readonly statuses: readonly JobStatus[];
}
/** A small table in which every page asked for can be filled. */
const FEW: Population = { owners: ['ada'], statuses: ['SUCCEEDED', 'FAILED'] };
/** A large one as a live system has it: several people, most jobs ended. */
const MANY: Population = {
  owners: ['ada', 'bob', 'eve', 'sam', 'kim', 'zoe', 'max'],
  statuses: ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'RUNNING'],
};

let failed = false;
function report(name: string, value: number, unit: string, limit?: number, note?: string): void {
  const promise = limit === undefined ? {} : { target: `≤ ${limit} ${unit}`, ok: value <= limit };
  if (limit !== undefined && value > limit) failed = true;
  console.log(JSON.stringify({ name, value, unit, ...promise, ...(note !== undefined && { note }) }));
}

const few = Number(process.argv[2] ?? 100);
const many = Number(process.argv[3] ?? 100_000);
const ready = await setUpPython('aws');
if (!ready.ok) throw new Error(describeFailure(ready));
const stack = await startMiniStack();
const aws = new AwsWorld(stack);

/** Fills a table with so many jobs, a second apart. */
async function fill(table: DynamoTable, count: number, { owners, statuses }: Population): Promise<void> {
  const store = new DynamoJobStore(table);
  const starts = Array.from({ length: Math.ceil(count / 100) }, (_, index) => index * 100);
  await mapConcurrently(starts, 4, async (start) => {
    const jobs = Array.from({ length: Math.min(100, count - start) }, (_, index) => {
      const at = new Date(Date.UTC(2026, 0, 1) + (start + index) * 1000).toISOString();
      const number = start + index;
      return sampleJob({
        createdAt: at,
        updatedAt: at,
        owner: owners[number % owners.length] ?? 'ada',
        status: statuses[number % statuses.length] ?? 'RUNNING',
      });
    });
    await store.create(jobs);
  });
}

interface Reading {
  /** Index entries and documents. */
  readonly items: number;
  /** By DynamoDB's rules. */
  readonly units: number;
  readonly calls: number;
}

type Item = Readonly<Record<string, AttributeValue>>;
interface Counted {
  readonly ScannedCount?: number;
  readonly Items?: readonly Item[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

/** Size of an item as DynamoDB counts it: names and values, in UTF-8. */
function sizeOf(item: Item): number {
  return Object.entries(item).reduce((size, [name, { S, N }]) => size + Buffer.byteLength(name + (S ?? N ?? '')), 0);
}

/**
 * Read units of one answer. A query pays for all that it went through together, and half of that as its index is read
 * eventually consistent; a read by keys pays for each item, consistent. Both in steps of 4 KB. The emulator's own
 * account leaves the reads by keys out.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
function readUnits({ Items: entries, Responses: documents = {} }: Counted): number {
  const steps = (bytes: number): number => Math.ceil(bytes / 4096);
  if (entries) return steps(entries.reduce((bytes, item) => bytes + sizeOf(item), 0)) / 2;
  return Object.values(documents)
    .flat()
    .reduce((units, item) => units + steps(sizeOf(item)), 0);
}

/** One `GET /` as an admin (all jobs) or as ada (a quarter of them). */
async function readPage(table: DynamoTable, query: string, role: 'admin' | 'user'): Promise<Reading> {
  const world = coreWorld({ stores: { jobs: new DynamoJobStore(table), objects, work } });
  const app = createApp(world.deps, { authenticate: async () => ({ owner: 'ada', role }) });
  const { calls, stop } = recordCalls([aws.dynamo]);
  try {
    const answer = await app.fetch(new Request(`http://127.0.0.1/${query}`, { headers: { authorization: 'x' } }));
    const { data } = (await answer.json()) as { data: unknown[] };
    assert.equal(data.length, 50, 'a whole page');
  } finally {
    stop();
    world.close();
  }
  const outputs: readonly Counted[] = calls.map(({ output }) => output);
  const items = outputs.map((output) => output.ScannedCount ?? Object.values(output.Responses ?? {}).flat().length);
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  return {
    items: sum(items),
    units: sum(outputs.map(readUnits)),
    calls: calls.length,
  };
}

async function measureListing(): Promise<void> {
  const tables = [await aws.table(), await aws.table()] as const;
  await fill(tables[0], few, FEW);
  await fill(tables[1], many, MANY);
  const kinds = [
    ['all jobs', '?limit=50', 'admin'],
    ['own jobs', '?limit=50', 'user'],
    ['own jobs in two states', '?limit=50&status=SUCCEEDED,FAILED', 'user'],
  ] as const;
  for (const [what, query, role] of kinds) {
    const readings = [await readPage(tables[0], query, role), await readPage(tables[1], query, role)] as const;
    for (const [index, count] of [few, many].entries()) {
      const reading = readings[index];
      if (!reading) continue;
      report(`GET /, ${what}, ${count} jobs: items read`, reading.items, 'items', undefined, `${reading.calls} calls`);
      report(`GET /, ${what}, ${count} jobs: read units`, reading.units, 'units');
    }
    report(
      `GET /, ${what}, items read, ${many} to ${few} jobs`,
      readings[1].items / readings[0].items,
      '×',
      TARGETS.growth,
    );
    report(
      `GET /, ${what}, read units, ${many} to ${few} jobs`,
      readings[1].units / readings[0].units,
      '×',
      TARGETS.growth,
    );
  }
  for (const table of tables) await table.remove();
}

/** How many AWS calls an action takes, by their names. */
async function callsOf(action: () => Promise<unknown>): Promise<{ readonly count: number; readonly names: string }> {
  const { calls, stop } = recordCalls([aws.dynamo, aws.s3, aws.sqs, batch]);
  try {
    await action();
  } finally {
    stop();
  }
  return { count: calls.length, names: calls.map(({ command }) => command.replace(/Command$/, '')).join(', ') };
}

async function measureCalls(): Promise<void> {
  const table = await aws.table();
  const keys = new DynamoKeyStore(table);
  const { text: key, record } = await makeKey({ name: 'Ada', role: 'user' }, new Date().toISOString());
  await keys.create({ ...record, lastUsedOn: new Date().toISOString().slice(0, 10) });
  const world = coreWorld({ stores: { jobs: new DynamoJobStore(table), objects, work }, policy: { backend: 'aws' } });
  const nothing = (): void => {};
  const scheduler = new BatchScheduler({
    client: batch,
    claims: new DynamoRunClaims(table),
    removeLogs: async () => {},
    log: { info: nothing, warn: nothing, error: nothing },
    prefix: 'foldpad',
    queues: ['low', 'cpu'],
    alphafold: true,
  });
  const deps = { ...world.deps, scheduler };
  const app = createApp(deps, {
    // As the authorizer does it, which API Gateway asks at most once in 30 seconds for one key.
    authenticate: async (header) => {
      const verdict = await checkKey(keys, header ?? '', new Date().toISOString(), timingSafeEqual);
      return verdict.ok ? verdict.principal : undefined;
    },
  });
  const submit = async (fields: object): Promise<Job> => {
    const body = JSON.stringify({ fasta: 'crambin', que: 'cpu', ...fields });
    const headers = { authorization: key, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const answer = await app.fetch(new Request('http://127.0.0.1/', { method: 'POST', body, headers }));
    const answered = await answer.text();
    assert.equal(answer.status, 202, answered);
    const [submitted] = wireSubmittedSchema.parse(JSON.parse(answered)).data;
    const job = await deps.jobs.get(submitted?.id ?? '');
    assert.ok(job);
    return job;
  };
  // The reads of the check itself are left out by subtracting them: one GetItem.
  const measureSubmit = async (what: string, fields: object): Promise<void> => {
    const { count, names } = await callsOf(() => submit(fields));
    report(
      `AWS calls of a submission, ${what}, the key's check included`,
      count - 1,
      'calls',
      TARGETS.submit,
      names.replace(/, GetItem$/, ''),
    );
  };
  await measureSubmit('sequence inline', { sequence: CRAMBIN });
  await objects.write('input/crambin.fasta', Buffer.from(CRAMBIN));
  await measureSubmit('file in the bucket', { file_name: 'crambin.fasta' });

  /** A job that was handed to Batch, and a report of its run. */
  const dispatched = async (): Promise<{ job: Job; at: (change: Partial<RunObservation>) => RunObservation }> => {
    const { id } = await submit({ sequence: CRAMBIN });
    await handleWork(deps, { kind: 'dispatch', jobId: id });
    const job = await deps.jobs.get(id);
    const run = job?.runs[0];
    assert.ok(job && run?.schedulerId);
    const { schedulerId } = run;
    const at = (change: Partial<RunObservation>): RunObservation => ({
      jobId: id,
      runId: run.id,
      schedulerId,
      status: 'RUNNING',
      attempt: 1,
      at: new Date().toISOString(),
      ...change,
    });
    return { job, at };
  };
  const { id } = await submit({ sequence: CRAMBIN });
  const dispatch = await callsOf(() => handleWork(deps, { kind: 'dispatch', jobId: id }));
  report('AWS calls to hand a job of one run to Batch', dispatch.count, 'calls', undefined, dispatch.names);

  const changes: readonly (readonly [string, Partial<RunObservation>, (job: Job) => Promise<unknown>])[] = [
    ['it runs', { status: 'RUNNING' }, async () => {}],
    ['progress', { progress: { stage: 'predict', step: 'search', fraction: 0.5 } }, async () => {}],
    ['it has succeeded', { status: 'SUCCEEDED', exitCode: 0 }, (job) => world.publish(job)],
    [
      'the engine cannot predict it',
      { status: 'FAILED', exitCode: 3 },
      (job) => {
        const failure = JSON.stringify({ code: 'no-template', message: 'No template was found.' });
        return objects.write(`output/${job.id}/failure.json`, Buffer.from(failure));
      },
    ],
    ['it crashed', { status: 'FAILED', exitCode: 139 }, async () => {}],
    ['it took too long', { status: 'FAILED', failureCode: 'timeout' }, async () => {}],
    ['its third machine was lost', { status: 'FAILED', attempt: 3, failureCode: 'machine-lost' }, async () => {}],
  ];
  for (const [what, change, prepare] of changes) {
    const { job, at } = await dispatched();
    await prepare(job);
    const { count, names } = await callsOf(() => trackRun(deps, at(change)));
    report(`AWS calls of a change of state: ${what}`, count, 'calls', TARGETS.change, names);
  }
  world.close();
}

const objects = new S3ObjectStore(await aws.bucket());
const work = new SqsWorkQueue(await aws.queues(20));
const batch = createBatchClient(stack.clientConfig);
try {
  await measureCalls();
  await measureListing();
} finally {
  batch.destroy();
  aws.close();
  await stack.stop();
}
process.exitCode = failed ? 1 : 0;
