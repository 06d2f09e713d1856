import { checkTarget } from '../api/fasta/checkTarget.ts';
import { formatFasta } from '../api/fasta/format.ts';
import { parseHeader } from '../api/fasta/header.ts';
import { readFasta } from '../api/fasta/parseFasta.ts';
import { sequenceHash } from '../api/fasta/sequenceHash.ts';
import type { FastaFile, FastaMode, FastaProblem, FastaRecord, FastaSource } from '../api/fasta/types.ts';
import type { Engine, JobRequest, TargetChain } from '../api/job.ts';
import type { ProblemDetail } from '../api/problem.ts';
import { chunksOf, encodeText } from './bytes.ts';
import { ObjectRefused, type ObjectStore } from './ports.ts';

/** A checked target: its FASTA in normal form and its chains. */
export interface Target {
  readonly fasta: Uint8Array;
  readonly chains: readonly TargetChain[];
  readonly warnings: readonly string[];
}

export type TargetOutcome =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'mistakes'; readonly details: readonly ProblemDetail[] };

/** What one target's FASTA may hold at most; far above what any engine takes. */
const PARSE_LIMITS = { maxRecords: 1000, maxBytes: 64 * 1024 * 1024, maxProblems: 20 } as const;
const MAX_WARNINGS = 20;
/** `input/{id}/…` is a job's own folder. */
const JOB_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\//i;

/** Reads the FASTA of a request, from the store or from the request itself, and judges it as a target of the engine. */
export async function readTarget(objects: ObjectStore, request: JobRequest, engine: Engine): Promise<TargetOutcome> {
  const { source } = request;
  const field = source.kind === 'file' ? 'file_name' : 'sequence';
  if (source.kind === 'file' && JOB_FOLDER.test(source.fileName)) {
    const message = `input/${source.fileName} belongs to another job`;
    return mistake({ field, message, remedy: 'Name a file that you have put under input/ yourself.' });
  }
  const bytes = await bytesOf(objects, request);
  if (typeof bytes === 'string') {
    return mistake({
      field,
      message: bytes,
      remedy: 'Put the file itself under input/, or send its text in "sequence".',
    });
  }
  if (!bytes) {
    const message = `there is no file input/${source.kind === 'file' ? source.fileName : ''}`;
    const remedy = 'Put the file there first, or send its text in "sequence".';
    return mistake({ field, message, remedy, code: 'no-such-file' });
  }
  const file = await readFasta(bytes, { ...PARSE_LIMITS, defaultName: defaultName(request) });
  return judge(file, request, engine, field);
}

/** The bytes, `undefined` for no such file, or the store's sentence about why it will not give them. */
async function bytesOf(objects: ObjectStore, { source }: JobRequest): Promise<FastaSource | string | undefined> {
  if (source.kind === 'inline') return [encodeText(source.sequence)];
  try {
    const stream = await objects.stream(`input/${source.fileName}`);
    return stream && chunksOf(stream);
  } catch (error) {
    if (error instanceof ObjectRefused) return error.message;
    throw error;
  }
}

async function judge(file: FastaFile, request: JobRequest, engine: Engine, field: string): Promise<TargetOutcome> {
  const mode: FastaMode = request.parameters.modelPreset === 'multimer' ? 'multimer' : 'monomer';
  const ofParser = file.problems.filter(({ severity }) => severity === 'error');
  // A file that could not be read says nothing about the target.
  const ofTarget = ofParser.length > 0 ? [] : checkTarget(file.records, { engine, mode });
  const errors = [...ofParser, ...ofTarget.filter(({ severity }) => severity === 'error')];
  const details = errors.map((error) => detailOf(error, field));
  const extra = mode === 'monomer' && details.length === 0 ? file.records[1] : undefined;
  if (extra) details.push(severalRecords(file, extra, engine, field));
  if (details.length > 0) return { kind: 'mistakes', details };

  const warnings = [...file.problems, ...ofTarget].filter(({ severity }) => severity === 'warning');
  return {
    kind: 'target',
    target: {
      fasta: encodeText(file.records.map((record) => formatFasta(record)).join('')),
      chains: await Promise.all(
        file.records.map(async ({ id, headerText, length, sequence }) => ({
          id,
          description: parseHeader(headerText).description,
          length,
          sequenceHash: await sequenceHash(sequence),
        })),
      ),
      warnings: warnings.slice(0, MAX_WARNINGS).map(({ line, message }) => `FASTA line ${line}: ${message}`),
    },
  };
}

function severalRecords(file: FastaFile, second: FastaRecord, engine: Engine, field: string): ProblemDetail {
  const submitEach = 'Submit each chain as its own job';
  return {
    field,
    message: `the FASTA has ${file.totals.records} records, and a job predicts one chain; the second begins here`,
    remedy:
      engine === 'homology'
        ? `${submitEach}.`
        : `${submitEach}, or give model_preset "multimer" to predict one complex.`,
    line: second.line,
    column: second.column,
    code: 'several-records',
  };
}

function detailOf({ line, column, message, remedy, code }: FastaProblem, field: string): ProblemDetail {
  return { field, message, remedy, line, column, code };
}

function mistake(detail: ProblemDetail): TargetOutcome {
  return { kind: 'mistakes', details: [detail] };
}

/** Name of a sequence without a header: the file's name without its extensions. */
function defaultName({ source, name }: JobRequest): string {
  const base = source.kind === 'file' ? (source.fileName.split('/').at(-1) ?? '') : name;
  return (
    base
      .replace(/\.gz$/i, '')
      .replace(/\.[A-Za-z]+$/, '')
      .replace(/\s+/g, '_') || 'sequence'
  );
}
