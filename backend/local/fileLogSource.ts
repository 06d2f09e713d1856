import { type FileHandle, open } from 'node:fs/promises';
import { isFinished, type Job, type LogLine, type LogPage, type Run } from '../api/job.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../core/cursor.ts';
import { isRunEnded } from '../core/job.ts';
import type { LogSource } from '../core/ports.ts';
import { cutLines, type RawLine, readLine } from './logLines.ts';
import type { RunFolders } from './runFolders.ts';

/** Bytes read at a time; more than one piece of a line, so that every read can give out something. */
const CHUNK_BYTES = 64 * 1024;
/** A page ends when so much has been read, however few lines that were. */
const MAX_BYTES_PER_PAGE = 4 * 1024 * 1024;
const CURSOR_KIND = 'log';
const NEWLINE = 0x0a;

/** The log of one attempt of a run. */
interface Segment {
  readonly run: Run;
  readonly attempt: number;
  readonly file: string;
  /** Whether nothing will be written to it any more. */
  readonly isWhole: boolean;
}

/** A place in the logs of a job: so many bytes into the log of an attempt. */
interface Position {
  readonly runId: string;
  readonly attempt: number;
  readonly offset: number;
}

/** The logs that attempts write beside their run's state. Nothing is kept in memory between reads. */
export class FileLogSource implements LogSource {
  readonly #folders: RunFolders;

  constructor(folders: RunFolders) {
    this.#folders = folders;
  }

  async read(job: Job, cursor: string | undefined, limit: number): Promise<LogPage> {
    const segments = this.#segments(job);
    const start = cursor === undefined ? undefined : parseCursor(job, cursor);
    const from = start ? segments.findIndex((segment) => isAt(segment, start)) : 0;
    const lines: LogLine[] = [];
    let position = start;
    let budget = MAX_BYTES_PER_PAGE;
    for (const segment of from < 0 ? [] : segments.slice(from)) {
      const offset = start && isAt(segment, start) ? start.offset : 0;
      const read = await readForward(segment, offset, limit - lines.length, budget, lines);
      position = { runId: segment.run.id, attempt: segment.attempt, offset: read.offset };
      budget -= read.offset - offset;
      // What is written later must not come before what was given out: a log that goes on holds up those behind it.
      if (!read.isAtEnd || !segment.isWhole) return this.#page(job, lines, position, false);
    }
    return this.#page(job, lines, position, true);
  }

  async tail(job: Job, limit: number): Promise<LogPage> {
    const segments = this.#segments(job);
    let lines: LogLine[] = [];
    let position: Position | undefined;
    let isAtEnd = true;
    for (const segment of segments.toReversed()) {
      if (position && lines.length >= limit) break;
      const read = await readBackward(segment, limit - lines.length);
      lines = [...read.lines, ...lines];
      if (!position) {
        position = { runId: segment.run.id, attempt: segment.attempt, offset: read.offset };
        isAtEnd = segment.isWhole;
      }
    }
    return this.#page(job, lines, position, isAtEnd);
  }

  #page(job: Job, lines: readonly LogLine[], position: Position | undefined, isAtEnd: boolean): LogPage {
    const parts = position ? [position.runId, position.attempt, position.offset] : [];
    const done = isAtEnd && (isFinished(job.status) || (job.runs.length > 0 && job.runs.every(isRunEnded)));
    return { lines, next: encodeCursor(CURSOR_KIND, [job.id, ...parts]), done };
  }

  #segments(job: Job): readonly Segment[] {
    return job.runs.flatMap((run) => {
      const attempts = this.#folders.accepts(run.id) ? this.#folders.attempts(run.id) : [];
      const last = attempts.at(-1);
      return attempts.map((attempt) => ({
        run,
        attempt,
        file: this.#folders.attempt(run.id, attempt).log,
        isWhole: attempt !== last || attempt < run.attempt || isRunEnded(run),
      }));
    });
  }
}

function isAt(segment: Segment, position: Position): boolean {
  return segment.run.id === position.runId && segment.attempt === position.attempt;
}

/** @returns `undefined` for the cursor of a job that had no log yet: its beginning */
function parseCursor(job: Job, cursor: string): Position | undefined {
  const [jobId, runId, attempt, offset, ...rest] = decodeCursor(CURSOR_KIND, cursor);
  if (jobId !== job.id || rest.length > 0) throw invalidCursor();
  if (runId === undefined) return undefined;
  if (!job.runs.some((run) => run.id === runId) || !isCount(attempt) || !isCount(offset)) throw invalidCursor();
  return { runId: String(runId), attempt, offset };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Appends up to `limit` lines to `lines`. @returns where it stopped, and whether that is the end of what is there */
async function readForward(
  segment: Segment,
  from: number,
  limit: number,
  budget: number,
  lines: LogLine[],
): Promise<{ readonly offset: number; readonly isAtEnd: boolean }> {
  const handle = await open(segment.file, 'r');
  try {
    let offset = from;
    let left = limit;
    let continues = await isWithinLine(handle, from);
    while (offset - from < budget) {
      const bytes = await readAt(handle, offset, CHUNK_BYTES);
      const reachesEnd = bytes.length < CHUNK_BYTES;
      const before = offset;
      for (const raw of cutLines(bytes, offset, continues, reachesEnd && segment.isWhole)) {
        const seen = readLine(raw);
        if (seen && left === 0) return { offset, isAtEnd: false };
        if (seen) {
          lines.push(lineOf(segment, seen));
          left--;
        }
        offset = raw.end;
      }
      continues = offset > 0 && bytes[offset - before - 1] !== NEWLINE;
      if (reachesEnd || offset === before) return { offset, isAtEnd: reachesEnd };
    }
    return { offset, isAtEnd: false };
  } finally {
    await handle.close();
  }
}

/** The last `limit` lines, reading from the end only. @returns them, and the end of the last line that is complete */
async function readBackward(
  segment: Segment,
  limit: number,
): Promise<{ readonly offset: number; readonly lines: readonly LogLine[] }> {
  const handle = await open(segment.file, 'r');
  try {
    const { size } = await handle.stat();
    for (let window = CHUNK_BYTES; ; window *= 2) {
      const wanted = Math.max(0, size - Math.min(window, MAX_BYTES_PER_PAGE));
      const bytes = await readAt(handle, wanted, size - wanted);
      const isFromStart = wanted === 0;
      const isLast = isFromStart || window >= MAX_BYTES_PER_PAGE;
      // A window begins anywhere; the first whole line of it begins after the first newline.
      const skipped = isFromStart ? 0 : bytes.indexOf(NEWLINE) + 1;
      if (!isFromStart && skipped === 0 && !isLast) continue;
      const raws = [
        ...cutLines(bytes.subarray(skipped), wanted + skipped, skipped === 0 && !isFromStart, segment.isWhole),
      ];
      const lines = raws.flatMap((raw) => readLineOf(segment, raw));
      if (lines.length < limit && !isLast) continue;
      return { offset: raws.at(-1)?.end ?? wanted + skipped, lines: limit === 0 ? [] : lines.slice(-limit) };
    }
  } finally {
    await handle.close();
  }
}

function readLineOf(segment: Segment, raw: RawLine): readonly LogLine[] {
  const seen = readLine(raw);
  return seen ? [lineOf(segment, seen)] : [];
}

function lineOf({ run }: Segment, seen: Pick<LogLine, 'at' | 'text'>): LogLine {
  return { runId: run.id, stage: run.stage, ...seen };
}

async function isWithinLine(handle: FileHandle, offset: number): Promise<boolean> {
  return offset > 0 && (await readAt(handle, offset - 1, 1))[0] !== NEWLINE;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
