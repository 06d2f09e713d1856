/** From a request body to checked requests, with mistakes told in the words of the wire. */
import type * as z from 'zod';
import type { JobRequest } from './job.ts';
import { nearestWord } from './nearest.ts';
import { type ProblemDetail, problem } from './problem.ts';
import { requestFromWire, wireJobRequestSchema } from './wireRequest.ts';

/** Jobs that one `POST /` may bring. */
export const MAX_JOBS_PER_REQUEST = 1000;
/** Mistakes named in one answer; the rest is counted. */
const MAX_DETAILS = 100;
const FIELDS = Object.keys(wireJobRequestSchema.shape);

/** What people and other programs write for our fields. */
const SYNONYMS: Readonly<Record<string, string>> = {
  queue: 'que',
  name: 'fasta',
  filename: 'file_name',
  file: 'file_name',
  models: 'model_names',
  gpus: 'gpu',
  seed: 'random_seed',
  fasta_path: 'file_name',
  fasta_paths: 'file_name',
  seq: 'sequence',
};

/**
 * Reads the body of `POST /` or `POST /estimates`: one request object or an array of them.
 * @throws ProblemError `invalid-request` that names item, field and remedy of every mistake
 */
export function parseJobRequests(body: unknown): readonly JobRequest[] {
  const items = Array.isArray(body) ? (body as readonly unknown[]) : [body];
  if (items.length === 0) {
    throw invalidRequest([{ field: '', message: 'the array is empty', remedy: 'Give at least one job.' }], 0);
  }
  if (items.length > MAX_JOBS_PER_REQUEST) {
    const message = `the array has ${items.length} jobs; one request may bring ${MAX_JOBS_PER_REQUEST}`;
    throw invalidRequest([{ field: '', message, remedy: 'Split it into several requests.' }], items.length);
  }
  const details: ProblemDetail[] = [];
  const requests: JobRequest[] = [];
  for (const [index, item] of items.entries()) {
    const checked = wireJobRequestSchema.safeParse(item);
    if (checked.success) requests.push(requestFromWire(checked.data));
    else details.push(...ownIssues(checked.error.issues).flatMap((issue) => explainIssue(issue, item, index)));
  }
  if (details.length > 0) throw invalidRequest(details, items.length);
  return requests;
}

/** The error for mistakes in submitted jobs; `jobs` is how many were submitted. Nothing has been stored. */
export function invalidRequest(details: readonly ProblemDetail[], jobs: number): Error {
  const [first] = details;
  if (!first) throw new TypeError('invalidRequest needs at least one detail');
  const count = details.length === 1 ? 'One mistake' : `${details.length} mistakes`;
  const remedy = first.remedy ? ` ${first.remedy}` : '';
  const detail = `${count}; nothing was submitted. ${describeDetail(first, jobs)}.${remedy}`;
  return problem('invalid-request', detail, details.slice(0, MAX_DETAILS));
}

/** `item 2 of 3, model_names[0]: …`, items counted from 1 for people; a single job is not numbered. */
export function describeDetail({ item, field, line, column, message }: ProblemDetail, jobs = 1): string {
  const where = [
    item === undefined || jobs === 1 ? undefined : `item ${item + 1} of ${jobs}`,
    field === '' ? undefined : field,
    line === undefined ? undefined : `line ${line}${column === undefined ? '' : `, column ${column}`}`,
  ].filter((part) => part !== undefined);
  return where.length === 0 ? message : `${where.join(', ')}: ${message.replace(/\.$/, '')}`;
}

type Issue = z.core.$ZodIssue;

/** Without the complaints about the size of what already has the wrong type. */
function ownIssues(issues: readonly Issue[]): readonly Issue[] {
  const wrong = new Set(issues.flatMap((issue) => (issue.code === 'invalid_type' ? [fieldName(issue.path)] : [])));
  return issues.filter((issue) => issue.code === 'invalid_type' || !wrong.has(fieldName(issue.path)));
}

/** One schema issue in the words of the wire; `item` is the index in a submitted array. */
function explainIssue(issue: Issue, body: unknown, item: number): readonly ProblemDetail[] {
  const place = { item, field: fieldName(issue.path) };
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...place, ...unknownField(key) }));
  const value = valueAt(body, issue.path);
  return [{ ...place, message: messageOf(issue, value), ...remedyOf(place.field, issue) }];
}

function unknownField(key: string): Omit<ProblemDetail, 'item'> {
  const meant = SYNONYMS[key.toLowerCase()] ?? nearestWord(key, FIELDS);
  const name = show(key);
  return {
    field: key.slice(0, 80),
    message: meant ? `unknown field ${name} (did you mean ${meant}?)` : `unknown field ${name}`,
    remedy: meant ? `Write ${meant}, or leave the field out.` : `Leave it out. Known fields: ${FIELDS.join(', ')}.`,
    code: 'unknown-field',
  };
}

function messageOf(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_type') {
    if (issue.path.length === 0)
      return `a job must be a JSON object such as {"fasta": "my protein", …}, not ${kindOf(value)}`;
    return value === undefined ? 'is missing' : `must be ${article(issue.expected)}, not ${kindOf(value)}`;
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    const meant = typeof value === 'string' ? nearestWord(value, known) : undefined;
    const given = value === undefined ? 'is missing' : `${show(value)} is not one of ${known.join(', ')}`;
    return meant ? `${given} (did you mean ${meant}?)` : given;
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') return sizeMessage(issue, value);
  return issue.code === 'custom' || value === undefined ? issue.message : `${issue.message}; it is ${show(value)}`;
}

function sizeMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, value: unknown): string {
  if (issue.message.startsWith('must ')) return issue.message;
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  const unit = unitOf(issue.origin, limit === 1);
  const relation = small ? (issue.inclusive === false ? 'more than' : 'at least') : 'at most';
  const size = typeof value === 'string' || Array.isArray(value) ? `${value.length}` : show(value);
  return `must ${unit ? 'have' : 'be'} ${relation} ${limit}${unit}; it ${unit ? 'has' : 'is'} ${size}`;
}

function unitOf(origin: string, one: boolean): string {
  if (origin === 'string') return one ? ' character' : ' characters';
  if (origin === 'array') return one ? ' entry' : ' entries';
  return '';
}

const REMEDIES: Readonly<Record<string, string>> = {
  fasta: 'Give "fasta", the name of the prediction.',
  file_name: 'Give "file_name", a file already under input/, or "sequence", the FASTA text itself.',
  sequence: 'Give the FASTA text as one string, lines separated by \\n.',
  model_names: 'Give an array such as ["model_1", "model_2"], or leave it out for all five.',
  max_template_date: 'Write the date as YYYY-MM-DD, for example 2020-05-14.',
  exclude_templates: 'Give an array of PDB ids such as ["1CRN"].',
};

function remedyOf(field: string, issue: Issue): { remedy?: string } {
  const top = field.split(/[.[]/)[0] ?? '';
  const known = REMEDIES[top];
  if (known) return { remedy: known };
  if (issue.path.length === 0) return { remedy: 'Send one object, or an array of objects.' };
  return { remedy: `Correct ${top}, or leave it out for its default.` };
}

/** `model_names[0]`, `a.b` */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  );
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return article(typeof value);
}

function article(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** A value in a message: short, on one line. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
