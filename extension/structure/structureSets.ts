/** Several structures in one page, from wherever they are. */

import * as vscode from 'vscode';
import type { StructureShelf } from './structureShelf.ts';
import type { StructureModel, StructureSubject } from './structureSubject.ts';

/** The first is shown in full, the others are laid over it. @param models at least one */
export function structureSet(shelf: StructureShelf, models: readonly StructureModel[]): StructureSubject {
  const set = crypto.randomUUID();
  const added = models.map(({ place }) => place?.toString() ?? '');
  shelf.remember(contentKey(set), { added, selected: 0, together: [] });
  return subjectOf(set, models);
}

/** Makes the set again from what its page kept over a reload of the window; undefined when it is not one, or is gone. */
export async function restoreSet(shelf: StructureShelf, kept: unknown): Promise<StructureSubject | undefined> {
  if (typeof kept !== 'object' || kept === null || !('set' in kept) || typeof kept.set !== 'string') return undefined;
  const { added = [] } = shelf.remembered(contentKey(kept.set)) ?? {};
  const models = (await shelf.models(added)).filter((model) => model !== undefined);
  return models.length === 0 ? undefined : subjectOf(kept.set, models);
}

/** Apart from the key of the page itself, by which the user's changes are remembered. */
const contentKey = (set: string): string => `content:${set}`;

function subjectOf(set: string, models: readonly StructureModel[]): StructureSubject {
  const [first, second, ...more] = models.map(({ label }) => label);
  const title = more.length > 0 || !second ? vscode.l10n.t('{0} structures', models.length) : `${first} – ${second}`;
  return {
    key: `set:${set}`,
    title: models.length === 1 ? (first ?? title) : title,
    models,
    together: models.map((_, index) => index).slice(1),
    restore: { set },
  };
}
