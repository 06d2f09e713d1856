import { JOB_STATUSES, type JobStatus } from '../api/job.ts';
import { nearestWord } from '../api/nearest.ts';
import { problem } from '../api/problem.ts';

export const DEFAULT_JOBS = 50;
export const MAX_JOBS = 1000;
export const DEFAULT_LOG_LINES = 1000;
export const MAX_LOG_LINES = 10_000;

/** Query parameters of a request, of which only the known ones may be there, once each. */
export function readQuery<K extends string>(url: string, known: readonly K[]): Readonly<Partial<Record<K, string>>> {
  const values: Partial<Record<K, string>> = {};
  for (const [name, value] of new URL(url).searchParams) {
    const key = known.find((candidate) => candidate === name);
    if (key === undefined) throw unknownParameter(name, known);
    if (values[key] !== undefined) throw malformed(name, `the query parameter ${name} is given twice`);
    values[key] = value;
  }
  return values;
}

/** `?status=RUNNING,FAILED`, in any letter case. */
export function readStatuses(text: string | undefined): readonly JobStatus[] | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  return text.split(',').map((part) => {
    const name = part.trim().toUpperCase();
    const status = JOB_STATUSES.find((candidate) => candidate === name);
    if (status) return status;
    const meant = nearestWord(name, JOB_STATUSES);
    const hint = meant ? ` (did you mean ${meant}?)` : '';
    throw malformed(
      'status',
      `${JSON.stringify(part.trim().slice(0, 60))} is no job status${hint}; there are ${JOB_STATUSES.join(', ')}`,
    );
  });
}

/** A whole number from 1 to `max`. */
export function readLimit(text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw malformed('limit', `limit must be a whole number from 1 to ${max}, not ${JSON.stringify(text.slice(0, 60))}`);
}

function unknownParameter(name: string, known: readonly string[]): Error {
  const shown = JSON.stringify(name.slice(0, 60));
  const meant = nearestWord(name, known);
  const which = known.length === 0 ? 'none is known here' : `known here: ${known.join(', ')}`;
  return malformed(
    name.slice(0, 60),
    `unknown query parameter ${shown}${meant ? ` (did you mean ${meant}?)` : ''}; ${which}`,
  );
}

function malformed(field: string, message: string): Error {
  return problem('malformed-request', `${message[0]?.toUpperCase()}${message.slice(1)}.`, [{ field, message }]);
}
