import type { LogEvent, LogSink } from './sinks.ts';

/** As the awslogs driver: lines go out in batches. */
const FLUSH_MS = 100;
/** PutLogEvents takes events of 256 KiB, 26 bytes of which are its own. */
const LONGEST_LINE = 256 * 1024 - 26;
/** ... and 10,000 events or 1 MiB in one call. */
const EVENTS_PER_CALL = 500;

/** The log of one attempt on its way to its stream. */
export class LogBuffer {
  readonly stream: string;
  readonly #sink: LogSink;
  readonly #group: string;
  #waiting: LogEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(sink: LogSink, group: string, stream: string) {
    this.#sink = sink;
    this.#group = group;
    this.stream = stream;
  }

  add(line: string): void {
    // CloudWatch takes no empty message.
    if (line === '') return;
    for (let start = 0; start < line.length; start += LONGEST_LINE / 4) {
      this.#waiting.push({ timestamp: Date.now(), message: line.slice(start, start + LONGEST_LINE / 4) });
    }
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < events.length; start += EVENTS_PER_CALL) {
      const part = events.slice(start, start + EVENTS_PER_CALL);
      // A log service that fails must not fail the job.
      this.#last = this.#last.then(() => this.#sink.write(this.#group, this.stream, part)).catch(() => {});
    }
  }

  /** Resolves when all of it is written. */
  async close(): Promise<void> {
    this.#flush();
    await this.#last;
  }
}
