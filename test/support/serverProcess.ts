import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FoldpadClient } from '../../backend/api/client.ts';
import type { Announcement } from '../../backend/local/dataDirectory.ts';

/** The real server, whose runner has the test engine. */
const PROGRAM = path.join(import.meta.dirname, 'localServer.ts');

/** A local server in a process of its own. */
export class ServerProcess {
  readonly announcement: Announcement;
  readonly key: string;
  readonly client: FoldpadClient;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess, ended: Promise<unknown>, announcement: Announcement, key: string) {
    this.#child = child;
    this.#ended = ended;
    this.announcement = announcement;
    this.key = key;
    this.pid = announcement.pid;
    // Connections to a server that was killed must not be tried again behind a test's back.
    this.client = new FoldpadClient({ url: announcement.url, key, retryDelaysMs: [] });
  }

  /**
   * @param program another way to run a server than from source
   * @throws Error with what the server said when it ended before it was ready
   */
  static async start(
    dataDirectory: string,
    args: readonly string[] = [],
    program: readonly string[] = [process.execPath, PROGRAM],
  ): Promise<ServerProcess> {
    const [file = process.execPath, ...first] = program;
    const child = spawn(file, [...first, '--port', '0', '--data', dataDirectory, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const announcement = JSON.parse(line) as Announcement;
      child.stdout.resume();
      return new ServerProcess(child, ended, announcement, (await readFile(announcement.keyFile, 'utf8')).trim());
    }
    await ended;
    throw new Error(`the server ended with ${child.exitCode}: ${complaints}`);
  }

  get url(): string {
    return this.announcement.url;
  }

  /** Resolves when the process has ended. @returns its exit code */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended();
  }

  stop(): Promise<number | null> {
    return this.signal('SIGTERM');
  }
}
