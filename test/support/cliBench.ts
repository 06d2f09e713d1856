import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CliEnd, type CliOptions, runCliProcess } from './cliProcess.ts';
import { MYOGLOBIN } from './runnerJob.ts';
import { ServerProcess } from './serverProcess.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** `foldpad` as users run it: a process, against the real local server whose runner has the test engine. */
export class CliBench {
  readonly folder: string;
  readonly data: string;
  readonly server: ServerProcess;
  readonly #remove: () => void;
  #files = 0;

  private constructor(folder: string, data: string, server: ServerProcess, remove: () => void) {
    this.folder = folder;
    this.data = data;
    this.server = server;
    this.#remove = remove;
  }

  static async start(): Promise<CliBench> {
    const { folder, remove } = temporaryFolder();
    const data = path.join(folder, 'data');
    return new CliBench(folder, data, await ServerProcess.start(data, ['--slots', '2']), remove);
  }

  foldpad(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
    return runCliProcess(['--data', this.data, ...args], options);
  }

  /** A FASTA file with one record for each line of what the test engine is told. */
  fasta(...told: readonly string[]): string {
    this.#files += 1;
    const file = path.join(this.folder, `target ${this.#files}.fasta`);
    writeFileSync(file, told.map((words, i) => `>p${i + 1} ${words}\n${MYOGLOBIN}\n`).join(''));
    return file;
  }

  /** Folder for the results of the newest FASTA file. */
  target(): string {
    return path.join(this.folder, `out ${this.#files}`);
  }

  /** @returns the jobs' ids */
  async submit(...told: readonly string[]): Promise<string[]> {
    const { stdout, code, stderr } = await this.foldpad(['predict', this.fasta(...told), '--no-wait']);
    assert.equal(code, 0, stderr);
    return stdout.trim().split('\n');
  }

  /** After each test: no job of it takes a slot from the next. */
  async clear(): Promise<void> {
    await this.server.client.cancelAll();
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.#remove();
  }
}
