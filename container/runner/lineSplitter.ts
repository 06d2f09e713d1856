import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** Longest log line, in UTF-16 units; the rest of a longer one is counted and left out. */
export const MAX_LINE_LENGTH = 4000;

// Control characters but the tab: they would move the cursor of whoever reads the log in a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Cuts a program's output into lines, in bounded memory whatever the program writes: characters split between chunks
 * are put together, damaged UTF-8 becomes U+FFFD, colours are taken off, CR LF and the lone CR of progress bars end a
 * line too, empty lines are dropped.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #kept = '';
  #left = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    this.#take(this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  /** The program has ended: what has no line end yet is a line as well. */
  end(): void {
    this.#take(this.#decoder.end());
    this.#flush();
  }

  #take(text: string): void {
    const parts = text.split(/[\r\n]+/);
    parts.forEach((part, i) => {
      if (i > 0) this.#flush();
      const room = MAX_LINE_LENGTH - this.#kept.length;
      this.#kept += part.slice(0, room);
      this.#left += Math.max(0, part.length - room);
    });
  }

  #flush(): void {
    const line = stripVTControlCharacters(this.#kept).replace(CONTROL, '').trimEnd().toWellFormed();
    const left = this.#left;
    this.#kept = '';
    this.#left = 0;
    if (line !== '' || left > 0) this.#onLine(left > 0 ? `${line} … [${left} more characters]` : line);
  }
}
