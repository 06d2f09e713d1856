// A local backend for a script, started from source and ended with it.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { ROOT } from './paths.ts';
import { ownGroup } from './process.ts';

/** The line that a server prints when it can be asked. */
const readyLine = z.object({ url: z.string(), keyFile: z.string() });

export interface LocalBackend {
  url: string;
  key: string;
  /** Ends the server; runs that are under way go on by themselves. */
  stop: () => Promise<void>;
}

export interface LocalBackendOptions {
  dataDirectory: string;
  /** Folder of the prepared template library. */
  library: string;
}

/** @throws Error with what the server said, when it ends before it is ready */
export async function startLocalBackend(options: LocalBackendOptions): Promise<LocalBackend> {
  const server = path.join(ROOT, 'backend', 'local', 'main.ts');
  const args = [server, '--port', '0', '--data', options.dataDirectory, '--library', options.library];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = ownGroup(child);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, keyFile } = readyLine.parse(JSON.parse(line));
    // Whatever it prints later must not fill the pipe.
    child.stdout.resume();
    return { url, key: (await readFile(keyFile, 'utf8')).trim(), stop };
  }
  await stop();
  throw new Error(`The local backend ended before it was ready: ${complaints.trim() || 'it said nothing'}`);
}
