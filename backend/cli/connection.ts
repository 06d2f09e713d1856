import { readFile, stat } from 'node:fs/promises';
import manifest from '../../package.json' with { type: 'json' };
import { FoldpadClient } from '../api/client.ts';
import { CliError, usageError } from './errors.ts';
import { defaultDataDirectory, ensureLocalServer } from './localServer.ts';
import type { Output } from './output.ts';

/** Where to find the backend, as told on the command line. */
export interface ConnectionOptions {
  readonly url?: string;
  readonly keyFile?: string;
  /** Data directory of the local backend. */
  readonly data?: string;
}

export interface Connection {
  readonly client: FoldpadClient;
  readonly url: string;
  /** Data directory, where the backend is a local one that was found by it. */
  readonly dataDirectory?: string;
}

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Connects to the backend at `--url` or `FOLDPAD_URL`, else to the local one, which is started if need be.
 *
 * @throws CliError
 */
export async function connect(
  options: ConnectionOptions,
  env: NodeJS.ProcessEnv,
  output: Output,
  signal: AbortSignal,
): Promise<Connection> {
  const url = options.url ?? env.FOLDPAD_URL;
  if (url) return remote(url, options.keyFile ?? env.FOLDPAD_KEY_FILE, env.FOLDPAD_KEY, output);
  if (options.keyFile !== undefined)
    throw usageError('--key-file needs --url (or FOLDPAD_URL): the address it is for.');
  const dataDirectory = options.data ?? defaultDataDirectory(env);
  const server = await ensureLocalServer(dataDirectory, (text) => output.note(text), signal);
  return { client: makeClient(server.url, () => readKey(server.keyFile)), url: server.url, dataDirectory };
}

async function remote(
  text: string,
  keyFile: string | undefined,
  key: string | undefined,
  output: Output,
): Promise<Connection> {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw usageError(`"${text}" is not an address; write it like https://foldpad.example.org.`);
  }
  if (url.username || url.password) throw usageError('The address must not hold a password; name a key file instead.');
  if (url.protocol === 'http:' && !LOOPBACK_HOSTS.includes(url.hostname)) {
    output.warn(`the key travels unencrypted to ${url.host}; use https.`);
  }
  if (keyFile) {
    await warnIfOpen(keyFile, output);
    return { client: makeClient(url.href, () => readKey(keyFile)), url: url.href };
  }
  if (key) return { client: makeClient(url.href, () => key.trim()), url: url.href };
  throw usageError(
    `A key is needed for ${url.origin}: name the file that holds it with --key-file or FOLDPAD_KEY_FILE ` +
      '(or put it into FOLDPAD_KEY). A key on the command line would be seen by everyone on this machine.',
  );
}

function makeClient(url: string, key: () => string | Promise<string>): FoldpadClient {
  return new FoldpadClient({ url, key, userAgent: `foldpad-cli/${manifest.version}` });
}

async function readKey(file: string): Promise<string> {
  let key: string;
  try {
    key = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(`The key file cannot be read: ${message}.`, undefined, { cause: error });
  }
  if (key === '' || /\s/.test(key)) throw new CliError(`The key file ${file} does not hold one key.`);
  return key;
}

async function warnIfOpen(file: string, output: Output): Promise<void> {
  const mode = await stat(file).then(
    (info) => info.mode,
    () => 0,
  );
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    output.warn(`others on this machine can read the key file ${file}; run: chmod 600 ${file}`);
  }
}
