/**
 * What a Jobs view with ten thousand jobs costs the extension host; runs inside it. Prints one JSON line per number.
 */
import * as vscode from 'vscode';
import type { Job } from '../../../backend/api/job.ts';
import { JobArrangement } from '../../../extension/jobs/jobArrangement.ts';
import { JobFilter } from '../../../extension/jobs/jobFilter.ts';
import { JobNotes } from '../../../extension/jobs/jobNotes.ts';
import type { JobPage, ListQuery } from '../../../extension/jobs/jobSource.ts';
import { JobStore } from '../../../extension/jobs/jobStore.ts';
import { JobsTree } from '../../../extension/jobs/jobsTree.ts';
import type { JobsNode } from '../../../extension/jobs/nodes/jobsNode.ts';
import type { ResultReader } from '../../../extension/results/resultReader.ts';
import { Memory } from '../../e2e/inhost/support.ts';
import { sampleJob, sampleRun } from '../../support/sampleJob.ts';

const JOBS = 10_000;
/** Jobs that run. */
const LIVE = 5;
const TARGETS = { paintMs: 150, refreshMs: 5, nodes: 1 };
const PAINTS = 9;
const REFRESHES = 100;
const LARGEST_PAGE = 1000;

function manyJobs(): Job[] {
  const now = Date.now();
  return Array.from({ length: JOBS }, (_, index): Job => {
    const startedAt = new Date(now - index * 60_000).toISOString();
    const base = sampleJob({ name: `protein ${index}`, createdAt: startedAt, startedAt, queue: `q${index % 4}` });
    if (index < LIVE) {
      const progress = { stage: 'predict', step: 'build', fraction: 0.3 } as const;
      return { ...base, status: 'RUNNING', progress, runs: [sampleRun({ startedAt })] };
    }
    if (index % 10 === 0)
      return { ...base, status: 'FAILED', failure: { code: 'no-template', message: 'No template.' } };
    const result = { confidenceMetric: 'pLDDT', meanConfidence: index % 100, models: 5, bestModel: 'a.pdb' } as const;
    return { ...base, status: 'SUCCEEDED', endedAt: new Date(now).toISOString(), result };
  });
}

/** Answers as the server does, at once. */
class Server {
  jobs = manyJobs();

  list({ limit, cursor, statuses }: ListQuery): Promise<JobPage> {
    // The server's time is not the editor's: the few live jobs are known to be the first.
    const fitting = statuses ? this.jobs.slice(0, LIVE) : this.jobs;
    const start = Number(cursor ?? 0);
    const end = start + Math.min(limit, LARGEST_PAGE);
    const jobs = fitting.slice(start, end);
    return Promise.resolve(end < fitting.length ? { jobs, next: String(end) } : { jobs });
  }

  get = (): Promise<never> => Promise.reject(new Error('not asked for'));

  /** A step of the job that runs. */
  advance(step: number): void {
    this.jobs = this.jobs.map((job, index) => {
      const progress = { stage: 'predict', step: 'build', fraction: (step % 90) / 100 } as const;
      return index === 2 ? { ...job, progress, version: job.version + 1 } : job;
    });
  }
}

function report(name: string, value: number, unit: string, target: number, note?: string): void {
  const measured = { name, value, unit, target: `≤ ${target} ${unit}`, ok: value <= target };
  console.log(JSON.stringify(note === undefined ? measured : { ...measured, note }));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Everything that VS Code asks for to draw a tree: all rows of the first level, and those of open groups. */
async function paint(tree: JobsTree): Promise<number> {
  let rows = 0;
  const draw = async (parent?: JobsNode): Promise<void> => {
    for (const node of await tree.getChildren(parent)) {
      const item = tree.getTreeItem(node);
      rows++;
      if (item.collapsibleState === vscode.TreeItemCollapsibleState.Expanded) await draw(node);
    }
  };
  await draw();
  return rows;
}

export async function measureJobsTree(): Promise<void> {
  const server = new Server();
  const store = new JobStore(server);
  await store.refresh();
  while (store.hasMore) await store.loadMore();
  const memory = new Memory();
  const notes = new JobNotes(memory);
  const filter = new JobFilter(memory, notes.fileOf);
  const arrangement = new JobArrangement(memory);
  const modelIcon = new vscode.ThemeIcon('file');
  const openTree = () => new JobsTree(store, filter, arrangement, { results: {} as ResultReader, notes, modelIcon });

  for (const grouping of ['none', 'status'] as const) {
    await arrangement.group(grouping);
    const times: number[] = [];
    let drawn = 0;
    for (let run = 0; run < PAINTS; run++) {
      const tree = openTree();
      const start = performance.now();
      const rows = await paint(tree);
      times.push(performance.now() - start);
      if (rows < 500) throw new Error(`only ${rows} rows`);
      drawn = rows;
      tree.dispose();
    }
    const how = grouping === 'none' ? '' : ', grouped by status';
    const name = `Jobs tree, ${JOBS} jobs, first paint${how}`;
    report(
      name,
      median(times),
      'ms',
      TARGETS.paintMs,
      `${drawn} rows at first, more on request; median of ${PAINTS}, the first took ${times[0]?.toFixed(0)} ms`,
    );
  }

  await arrangement.group('none');
  const tree = openTree();
  await paint(tree);
  const times: number[] = [];
  let most = 0;
  for (let step = 0; step < REFRESHES; step++) {
    server.advance(step);
    const nodes: (JobsNode | undefined)[] = [];
    const listening = tree.onDidChangeTreeData((node) => nodes.push(node));
    const start = performance.now();
    await store.poll();
    for (const node of nodes) if (node) tree.getTreeItem(node);
    times.push(performance.now() - start);
    listening.dispose();
    most = Math.max(most, nodes.includes(undefined) ? JOBS : nodes.length);
    if (nodes.length === 0) throw new Error('the refresh repainted nothing');
  }
  report(`Jobs tree, ${JOBS} jobs, refresh of one, median of ${REFRESHES}`, median(times), 'ms', TARGETS.refreshMs);
  report(`Jobs tree, ${JOBS} jobs, rows that the refresh of one repaints`, most, 'rows', TARGETS.nodes);
  tree.dispose();
  store.dispose();
}
