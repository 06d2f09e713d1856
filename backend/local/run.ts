import { type LocalServerOptions, startLocalServer } from './server.ts';

/** Signals that end the server in order. Predictions go on. */
const ENDING = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs the local backend until it is told to end or has been idle for long enough. Prints one line of JSON on standard
 * output when it is ready.
 *
 * @returns the exit code
 */
export async function runLocalServer(options: LocalServerOptions): Promise<number> {
  const server = await startLocalServer(options);
  for (const signal of ENDING) process.on(signal, () => void server.close());
  // Whoever started it may have gone without reading.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${JSON.stringify(server.announcement)}\n`);
  await server.closed;
  return 0;
}
