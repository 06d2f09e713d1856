import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Job } from '../../../backend/api/job.ts';
import type { Result } from '../../../backend/api/result.ts';
import { JobNotes } from '../../../extension/jobs/jobNotes.ts';
import { JobNode } from '../../../extension/jobs/nodes/jobNode.ts';
import type { JobsNode } from '../../../extension/jobs/nodes/jobsNode.ts';
import type { ResultReader } from '../../../extension/results/resultReader.ts';
import { sampleJob, sampleRun } from '../../support/sampleJob.ts';
import { Memory } from './support.ts';

const result: Result = {
  schema: 1,
  job_id: 'x',
  name: 'HBB_HUMAN',
  engine: 'homology',
  engine_version: '1',
  method: 'Homology modelling (HH-suite 3.3.0, ProMod3 3.2.1)',
  confidence_metric: 'estimated CA-lDDT',
  sequence_length: 147,
  models: [
    {
      rank: 2,
      name: 'model_2',
      mean_confidence: 71,
      residues_modelled: 140,
      files: { pdb: 'ranked_1.pdb' },
    },
    {
      rank: 1,
      name: 'model_1',
      mean_confidence: 87.4,
      residues_modelled: 144,
      template: { id: '1SPG_B', identity: 0.47, coverage: 0.98, probability: 100 },
      files: { pdb: 'ranked_0.pdb', cif: 'ranked_0.cif', confidence: 'confidence_0.json' },
    },
  ],
  files: [
    { path: 'ranked_1.pdb', size: 91_000, sha256: 'a'.repeat(64) },
    { path: 'ranked_0.pdb', size: 93_000, sha256: 'b'.repeat(64) },
    { path: 'confidence_0.json', size: 812, sha256: 'c'.repeat(64) },
  ],
  timings: {},
  provenance: { software: {}, databases: [], created_at: '2026-11-22T10:00:00Z', attempt: 1, runner_version: '1' },
  warnings: [],
};
const results = { manifest: () => Promise.resolve(result) } as unknown as ResultReader;

const notes = new JobNotes(new Memory());

const row = (changes: Partial<Job>) =>
  new JobNode(sampleJob(changes), { results, notes, modelIcon: new vscode.ThemeIcon('file') });
const label = (node: JobsNode | undefined) => {
  const item = node?.treeItem();
  return `${item?.label} | ${item?.description ?? ''}`;
};
const icon = (node: JobsNode) => (node.treeItem().iconPath as vscode.ThemeIcon).id;

describe('the rows of the Jobs view', () => {
  it('say how far a running job is', () => {
    const progress = { stage: 'predict', step: 'build_model', fraction: 0.428 } as const;
    const node = row({ status: 'RUNNING', progress });
    assert.equal(label(node), 'HBB_HUMAN | 42% · build model');
    assert.match(icon(node), /spin/);
    assert.match(node.treeItem().contextValue ?? '', /\blive\b.*\bcancelable\b/);
  });

  it('say why a job waits', () => {
    const node = row({ status: 'RUNNABLE', statusReason: 'waiting for a free CPU slot: 2 of 2 busy' });
    assert.equal(label(node), 'HBB_HUMAN | Waiting, next in line: 2 of 2 places of this machine are taken');
  });

  it('say how far a result can be trusted, with the name of the measure', async () => {
    const summary = {
      confidenceMetric: 'estimated CA-lDDT',
      meanConfidence: 87.4,
      models: 2,
      bestModel: 'ranked_0.pdb',
    } as const;
    const node = row({ status: 'SUCCEEDED', result: summary });
    assert.equal(label(node), 'HBB_HUMAN | 87 · estimated CA-lDDT');
    const [first, second, files, ...rest] = await node.children();
    assert.equal(label(first), 'Rank 1 · 1SPG_B | 87 · estimated CA-lDDT');
    assert.equal(label(second), 'Rank 2 · model_2 | 71 · estimated CA-lDDT');
    assert.match(String(first?.treeItem().tooltip), /144 of 147 residues modelled[\s\S]*Identity: 47%/);
    assert.equal(label(files), 'Result Files | 3');
    const names = ((await files?.children?.()) ?? []).map(label);
    assert.deepEqual(names, ['confidence_0.json | 812 B', 'ranked_0.pdb | 93 kB', 'ranked_1.pdb | 91 kB']);
    assert.deepEqual(
      rest.map((node) => node.treeItem().label),
      ['Log', 'Details'],
    );
    assert.match(node.treeItem().contextValue ?? '', /\bdeletable\b.*\bhasResult\b/);
  });

  it('say why a job failed and what to do', async () => {
    const failure = { code: 'no-template', message: 'No template was found.', remedy: 'Try AlphaFold 2.' };
    const node = row({ status: 'FAILED', failure });
    assert.equal(label(node), 'HBB_HUMAN | Failed · No template was found.');
    const rows = (await node.children()).map((child) => child.treeItem().label);
    assert.deepEqual(rows.slice(0, 2), ['No template was found.', 'Try AlphaFold 2.']);
  });

  it('show the details and the runs', async () => {
    const node = row({ status: 'RUNNING', warnings: ['preset has no effect'], runs: [sampleRun({ attempt: 2 })] });
    const details = (await node.children()).at(-1);
    const rows = ((await details?.children?.()) ?? []).map(label);
    assert.ok(rows.includes('Target | 147 residues'), rows.join('\n'));
    assert.ok(rows.includes('Warning | preset has no effect'));
    assert.ok(rows.includes('Prediction run | Running · attempt 2'));
  });

  it('never take a name for markup', () => {
    const name = '<img src=x onerror=alert(1)> [link](command:foldpad.deleteJob) | **x**';
    const tooltip = row({ name, comment: name, status: 'QUEUED' }).tooltip();
    assert.ok(!tooltip.isTrusted && !tooltip.supportHtml);
    assert.ok(!tooltip.value.includes('](command:'), tooltip.value);
    assert.ok(!/[^\\]\*\*x/.test(tooltip.value), tooltip.value);
  });

  it('can be read aloud', () => {
    const { accessibilityInformation } = row({ status: 'CANCELLED' }).treeItem();
    assert.equal(accessibilityInformation?.label, 'HBB_HUMAN, Cancelled, Cancelled');
  });
});
