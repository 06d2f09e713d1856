/** What a language model gives the tools, checked: it does not always keep to the schema. Pure. */

export interface PredictInput {
  readonly sequence?: string;
  readonly file?: string;
  readonly name?: string;
  readonly mode?: 'monomer' | 'multimer';
  readonly queue?: string;
  readonly comment?: string;
}

export interface StatusInput {
  readonly job_id?: string;
  /** Seconds, 0–{@link MAX_WAIT_SECONDS}. */
  readonly wait_seconds: number;
  readonly limit: number;
}

export interface ResultsInput {
  readonly job_id: string;
  readonly open: boolean;
}

/** A mistake of the model, told so that it can mend it. */
export class ToolInputError extends Error {
  override readonly name = 'ToolInputError';
}

export const MAX_WAIT_SECONDS = 300;
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const MODES = ['monomer', 'multimer'] as const;

/** @throws ToolInputError */
export function readPredictInput(input: unknown): PredictInput {
  const fields = fieldsOf(input, ['sequence', 'file', 'name', 'mode', 'queue', 'comment']);
  const [sequence, file, name, queue, comment] = (['sequence', 'file', 'name', 'queue', 'comment'] as const).map(
    (field) => text(fields, field),
  );
  if ((sequence === undefined) === (file === undefined)) {
    throw new ToolInputError(
      'Give either "sequence" (FASTA text or bare residues) or "file" (a FASTA file of the workspace), and not both.',
    );
  }
  const mode = text(fields, 'mode');
  const known = MODES.find((one) => one === mode);
  if (mode !== undefined && !known) {
    throw new ToolInputError(`"mode" is "${mode}"; give "monomer" or "multimer", or leave it out.`);
  }
  return {
    ...(sequence !== undefined && { sequence }),
    ...(file !== undefined && { file }),
    ...(name !== undefined && { name }),
    ...(known && { mode: known }),
    ...(queue !== undefined && { queue }),
    ...(comment !== undefined && { comment }),
  };
}

/** @throws ToolInputError */
export function readStatusInput(input: unknown): StatusInput {
  const fields = fieldsOf(input, ['job_id', 'wait_seconds', 'limit']);
  const id = text(fields, 'job_id');
  const wait = number(fields, 'wait_seconds', 0, MAX_WAIT_SECONDS) ?? 0;
  if (wait > 0 && id === undefined) {
    throw new ToolInputError('"wait_seconds" waits for one job; give its "job_id", or leave "wait_seconds" out.');
  }
  return {
    ...(id !== undefined && { job_id: id }),
    wait_seconds: wait,
    limit: Math.floor(number(fields, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT),
  };
}

/** @throws ToolInputError */
export function readResultsInput(input: unknown): ResultsInput {
  const fields = fieldsOf(input, ['job_id', 'open']);
  const id = text(fields, 'job_id');
  if (id === undefined) {
    throw new ToolInputError('"job_id" is missing; foldpad_status without arguments lists the jobs with their ids.');
  }
  const { open = false } = fields;
  if (typeof open !== 'boolean') throw new ToolInputError('"open" must be true or false.');
  return { job_id: id, open };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(input: unknown, known: readonly string[]): Fields {
  if (input === undefined || input === null) return {};
  if (typeof input !== 'object' || Array.isArray(input)) throw new ToolInputError('The input must be a JSON object.');
  const stranger = Object.keys(input).find((field) => !known.includes(field));
  if (stranger !== undefined) {
    throw new ToolInputError(`There is no input "${stranger}"; there are ${known.join(', ')}.`);
  }
  return { ...input };
}

/** Empty text is what models give for "nothing". */
function text(fields: Fields, field: string): string | undefined {
  const value = fields[field];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new ToolInputError(`"${field}" must be text.`);
  return value;
}

function number(fields: Fields, field: string, low: number, high: number): number | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new ToolInputError(`"${field}" must be a number from ${low} to ${high}.`);
  }
  return value;
}
