import { switchProfile } from '../connection/switchProfile.ts';
import type { Services } from './services.ts';

/** Predicts on this machine from now on. */
export async function useLocalBackend(services: Services): Promise<void> {
  await switchProfile(services, { kind: 'local' });
}
