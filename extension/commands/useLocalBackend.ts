import { readProfile, writeProfile } from '../connection/profile.ts';
import type { Services } from './services.ts';

/** Predicts on this machine from now on. */
export async function useLocalBackend({ connection }: Services): Promise<void> {
  if (readProfile().kind !== 'local') await writeProfile({ kind: 'local' });
  await connection.retry();
}
