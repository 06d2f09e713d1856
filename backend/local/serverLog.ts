import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { Logger } from '../core/ports.ts';

/** The log is begun anew beyond this size; the one before is kept as `….1`. */
const MAX_LOG_BYTES = 5 * 1024 * 1024;

type Level = 'info' | 'warn' | 'error';

/** The operator's log: one JSON object per line, readable by the owner alone. */
export class ServerLog implements Logger {
  readonly #file: string;
  readonly #maxBytes: number;
  #size: number;

  constructor(file: string, maxBytes: number = MAX_LOG_BYTES) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  info(message: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#write('info', message, facts);
  }

  warn(message: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#write('warn', message, facts);
  }

  error(message: string, facts?: Readonly<Record<string, unknown>>): void {
    this.#write('error', message, facts);
  }

  #write(level: Level, message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    const line = `${JSON.stringify({ at: new Date().toISOString(), level, message, ...facts })}\n`;
    try {
      if (this.#size > 0 && this.#size + line.length > this.#maxBytes) {
        renameSync(this.#file, `${this.#file}.1`);
        this.#size = 0;
      }
      appendFileSync(this.#file, line, { mode: 0o600 });
      this.#size += Buffer.byteLength(line);
    } catch (error) {
      // A full disk must not end the server; whoever started it may still be listening.
      process.stderr.write(`foldpad: the log cannot be written (${String(error)}): ${line}`);
    }
  }
}
