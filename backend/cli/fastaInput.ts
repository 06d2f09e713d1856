import { createReadStream } from 'node:fs';
import path from 'node:path';
import { readFasta } from '../api/fasta/parseFasta.ts';
import { hasErrors } from '../api/fasta/problems.ts';
import type { FastaFile, FastaProblem } from '../api/fasta/types.ts';
import { MAX_JOBS_PER_REQUEST } from '../api/requests.ts';
import { CliError, usageError } from './errors.ts';
import type { Output } from './output.ts';

/** A FASTA file as the user named it. */
export interface FastaInput {
  /** The path, or `standard input`. */
  readonly label: string;
  /** The file's name without extensions. */
  readonly stem: string;
  readonly file: FastaFile;
}

/**
 * Reads FASTA files, plain or gzip; `-` is standard input. Mistakes are shown as `FILE:LINE:COLUMN: …`, all of them, and
 * before anything is sent.
 *
 * @throws CliError when a file cannot be read, or has a mistake that forbids a prediction
 */
export async function readInputs(
  files: readonly string[],
  stdin: AsyncIterable<Uint8Array>,
  output: Output,
): Promise<FastaInput[]> {
  if (files.filter((file) => file === '-').length > 1) throw usageError('Standard input (-) can be read only once.');
  const inputs: FastaInput[] = [];
  for (const name of files) inputs.push(await readInput(name, stdin));
  refuseMistakes(
    inputs.map((input) => ({ input, problems: input.file.problems })),
    output,
  );
  return inputs;
}

async function readInput(name: string, stdin: AsyncIterable<Uint8Array>): Promise<FastaInput> {
  const isStdin = name === '-';
  const stem = isStdin ? 'stdin' : path.basename(name).replace(/(\.[A-Za-z]+)(\.gz)?$/i, '') || 'sequence';
  const label = isStdin ? 'standard input' : name;
  try {
    const source = isStdin ? stdin : createReadStream(name);
    // One record more than can be submitted, so that there is something to complain about.
    const file = await readFasta(source, { defaultName: stem, maxRecords: MAX_JOBS_PER_REQUEST + 1 });
    return { label, stem, file };
  } catch (error) {
    throw new CliError(`${label} cannot be read: ${explainReadError(error)}`, undefined, { cause: error });
  }
}

function explainReadError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file.';
  if (code === 'EISDIR') return 'it is a folder; name the FASTA files in it.';
  if (code === 'EACCES') return 'you have no permission to read it.';
  return `${error instanceof Error ? error.message : String(error)}.`;
}

/**
 * Shows errors and warnings of all files.
 *
 * @throws CliError when there is an error among them
 */
export function refuseMistakes(
  found: readonly { readonly input: FastaInput; readonly problems: readonly FastaProblem[] }[],
  output: Output,
): void {
  for (const { input, problems } of found) {
    for (const problem of problems) if (problem.severity !== 'info') output.note(describe(input, problem));
    const hidden = input.file.totals.omittedProblems;
    if (hidden > 0 && problems === input.file.problems) output.note(`${input.label}: ${hidden} more like these`);
  }
  const bad = found.filter(({ problems }) => hasErrors(problems)).map(({ input }) => input.label);
  if (bad.length === 0) return;
  throw new CliError(`Nothing was submitted: correct ${bad.join(', ')} at the places shown above.`);
}

function describe({ label }: FastaInput, { line, column, severity, message, remedy }: FastaProblem): string {
  return `${label}:${line}:${column}: ${severity}: ${message} ${remedy}`;
}
