/** From FASTA files and options to the requests that are sent. */
import { checkTarget, suggestMode } from '../api/fasta/checkTarget.ts';
import { formatFasta } from '../api/fasta/format.ts';
import type { FastaMode, FastaRecord } from '../api/fasta/types.ts';
import type { Engine, QueueInfo } from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import { MAX_JOBS_PER_REQUEST } from '../api/requests.ts';
import type { WireJobRequest } from '../api/wireRequest.ts';
import { CliError, usageError } from './errors.ts';
import { type FastaInput, refuseMistakes } from './fastaInput.ts';
import type { Output } from './output.ts';

/** What `predict` and `estimate` may say about their targets. */
export interface TargetOptions {
  readonly monomers?: boolean;
  readonly multimer?: boolean;
  readonly name?: string;
  readonly queue?: string;
  readonly excludeTemplates?: readonly string[];
  /** 0–1] */
  readonly maxTemplateIdentity?: number;
  readonly comment?: string;
}

/** Longest name that a request may have. */
const MAX_NAME = 200;

/**
 * The queue that will serve the requests, as far as it can be known here: with one queue there is no choice.
 *
 * @throws CliError when the queue does not exist or cannot work now
 */
export function chooseQueue(queues: readonly QueueInfo[], wanted: string | undefined): QueueInfo | undefined {
  const names = queues.map(({ name }) => name).join(', ');
  const queue =
    wanted === undefined
      ? queues.length === 1
        ? queues[0]
        : undefined
      : queues.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
  if (wanted !== undefined && !queue) throw usageError(`There is no queue "${wanted}"; there are: ${names}.`);
  if (queue && !queue.available) {
    throw new CliError(
      [`The queue "${queue.name}" cannot work now: ${queue.reason ?? 'no reason is known'}`, queue.remedy]
        .filter(Boolean)
        .join(' '),
    );
  }
  return queue;
}

/**
 * Checks what is to be predicted and makes the requests, one for each job.
 *
 * @throws CliError when the engine cannot take a target
 */
export function makeRequests(
  inputs: readonly FastaInput[],
  options: TargetOptions,
  engine: Engine | undefined,
  output: Output,
): WireJobRequest[] {
  const planned = inputs.map((input) => ({ input, mode: chooseMode(input, options, output) }));
  refuseMistakes(
    planned.map(({ input, mode }) => ({
      input,
      problems: engine === undefined ? [] : checkTarget(input.file.records, { engine, mode }),
    })),
    output,
  );
  const groups = planned.flatMap(({ input, mode }) => groupRecords(input, mode));
  if (groups.length > MAX_JOBS_PER_REQUEST) {
    throw new CliError(
      `These files make ${groups.length} jobs; ${MAX_JOBS_PER_REQUEST} can be submitted at once. Give fewer files at a time.`,
    );
  }
  return groups.map((group) => makeRequest(group, options, groups.length > 1));
}

/**
 * `--monomers` and `--multimer` decide. Without them every record is a job of its own, which is what a list of proteins
 * is, unless the file itself joins its chains (`AAA:BBB`).
 */
function chooseMode({ label, file }: FastaInput, options: TargetOptions, output: Output): FastaMode {
  if (options.monomers) return 'monomer';
  if (options.multimer) return 'multimer';
  const mode = suggestMode(file.records);
  const count = file.records.length;
  if (mode === 'multimer') {
    output.note(
      `${label}: its chains are joined by ":", so they are one complex; --monomers predicts each on its own.`,
    );
  } else if (count > 1) {
    output.note(`${label}: ${count} records, each becomes a job of its own; --multimer makes one complex of them.`);
  }
  return mode;
}

interface TargetGroup {
  readonly name: string;
  readonly mode: FastaMode;
  readonly records: readonly FastaRecord[];
}

function groupRecords({ stem, file }: FastaInput, mode: FastaMode): TargetGroup[] {
  if (mode === 'multimer') return [{ name: stem, mode, records: file.records }];
  return file.records.map((record) => ({ name: record.id, mode, records: [record] }));
}

function makeRequest(
  { name, mode, records }: TargetGroup,
  options: TargetOptions,
  isOneOfMany: boolean,
): WireJobRequest {
  const { excludeTemplates, maxTemplateIdentity, comment, queue } = options;
  const full = options.name === undefined ? name : isOneOfMany ? `${options.name} ${name}` : options.name;
  return dropUndefined({
    fasta: full.slice(0, MAX_NAME),
    sequence: records.map((record) => formatFasta(record)).join(''),
    que: queue,
    model_preset: mode === 'multimer' ? ('multimer' as const) : undefined,
    exclude_templates: excludeTemplates && excludeTemplates.length > 0 ? [...excludeTemplates] : undefined,
    max_template_identity: maxTemplateIdentity,
    comment,
  });
}
