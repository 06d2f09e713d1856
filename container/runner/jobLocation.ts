import { FileStore } from './fileStore.ts';
import { RunnerError } from './runnerError.ts';
import type { Store } from './store.ts';

/** A job's folder: its id, and the store that holds `input/{id}/` and `output/{id}/`. */
export interface JobLocation {
  readonly id: string;
  readonly store: Store;
}

const JOB_PATH = /^(?<root>.*\/)input\/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)\/?$/;

/**
 * Opens the store that a job's URI lies in: `file:///…/input/{id}/`.
 *
 * @throws RunnerError for any other address
 */
export function openJob(uri: string): JobLocation {
  const url = URL.parse(uri);
  const match = url && JOB_PATH.exec(url.pathname);
  const { root, id } = match?.groups ?? {};
  if (!url || root === undefined || id === undefined) {
    throw new RunnerError('invalid-order', `"${uri}" is not the address of a job folder.`, {
      remedy: 'Give an address like file:///data/store/input/JOB-ID/.',
    });
  }
  if (url.protocol !== 'file:') {
    throw new RunnerError('invalid-order', `Jobs at "${url.protocol}//" cannot be run by this runner.`, {
      remedy: 'Give a file:// address.',
    });
  }
  return { id, store: new FileStore(new URL(root, url)) };
}
