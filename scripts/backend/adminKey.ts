// The first key of a deployment, with which all others can be made.

import { makeKey } from '../../backend/core/keys.ts';
import type { Clock, KeyStore } from '../../backend/core/ports.ts';

/** Its jobs are those of nobody else. */
const NAME = 'admin';

/**
 * Makes an admin key unless one is in use.
 *
 * @param another also makes one when there is one already
 * @returns the key's text, which cannot be told again; undefined when none was made
 */
export async function ensureAdminKey(
  store: Pick<KeyStore, 'create' | 'list'>,
  clock: Clock,
  another = false,
): Promise<string | undefined> {
  const keys = await store.list();
  const inUse = keys.some(({ role, revokedAt }) => role === 'admin' && revokedAt === undefined);
  if (inUse && !another) return undefined;
  const { text, record } = await makeKey({ name: NAME, role: 'admin' }, clock.now());
  await store.create(record);
  return text;
}
