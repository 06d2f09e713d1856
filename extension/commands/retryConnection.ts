import type { Services } from './services.ts';

/** Connects again after a failure. */
export async function retryConnection({ connection, store }: Services): Promise<void> {
  await connection.retry();
  await store.refresh();
}
