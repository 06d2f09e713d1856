import { FileStore } from './fileStore.ts';
import { RunnerError } from './runnerError.ts';
import type { Store } from './store.ts';

/** A job's folder: its id, and the store that holds `input/{id}/` and `output/{id}/`. */
export interface JobLocation {
  readonly id: string;
  readonly store: Store;
}

const JOB_PATH = /^(?<root>.*\/)input\/(?<id>[A-Za-z0-9][A-Za-z0-9_.-]*)\/?$/;

interface JobAddress {
  readonly url: URL;
  /** Path of the store, ending in a slash. */
  readonly root: string;
  readonly id: string;
}

/** The job that an address belongs to; `undefined` for an address of anything else. */
export function jobIdOf(uri: string): string | undefined {
  return parse(uri)?.id;
}

/**
 * Opens the store that a job's URI lies in: `file:///…/input/{id}/` or `s3://bucket/input/{id}/`.
 *
 * @throws RunnerError for any other address
 */
export async function openJob(uri: string): Promise<JobLocation> {
  const address = parse(uri);
  if (!address) {
    throw new RunnerError('invalid-order', `"${uri}" is not the address of a job folder.`, {
      remedy: 'Give an address like file:///data/store/input/JOB-ID/ or s3://bucket/input/JOB-ID/.',
    });
  }
  const { url, root, id } = address;
  switch (url.protocol) {
    case 'file:':
      return { id, store: new FileStore(new URL(root, url)) };
    case 's3:': {
      // Local runs never load the AWS SDK.
      const { S3Store } = await import('./s3Store.ts');
      return { id, store: new S3Store(url.hostname, root.slice(1)) };
    }
    default:
      throw new RunnerError('invalid-order', `Jobs at "${url.protocol}//" cannot be run by this runner.`, {
        remedy: 'Give a file:// or s3:// address.',
      });
  }
}

function parse(uri: string): JobAddress | undefined {
  const url = URL.parse(uri);
  const { root, id } = (url && JOB_PATH.exec(url.pathname)?.groups) ?? {};
  if (!url || root === undefined || id === undefined) return undefined;
  return url.protocol === 's3:' && url.hostname === '' ? undefined : { url, root, id };
}
