/** Finds jobs by words. Pure. */

import type { Job } from '../../../backend/api/job.ts';
import { type FileOf, statusGroup } from './groups.ts';

/** Made once for each state of a job. */
const known = new WeakMap<Job, string>();

/** The words of a search: those between quotation marks belong together. */
export function searchTerms(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]+)"|[^\s"]+/g)].map(([word, quoted]) => fold(quoted ?? word));
}

/** Whether all words stand somewhere in what a person would call the job by. */
export function matches(terms: readonly string[], job: Job, fileOf: FileOf): boolean {
  if (terms.length === 0) return true;
  const text = textOf(job);
  const file = fileOf(job);
  const all = file === undefined ? text : `${text}\n${fold(file)}`;
  return terms.every((term) => all.includes(term));
}

function textOf(job: Job): string {
  const kept = known.get(job);
  if (kept !== undefined) return kept;
  const words = [job.name, job.id, job.comment, job.queue, job.engine, job.status, statusGroup(job.status), job.owner];
  const chains = job.chains.flatMap(({ id, description }) => [id, description]);
  const text = fold([...words, ...chains].join('\n'));
  known.set(job, text);
  return text;
}

/** Without capitals and accents, and full-width letters as ordinary ones. A sigma looks the same wherever it stands. */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll('ς', 'σ');
}
