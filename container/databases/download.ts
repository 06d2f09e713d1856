/** Downloads one large file over several connections, and goes on where an earlier process stopped. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { type Expected, expectedFromHeaders } from './checksums.ts';
import { StagingError } from './errors.ts';
import { type Answer, type Patience, persistently, request } from './http.ts';
import { PartState } from './partState.ts';

export interface DownloadOptions {
  readonly url: string;
  /** Where the whole file goes; beside it lie `.part` and `.part.json` until then. */
  readonly file: string;
  readonly connections: number;
  /** What a connection asks for at a time; default 64 MiB. */
  readonly segmentBytes?: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** Called with bytes as they arrive; negative when some have to be fetched again. */
  readonly onBytes: (count: number) => void;
}

export interface Downloaded {
  /** What the publisher's own headers say of the file. */
  readonly expected: Expected;
  /** ISO 8601 day of the last change, if the server tells it. */
  readonly modified: string | undefined;
}

/** The file on the server is another one than at the beginning. */
class Changed extends StagingError {}

/** Large enough to keep a connection busy for seconds, small enough to lose little when the process dies. */
const SEGMENT_BYTES = 64 * 1024 * 1024;

/** A server that publishes a new file while we read the old one is believed so often. */
const MAX_CHANGES = 3;

/**
 * @throws StagingError when the file cannot be had
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  for (let change = 0; change < MAX_CHANGES; change += 1) {
    try {
      return await downloadOnce(options);
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      await rm(PartState.fileOf(options.file), { force: true });
    }
  }
  throw new StagingError(`${options.url} changes faster than it can be read; start the job again later.`);
}

async function isWhole(file: string, bytes: number): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.size === bytes;
}

interface Remote extends Downloaded {
  readonly bytes: number;
  /** Tells this content from another: the ETag, or the time of the last change. */
  readonly validator: string;
  readonly takesRanges: boolean;
}

async function downloadOnce(options: DownloadOptions): Promise<Downloaded> {
  const remote = await ask(options);
  if (await isWhole(options.file, remote.bytes)) {
    options.onBytes(remote.bytes);
    return remote;
  }
  // Without ranges there is one segment, which begins anew when it breaks.
  const segmentBytes = remote.takesRanges ? (options.segmentBytes ?? SEGMENT_BYTES) : Math.max(1, remote.bytes);
  const state = await PartState.open(options.file, { ...remote, segmentBytes });
  const handle = await open(`${options.file}.part`, state.isNew ? 'w' : 'r+');
  try {
    options.onBytes(state.doneBytes);
    const connections = remote.takesRanges ? options.connections : 1;
    const failed = new AbortController();
    const signal = AbortSignal.any([options.signal, failed.signal]);
    const workers = Array.from({ length: connections }, async () => {
      for (let segment = state.take(); segment; segment = state.take()) {
        await fetchSegment({ ...options, signal }, remote, handle, segment);
        await handle.datasync();
        await state.done(segment);
      }
    }).map((worker) =>
      worker.catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    );
    await firstFailure(workers);
  } finally {
    await handle.close();
  }
  await rename(`${options.file}.part`, options.file);
  await state.remove();
  return remote;
}

/** Waits for all; the first failure is the one that is told, not those that its abort caused. */
async function firstFailure(workers: readonly Promise<void>[]): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    workers.map((worker) =>
      worker.catch((error: unknown) => {
        first ??= { error };
      }),
    ),
  );
  if (first) throw first.error;
}

async function ask({ url, patience, signal }: DownloadOptions): Promise<Remote> {
  const headers = await persistently(url, patience, signal, async () => {
    const answer = await request(url, { method: 'HEAD' }, patience, signal);
    answer.end();
    return answer.headers;
  });
  const bytes = Number(headers.get('content-length') ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) throw new StagingError(`${url} does not tell the size of the file.`);
  const modified = headers.get('last-modified');
  return {
    bytes,
    expected: { ...expectedFromHeaders(headers), bytes },
    modified: modified === null ? undefined : new Date(modified).toISOString().slice(0, 10),
    validator: headers.get('etag') ?? modified ?? `${bytes}`,
    takesRanges: headers.get('accept-ranges') === 'bytes',
  };
}

interface Segment {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

/** Bytes from `start` to `end`; a connection that breaks is taken up again where it broke. */
async function fetchSegment(
  { url, patience, signal, onBytes }: DownloadOptions,
  remote: Remote,
  handle: FileHandle,
  { start, end }: Segment,
): Promise<void> {
  let at = start;
  while (at < end) {
    await persistently(url, patience, signal, async () => {
      if (!remote.takesRanges && at > 0) {
        onBytes(-at);
        at = 0;
      }
      const headers = remote.takesRanges ? { range: `bytes=${at}-${end - 1}` } : {};
      const answer = await request(url, { headers }, patience, signal);
      try {
        checkAnswer(remote, answer);
        const before = at;
        try {
          for await (const chunk of answer.body) {
            answer.alive();
            const piece = (chunk as Buffer).subarray(0, end - at);
            await writeAll(handle, piece, at);
            at += piece.length;
            onBytes(piece.length);
          }
        } catch (error) {
          // What arrived counts: only a connection that brings nothing uses up patience.
          if (at === before || !remote.takesRanges) throw error;
        }
        if (at === before) throw new Error('the answer was empty');
      } finally {
        answer.end();
      }
    });
  }
}

function checkAnswer(remote: Remote, { status, headers }: Answer): void {
  const validator = headers.get('etag') ?? headers.get('last-modified') ?? remote.validator;
  if (validator !== remote.validator) throw new Changed('the file changed');
  if ((status === 206) !== remote.takesRanges) throw new Changed('the server no longer gives parts of the file');
}

async function writeAll(handle: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < data.length; ) {
    const { bytesWritten } = await handle.write(data, written, data.length - written, position + written);
    written += bytesWritten;
  }
}
