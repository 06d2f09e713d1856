/** A job's models, as the structure viewer takes them. */

import * as vscode from 'vscode';
import type { ConfidenceMetric } from '../../backend/api/job.ts';
import type { Result, ResultModel } from '../../backend/api/result.ts';
import { errorText } from '../base/said.ts';
import { StructureSourceError } from '../structure/structureSource.ts';
import type { StructureModel, StructureSubject } from '../structure/structureSubject.ts';
import type { BackendResults, ResultReader } from './resultReader.ts';
import { resultUri } from './resultUri.ts';

const METRICS = {
  pLDDT: 'plddt',
  'estimated CA-lDDT': 'estimated-ca-lddt',
} as const satisfies Record<ConfidenceMetric, string>;

/** Models best first, as people count them: the first is rank 1. */
export function rankedModels(result: Result): readonly ResultModel[] {
  return [...result.models].sort((a, b) => a.rank - b.rank);
}

/** `Rank 1 · 1SPG_B`. */
export function modelLabel(model: ResultModel, index: number): string {
  return vscode.l10n.t('Rank {0} · {1}', index + 1, model.template?.id ?? model.name);
}

/**
 * What to open for a job of the chosen backend. It is read from there as long as it is open.
 * @param path chooses the model that this file belongs to
 */
export function structureOf(results: ResultReader, jobId: string, path?: string): Promise<StructureSubject> {
  return structureAt(results.at(results.backend), jobId, path);
}

/** The same for a job of a certain backend. */
export async function structureAt(results: BackendResults, jobId: string, path?: string): Promise<StructureSubject> {
  const result = await results.manifest(jobId);
  const models = rankedModels(result);
  const selected = models.findIndex(({ files }) => files.pdb === path || files.cif === path);
  return {
    key: structureKey(jobId),
    title: result.name,
    models: models.map((model, index) => toStructure(results, jobId, result, model, index)),
    selectedModel: Math.max(selected, 0),
    restore: { backend: results.backend, jobId },
  };
}

/** Names the panel of a job's structure. */
export function structureKey(jobId: string): string {
  return `job:${jobId}`;
}

/** Makes the request again from what the panel kept over a reload of the window. */
export async function restoreStructure(results: ResultReader, kept: unknown): Promise<StructureSubject | undefined> {
  if (typeof kept !== 'object' || kept === null) return undefined;
  const { backend = results.backend, jobId } = kept as { readonly backend?: unknown; readonly jobId?: unknown };
  if (typeof backend !== 'string' || typeof jobId !== 'string') return undefined;
  return structureAt(results.at(backend), jobId);
}

function toStructure(
  results: BackendResults,
  jobId: string,
  result: Result,
  model: ResultModel,
  index: number,
): StructureModel {
  const { pdb, pae } = model.files;
  const { template } = model;
  return {
    label: modelLabel(model, index),
    place: resultUri({ backend: results.backend, jobId, path: pdb }),
    source: {
      fileName: pdb.slice(pdb.lastIndexOf('/') + 1),
      read: async (cancel) => {
        try {
          return await readFile(results, jobId, pdb, cancel);
        } catch (error) {
          throw new StructureSourceError(
            errorText(error),
            vscode.l10n.t('Check the connection to the backend, then choose Try again.'),
            { cause: error },
          );
        }
      },
    },
    ...(pae !== undefined && { readPae: (cancel) => readFile(results, jobId, pae, cancel) }),
    confidence: { metric: METRICS[result.confidence_metric] },
    provenance: {
      engine: result.method,
      createdAt: result.provenance.created_at,
      ...(template && {
        templates: [{ id: template.id, ...(template.identity !== undefined && { identity: template.identity }) }],
      }),
    },
  };
}

async function readFile(
  results: BackendResults,
  jobId: string,
  path: string,
  cancel: vscode.CancellationToken,
): Promise<Uint8Array> {
  const abort = new AbortController();
  const listening = cancel.onCancellationRequested(() => abort.abort());
  try {
    return await results.file(jobId, path, abort.signal);
  } finally {
    listening.dispose();
  }
}
