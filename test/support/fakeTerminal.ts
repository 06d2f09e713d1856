import { Writable } from 'node:stream';
import type { Streams } from '../../backend/cli/output.ts';

/** Streams that remember what was written, and say that they are a terminal or that they are none. */
export class FakeTerminal {
  readonly streams: Streams;
  #stdout = '';
  #stderr = '';

  constructor({ isTTY, columns = 80 }: { readonly isTTY: boolean; readonly columns?: number }) {
    const make = (remember: (text: string) => void): NodeJS.WriteStream => {
      const stream = new Writable({
        decodeStrings: false,
        write(chunk: string | Buffer, _encoding, done) {
          remember(chunk.toString());
          done();
        },
      });
      const ignored = () => true;
      const tty = { isTTY, columns, rows: 24, cursorTo: ignored, moveCursor: ignored, clearLine: ignored };
      const more = { clearScreenDown: ignored, getColorDepth: () => (isTTY ? 8 : 1), hasColors: () => isTTY };
      return Object.assign(stream, tty, more) as unknown as NodeJS.WriteStream;
    };
    this.streams = {
      stdout: make((text) => {
        this.#stdout += text;
      }),
      stderr: make((text) => {
        this.#stderr += text;
      }),
    };
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }
}
