import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Job, LogPage } from '../../../backend/api/job.ts';
import { waitingReason } from '../../../backend/aws/batchReasons.ts';
import { placesInLine } from '../../../backend/local/waitingLine.ts';
import type { Connection } from '../../../extension/connection/connection.ts';
import { JobArrangement } from '../../../extension/jobs/jobArrangement.ts';
import { decoration } from '../../../extension/jobs/jobDecorations.ts';
import { JobFilter } from '../../../extension/jobs/jobFilter.ts';
import { JobNotes } from '../../../extension/jobs/jobNotes.ts';
import { JobStore } from '../../../extension/jobs/jobStore.ts';
import { JobsTree } from '../../../extension/jobs/jobsTree.ts';
import type { JobsNode } from '../../../extension/jobs/nodes/jobsNode.ts';
import { progressText } from '../../../extension/jobs/progressText.ts';
import { waitingAdvice } from '../../../extension/jobs/waitingAdvice.ts';
import { LogDocuments } from '../../../extension/logs/logDocuments.ts';
import { logUri } from '../../../extension/logs/logUri.ts';
import type { ResultReader } from '../../../extension/results/resultReader.ts';
import { sampleJob, sampleRun } from '../../support/sampleJob.ts';
import { Memory, until } from './support.ts';

describe('the Jobs tree', () => {
  let jobs: Job[];
  let memory: Memory;
  let store: JobStore;
  let tree: JobsTree;
  let filter: JobFilter;
  let arrangement: JobArrangement;
  let notes: JobNotes;
  let painted: (JobsNode | undefined)[];

  /** As when the window is opened: what is remembered is taken up. */
  function open(): void {
    store = new JobStore({
      list: () => Promise.resolve({ jobs }),
      get: () => Promise.reject(new Error('not asked for')),
    });
    notes = new JobNotes(memory);
    filter = new JobFilter(memory, notes.fileOf);
    arrangement = new JobArrangement(memory);
    const results = {} as ResultReader;
    tree = new JobsTree(store, filter, arrangement, { results, notes, modelIcon: new vscode.ThemeIcon('file') });
    painted = [];
    tree.onDidChangeTreeData((node) => painted.push(node));
  }

  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString();
  const labels = async (node?: JobsNode): Promise<string[]> =>
    (await tree.getChildren(node)).map((row) => String(tree.getTreeItem(row).label));

  beforeEach(async () => {
    memory = new Memory();
    jobs = [
      sampleJob({ name: 'c', status: 'RUNNING', createdAt: at(3), queue: 'p4' }),
      sampleJob({ name: 'b', status: 'FAILED', createdAt: at(2), queue: 'low' }),
      sampleJob({ name: 'a', status: 'SUCCEEDED', createdAt: at(1), queue: 'low' }),
    ];
    open();
    await store.refresh();
    await tree.getChildren();
    painted.length = 0;
  });
  afterEach(() => {
    tree.dispose();
    store.dispose();
  });

  /** The backend says something else of a job. */
  async function change(index: number, changes: Partial<Job>): Promise<void> {
    jobs = jobs.map((job, i) => (i === index ? { ...job, ...changes, version: job.version + 1 } : job));
    await store.poll();
  }

  it('repaints one row for one job that changed, in any order and group that it stays in', async () => {
    const progress = { stage: 'predict', step: 'build', fraction: 0.5 } as const;
    for (const grouping of ['none', 'status', 'queue', 'day', 'file'] as const) {
      await arrangement.group(grouping);
      for (const group of await tree.getChildren()) await tree.getChildren(group);
      painted.length = 0;
      await change(0, { progress });
      assert.deepEqual(
        painted.map((node) => node?.id),
        [`job:${jobs[0]?.id}`],
        grouping,
      );
    }
  });

  it('repaints groups when a job moves from one into another', async () => {
    await arrangement.group('status');
    await tree.getChildren();
    painted.length = 0;
    await change(0, { status: 'SUCCEEDED' });
    assert.deepEqual(painted, [undefined]);
    assert.deepEqual(await labels(), ['Failed', 'Succeeded']);
  });

  it('shows groups with their jobs and how many they are, and finds the way back up', async () => {
    await arrangement.group('queue');
    const [low, p4] = await tree.getChildren();
    assert.ok(low && p4);
    assert.equal(tree.getTreeItem(low).description, '2');
    assert.equal(tree.getTreeItem(p4).description, '1, 1 of them not ended');
    assert.deepEqual(await labels(low), ['b', 'a']);
    const [first] = jobs;
    const row = tree.rowOf(first?.id ?? '');
    assert.ok(row);
    assert.equal(tree.getParent(row)?.id, p4.id);
    await arrangement.group('none');
    await tree.getChildren();
    assert.equal(tree.getParent(row), undefined);
  });

  it('groups by the file that a job was submitted from', async () => {
    await notes.add([[jobs[1]?.id ?? '', { file: 'globins.fasta' }]]);
    await arrangement.group('file');
    assert.deepEqual(await labels(), ['globins.fasta', 'From no known file']);
  });

  it('remembers groups, order, filter and search', async () => {
    await arrangement.sort('name');
    await filter.searchFor('low');
    open();
    await store.refresh();
    assert.deepEqual(await labels(), ['a', 'b']);
    await filter.choose('failed');
    await arrangement.group('status');
    open();
    await store.refresh();
    assert.deepEqual(await labels(), ['Failed']);
    await filter.open();
    assert.deepEqual(await labels(), ['Running', 'Failed', 'Succeeded']);
  });

  it('makes what the pointer shows only when it does', async () => {
    const [row] = await tree.getChildren();
    assert.ok(row);
    const item = tree.getTreeItem(row);
    assert.equal(item.tooltip, undefined);
    assert.match((tree.resolveTreeItem(item, row).tooltip as vscode.MarkdownString).value, /\*\*c\*\*/);
  });

  it('shows the stages of an AlphaFold job with the model now running, times and costs', async () => {
    const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    const search = sampleRun({ stage: 'features', status: 'SUCCEEDED', startedAt: ago(50), endedAt: ago(20) });
    const cost = { currency: 'USD', low: 2, likely: 4.1, high: 6 };
    await notes.add([[jobs[0]?.id ?? '', { forecast: { minutes: { low: 40, likely: 70, high: 100 }, cost } }]]);
    await change(0, {
      engine: 'alphafold2',
      startedAt: ago(50),
      runs: [search, sampleRun({ startedAt: ago(20) })],
      progress: { stage: 'predict', step: 'model_3_pred_0', fraction: 0.5, message: 'Model 3 of 5: model_3_pred_0.' },
    });
    const row = tree.rowOf(jobs[0]?.id ?? '');
    assert.ok(row);
    assert.match(String(row.treeItem().description), /^50% · Model 3 of 5 \(model_3\) · about 20 min \d+ s left$/);
    const rows = (await tree.getChildren(row)).map((node) => {
      const { label, description } = node.treeItem();
      return `${label}: ${description ?? ''}`;
    });
    assert.equal(rows[0], 'Sequence and template search: done · 30 min 0 s');
    assert.match(rows[1] ?? '', /^Structure prediction: 50% · Model 3 of 5 \(model_3\) · 20 min \d+ s · about 20 min/);
    assert.match(rows[2] ?? '', /^Run time: 50 min \d+ s · about 20 min \d+ s left · estimated 1 h 10 min/);
    assert.equal(rows[3], 'Cost: estimated $4.10 ($2.00 – $6.00)');
    await change(0, { status: 'SUCCEEDED', endedAt: ago(0), cost: { currency: 'USD', amount: 3.5, isAtMost: true } });
    const after = (await tree.getChildren(row)).map((node) => `${node.treeItem().description}`);
    assert.ok(after.includes('at most $3.50 · estimated $4.10 ($2.00 – $6.00)'), after.join('\n'));
  });
});

describe('why a job waits', () => {
  const waiting = (statusReason: string) => sampleJob({ status: 'RUNNABLE', queue: 'p4', statusReason });

  it('is understood in all that the AWS backend says of machines', () => {
    const said = [
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue …',
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is …',
      'MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - …',
      'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.',
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested …',
      'You have requested more vCPU capacity than your current vCPU limit of 0 allows',
      undefined,
    ];
    for (const lost of [0, 2]) {
      for (const reason of said) {
        const text = waitingReason(reason, 'p4', 'p4d.24xlarge', lost);
        const advice = waitingAdvice(waiting(text));
        assert.ok(advice && advice.reason !== text, text);
        assert.match(advice.reason, /^(Waiting|Stuck)/);
        if (advice.isStuck) assert.ok(advice.remedy, text);
      }
    }
  });

  it('is understood in what the local backend says of its line', () => {
    type Records = Parameters<typeof placesInLine>[0];
    const record = { status: 'RUNNABLE', spec: { runId: 'r' } } as unknown as Records[number];
    const [next, second] = placesInLine([record, record], 2, 2, 0).map(({ reason }) => waitingAdvice(waiting(reason)));
    assert.equal(next?.reason, 'Waiting, next in line: 2 of 2 places of this machine are taken');
    assert.equal(second?.reason, 'Waiting, 1 ahead: 2 of 2 places of this machine are taken');
    assert.equal(second?.command?.command, 'workbench.action.openSettings');
  });

  it('is told in the backend’s words where they are not known', () => {
    assert.deepEqual(waitingAdvice(waiting('The moon is in the way.')), {
      reason: 'The moon is in the way.',
      isStuck: false,
    });
    assert.equal(waitingAdvice(sampleJob({ status: 'RUNNING', statusReason: 'x' })), undefined);
  });

  it('marks what failed, what is stuck and what is not to be trusted', () => {
    const badge = (changes: Partial<Job>) => decoration(sampleJob(changes))?.badge;
    const result = (meanConfidence: number) =>
      ({ confidenceMetric: 'pLDDT', meanConfidence, models: 1, bestModel: 'a.pdb' }) as const;
    assert.equal(badge({ status: 'FAILED' }), '!');
    assert.equal(badge({ status: 'SUCCEEDED', result: result(49.9) }), '?');
    assert.equal(badge({ status: 'SUCCEEDED', result: result(50) }), undefined);
    assert.equal(badge(waiting(waitingReason('ACTION_REQUIRED', 'p4', 'p4d.24xlarge', 0))), '!');
    assert.equal(badge(waiting(waitingReason(undefined, 'p4', 'p4d.24xlarge', 0))), undefined);
  });

  it('names steps that are known, and shows others in the engine’s words', () => {
    const progress = (step: string, message?: string) =>
      progressText({ stage: 'predict', step, fraction: 0.1, ...(message === undefined ? {} : { message }) });
    assert.equal(progress('relax_model_2_pred_0', 'Relaxing model_2_pred_0.'), 'Relaxing model_2');
    assert.equal(progress('uniref90', 'Searched uniref90.'), 'Searched uniref90');
    assert.equal(progress('build_model'), 'build model');
  });
});

describe('the whole log of a job as a document', () => {
  const log = vscode.window.createOutputChannel('Foldpad test', { log: true });
  after(() => log.dispose());

  it('is read to its end, grows while the job runs, and folds by stage', async () => {
    const line = (runId: string, stage: 'features' | 'predict', text: string) => ({ runId, stage, text });
    const pages: LogPage[] = [
      { lines: [line('a', 'features', 'one'), line('a', 'features', 'two')], next: '1', done: false },
      { lines: [line('b', 'predict', 'three')], next: '2', done: true },
    ];
    const asked: (string | undefined)[] = [];
    const client = {
      logs: (_id: string, { after: cursor }: { after?: string }) => {
        asked.push(cursor);
        return Promise.resolve(pages[Number(cursor ?? 0)]);
      },
    };
    const useAt = (_backend: string, action: (with_: unknown) => unknown) => action(client);
    const connection = { useAt } as unknown as Connection;
    const documents = new LogDocuments(connection, log);
    const changed: string[] = [];
    documents.onDidChange((uri) => changed.push(uri.path));
    const uri = logUri('local', { id: 'job-1', name: 'a/b' });
    assert.equal(uri.path, '/job-1/a_b.log');
    assert.match(await documents.content(uri), /^── features · run a ──\none\ntwo\n/);
    await until('the rest of the log', () => (changed.length > 0 ? true : undefined), 20_000);
    const text = await until('the end', async () => {
      const now = await documents.content(uri);
      return now.includes('End of the log') ? now : undefined;
    });
    assert.match(text, /two\n── predict · run b ──\nthree\n── End of the log ──\n$/);
    assert.deepEqual(asked, [undefined, '1'], 'each page is asked for once, where the last one ended');
    assert.deepEqual(
      documents.folds(uri).map(({ start, end }) => [start, end]),
      [
        [0, 2],
        [3, 4],
      ],
    );
    assert.deepEqual(
      documents.outline(uri).map(({ name }) => name),
      ['Sequence and template search', 'Structure prediction'],
    );
    documents.dispose();
  });
});
