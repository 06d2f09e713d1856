/** Chooses a backend, for all windows of this user, and connects to it. */

import type { Connection } from './connection.ts';
import { chooseProfile, type Profile } from './profile.ts';
import { backendOf } from './profiles.ts';

export async function switchProfile(
  { connection }: { readonly connection: Connection },
  profile: Profile,
): Promise<void> {
  if (backendOf(connection.profile) !== backendOf(profile)) await chooseProfile(profile);
  // The editor has told of the changed settings by now; should it not have, it is asked.
  connection.reconsider();
  await connect(connection);
}

/** Connects. Of a backend that was kept though it is away, its user needs no second telling; the view shows it. */
export async function connect(connection: Connection): Promise<void> {
  const isKnown = connection.isKnownToBeAway;
  try {
    await connection.retry();
  } catch (error) {
    if (!isKnown) throw error;
  }
}
