import { jobKeys } from '../../backend/api/runner.ts';
import type { EarlierFile, SharedObjects } from '../engines/engine.ts';
import type { JobLocation } from './jobLocation.ts';
import type { Store } from './store.ts';

/** The part of a store that all jobs share, and nothing else of it. */
export function sharedObjects(store: Store): SharedObjects {
  const checked = (key: string): string => {
    if (key.startsWith(jobKeys.sharedFolder)) return key;
    throw new Error(`"${key}" is not among the objects that jobs share.`);
  };
  return {
    fetch: async (key, file) => store.readFile(checked(key), file),
    publish: async (key, file) => store.writeFile(checked(key), file),
    read: async (key) => store.read(checked(key)),
    write: async (key, body) => store.write(checked(key), body),
    writeIfAbsent: async (key, body) => store.writeIfAbsent(checked(key), body),
  };
}

/**
 * Files that other attempts of the job have published, sorted by attempt and path.
 *
 * @param keyPrefix folder of the present attempt, whose files are left out
 */
export async function earlierFiles({ id, store }: JobLocation, keyPrefix: string): Promise<readonly EarlierFile[]> {
  const folder = jobKeys.outputFolder(id);
  const keys = (await store.list(`${folder}attempt-`)).filter((key) => !key.startsWith(keyPrefix));
  return keys.sort().flatMap((key) => {
    const [attempt = '', ...rest] = key.slice(folder.length).split('/');
    if (rest.length === 0) return [];
    return [{ attempt, path: rest.join('/'), fetch: (file: string) => store.readFile(key, file) }];
  });
}
