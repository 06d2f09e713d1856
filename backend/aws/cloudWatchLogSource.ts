import { stripVTControlCharacters } from 'node:util';
import { isFinished, type Job, type LogLine, type LogPage, type Run } from '../api/job.ts';
import { decodeCursor, encodeCursor, invalidCursor } from '../core/cursor.ts';
import { isRunEnded } from '../core/job.ts';
import { readLogText } from '../core/logText.ts';
import type { LogSource } from '../core/ports.ts';
import {
  eventsAfter,
  type LogGroup,
  newestEvents,
  STREAM_START,
  type StreamEvent,
  type StreamPosition,
} from './logStream.ts';

const CURSOR_KIND = 'log';
/** A page ends when so many events were read, however few of them were lines for people. */
const MAX_EVENTS_PER_PAGE = 10_000;
/** Progress lines come with the others and are not shown: so many more are asked for than lines are wanted. */
const SPARE_EVENTS = 50;
/** The awslogs driver sends every five seconds: that long after the end of a run lines may still come. */
const SETTLE_MS = 5_000;

/** The log of one attempt of a run. */
interface Segment {
  readonly run: Run;
  readonly stream: string;
  /** Whether nothing will be written to it any more. */
  readonly isWhole: boolean;
}

interface Position extends StreamPosition {
  readonly runId: string;
  readonly stream: string;
}

/**
 * Logs of Batch jobs in CloudWatch Logs. The job knows the names of its streams, so one call reads a page. Nothing is
 * kept in memory between reads.
 */
export class CloudWatchLogSource implements LogSource {
  readonly #group: LogGroup;
  readonly #now: () => number;

  constructor(group: LogGroup, now: () => number = Date.now) {
    this.#group = group;
    this.#now = now;
  }

  async read(job: Job, cursor: string | undefined, limit: number): Promise<LogPage> {
    const segments = this.#segments(job);
    const start = cursor === undefined ? undefined : parseCursor(job, cursor);
    const from = start ? segments.findIndex((segment) => isAt(segment, start)) : 0;
    const lines: LogLine[] = [];
    let position = start;
    for (const segment of from < 0 ? [] : segments.slice(from)) {
      const place = start && isAt(segment, start) ? start : STREAM_START;
      const read = await this.#readForward(segment, place, limit - lines.length, lines);
      position = { runId: segment.run.id, stream: segment.stream, ...read.place };
      // What is written later must not come before what was given out: a log that goes on holds up those behind it.
      if (!read.isAtEnd || !segment.isWhole) return this.#page(job, lines, position, false);
    }
    return this.#page(job, lines, position, true);
  }

  /** Appends up to `limit` lines. @returns where it stopped, and whether that is the end of what is there */
  async #readForward(
    segment: Segment,
    from: StreamPosition,
    limit: number,
    lines: LogLine[],
  ): Promise<{ readonly place: StreamPosition; readonly isAtEnd: boolean }> {
    const pageSize = limit + SPARE_EVENTS;
    let place = from;
    let left = limit;
    let count = 0;
    for await (const events of eventsAfter(this.#group, segment.stream, from, pageSize)) {
      for (const event of events) {
        const line = lineOf(segment, event);
        if (line && left === 0) return { place, isAtEnd: false };
        if (line) {
          lines.push(line);
          left -= 1;
        }
        place = event.after;
      }
      count += events.length;
      // Of a log that goes on the end is not sought: the next read looks again anyhow.
      const isEnoughForNow = !segment.isWhole && events.length > 0 && events.length < pageSize;
      if (isEnoughForNow || count >= MAX_EVENTS_PER_PAGE) return { place, isAtEnd: false };
    }
    return { place, isAtEnd: true };
  }

  async tail(job: Job, limit: number): Promise<LogPage> {
    const segments = this.#segments(job);
    let lines: LogLine[] = [];
    let position: Position | undefined;
    let isAtEnd = true;
    for (const segment of segments.toReversed()) {
      const wanted = limit - lines.length;
      if (position && wanted <= 0) break;
      const events = await newestEvents(this.#group, segment.stream, wanted + SPARE_EVENTS);
      const found = events.flatMap((event) => lineOf(segment, event) ?? []);
      if (wanted > 0) lines = [...found.slice(-wanted), ...lines];
      if (!position) {
        const place = events.at(-1)?.after ?? STREAM_START;
        position = { runId: segment.run.id, stream: segment.stream, ...place };
        isAtEnd = segment.isWhole;
      }
    }
    return this.#page(job, lines, position, isAtEnd);
  }

  #page(job: Job, lines: readonly LogLine[], position: Position | undefined, isAtEnd: boolean): LogPage {
    const parts = position ? [position.runId, position.stream, position.at, position.seen] : [];
    const isOver = isFinished(job.status) || (job.runs.length > 0 && job.runs.every(isRunEnded));
    return { lines, next: encodeCursor(CURSOR_KIND, [job.id, ...parts]), done: isAtEnd && isOver };
  }

  #segments(job: Job): readonly Segment[] {
    return job.runs.flatMap((run) => {
      const streams = run.logStreams ?? [];
      return streams.map((stream, index) => ({
        run,
        stream,
        isWhole: index < streams.length - 1 || this.#isSettled(run),
      }));
    });
  }

  #isSettled(run: Run): boolean {
    if (!isRunEnded(run)) return false;
    return run.endedAt === undefined || this.#now() - Date.parse(run.endedAt) >= SETTLE_MS;
  }
}

function isAt(segment: Segment, position: Position): boolean {
  return segment.run.id === position.runId && segment.stream === position.stream;
}

/** @returns `undefined` for the cursor of a job that had no log yet: its beginning */
function parseCursor(job: Job, cursor: string): Position | undefined {
  const [jobId, runId, stream, at, seen, ...rest] = decodeCursor(CURSOR_KIND, cursor);
  if (jobId !== job.id || rest.length > 0) throw invalidCursor();
  if (runId === undefined) return undefined;
  const isKnown = job.runs.some(
    ({ id, logStreams = [] }) => id === runId && logStreams.some((name) => name === stream),
  );
  if (!isKnown || !isCount(at) || !isCount(seen)) throw invalidCursor();
  return { runId: String(runId), stream: String(stream), at, seen };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** `undefined` for progress lines. A line that tells no time was written when CloudWatch says. */
function lineOf({ run }: Segment, { message, timestamp }: StreamEvent): LogLine | undefined {
  const seen = readLogText(message.replace(/[\r\n]+$/, ''), stripVTControlCharacters);
  return seen && { runId: run.id, stage: run.stage, at: new Date(timestamp).toISOString(), ...seen };
}
