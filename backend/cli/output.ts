import { styleText } from 'node:util';

/** What the CLI writes to: the process's own streams, or a test's. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export type Style = Parameters<typeof styleText>[0];

/**
 * Standard output holds the answer and nothing else, standard error all that is said on the way, so that a pipe gets
 * clean data. Colours only where a person reads (`NO_COLOR` and `FORCE_COLOR` are honoured).
 */
export class Output {
  readonly json: boolean;
  readonly streams: Streams;

  constructor(streams: Streams, json: boolean) {
    this.streams = streams;
    this.json = json;
  }

  /** Whether progress bars can be drawn. */
  get hasBars(): boolean {
    return this.streams.stderr.isTTY === true && !this.json;
  }

  /** Whether a person reads the answer on a terminal. */
  get isTerminal(): boolean {
    return this.streams.stdout.isTTY === true;
  }

  /** One line of the answer. */
  line(text = ''): void {
    this.streams.stdout.write(`${text}\n`);
  }

  /** The answer of `--json`: one document. */
  document(value: unknown): void {
    this.line(JSON.stringify(value, undefined, 2));
  }

  /** Something to know that is not the answer. */
  note(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  warn(text: string): void {
    this.note(`${this.#paint('yellow', 'warning:', this.streams.stderr)} ${text}`);
  }

  error(text: string): void {
    this.note(`${this.#paint('red', 'error:', this.streams.stderr)} ${text}`);
  }

  /** Text of the answer in a colour or weight. */
  style(style: Style, text: string): string {
    return this.#paint(style, text, this.streams.stdout);
  }

  #paint(style: Style, text: string, stream: NodeJS.WriteStream): string {
    return styleText(style, text, { stream, validateStream: true });
  }
}
