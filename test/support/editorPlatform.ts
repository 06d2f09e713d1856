import { FoldpadClient } from '../../backend/api/client.ts';
import { type Rehearsal, startRehearsal } from './rehearsal.ts';

/** What the editor needs of a deployed AWS backend. */
export type EditorPlatform = Pick<Rehearsal, 'url' | 'client' | 'newKey' | 'stop'>;

/** Names of the variables by which `npm run rehearse` tells of the platform that it has deployed already. */
export const PLATFORM_VARIABLES = { url: 'FOLDPAD_REHEARSAL_URL', key: 'FOLDPAD_REHEARSAL_KEY' } as const;

/** The platform of the rehearsal that started this process, or else one of its own, deployed into the emulator. */
export async function startEditorPlatform(): Promise<EditorPlatform> {
  const url = process.env[PLATFORM_VARIABLES.url];
  const given = process.env[PLATFORM_VARIABLES.key];
  if (!url || !given) return startRehearsal();
  return {
    url,
    client: (key) => new FoldpadClient({ url, key }),
    newKey: async () => given,
    stop: async () => undefined,
  };
}
