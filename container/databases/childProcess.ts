import { type ChildProcess, fork } from 'node:child_process';
import { StagingError } from './errors.ts';
import type { DatabaseRecord } from './record.ts';
import type { StageOne } from './stageAll.ts';

/** What the process of one database tells the one that started it. */
export type ChildMessage =
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'record'; readonly record: DatabaseRecord }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Runs this same program for one database.
 *
 * @param argv the arguments that this process was given
 */
export function stageInChild(program: string, argv: readonly string[]): StageOne {
  return async (database, snapshot, tell, signal) => {
    const only = ['--only', database.name, '--snapshot', snapshot];
    const child = fork(program, [...argv, ...only], { signal, killSignal: 'SIGTERM' });
    return new Promise<DatabaseRecord>((resolve, reject) => {
      let end: { readonly record: DatabaseRecord } | { readonly message: string } | undefined;
      child.on('message', (message) => {
        const told = message as ChildMessage;
        if (told.kind === 'log') tell.log(told.line);
        else if (told.kind === 'bytes') tell.bytes(told.count);
        else end = told.kind === 'record' ? { record: told.record } : { message: told.message };
      });
      child.once('error', reject);
      child.once('close', (code, name) => {
        if (end && 'record' in end) resolve(end.record);
        else reject(new StagingError(end?.message ?? `its process ended early (${name ?? `exit code ${code}`}).`));
      });
    });
  };
}

/** Counts of bytes are told at most so often. */
const BYTES_MS = 1_000;

/** The other side: tells the parent what happens here. */
export class Parent {
  readonly #process: Pick<ChildProcess, 'send'> | NodeJS.Process;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(process: NodeJS.Process) {
    this.#process = process;
  }

  log(line: string): void {
    this.#send({ kind: 'log', line });
  }

  bytes(count: number): void {
    this.#bytes += count;
    this.#timer ??= setTimeout(() => this.#flush(), BYTES_MS);
  }

  record(record: DatabaseRecord): void {
    this.#flush();
    this.#send({ kind: 'record', record });
  }

  failed(message: string): void {
    this.#flush();
    this.#send({ kind: 'failed', message });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#bytes !== 0) this.#send({ kind: 'bytes', count: this.#bytes });
    this.#bytes = 0;
  }

  #send(message: ChildMessage): void {
    this.#process.send?.(message);
  }
}
