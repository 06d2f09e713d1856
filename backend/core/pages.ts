import type { Job } from '../api/job.ts';
import type { JobQuery, JobStore } from './ports.ts';

const PAGE_SIZE = 100;

/**
 * All jobs that match, page by page: memory stays the same for ten jobs and for a hundred thousand. Jobs that leave the
 * selection while we go through it (because they are cancelled, deleted …) do not disturb the cursor.
 */
export async function* pagesOfJobs(
  store: JobStore,
  query: Omit<JobQuery, 'limit' | 'cursor'>,
): AsyncGenerator<readonly Job[]> {
  let cursor: string | undefined;
  do {
    const page = await store.list({ ...query, limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) });
    if (page.jobs.length > 0) yield page.jobs;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** As `Promise.all(items.map(work))`, with at most `width` at the same time. Answers in the order of the items. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
