import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { type ProblemError, problem } from '../api/problem.ts';
import type { Principal } from '../core/deps.ts';

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;
/** Below this a key that a person wrote into the file could be guessed. */
const MIN_KEY_LENGTH = 16;

/** Whoever can read the key file is the one user of the local backend. */
export const LOCAL_PRINCIPAL: Principal = { owner: 'local', role: 'admin' };

/**
 * The server's key from its file, which is made with a random key if it is not there. Nobody but the file's owner may
 * read it.
 *
 * @throws Error if the file holds no usable key
 */
export function loadKey(file: string): string {
  writeKeyIfAbsent(file);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY);
  const key = readFileSync(file, 'utf8').trim();
  if (key.length < MIN_KEY_LENGTH || !/^[\x21-\x7e]+$/.test(key)) {
    throw new Error(
      `The key in ${file} is not usable: it needs at least ${MIN_KEY_LENGTH} visible ASCII characters without blanks. ` +
        'Remove the file to get a new random key.',
    );
  }
  return key;
}

/** Complete before it has its name, so that nobody ever reads half a key. */
function writeKeyIfAbsent(file: string): void {
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    unlinkSync(temporary);
  }
}

/** Compares in a time that tells nothing about how much of the key was right. */
export function isSameKey(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

/**
 * Refuses what no client of ours sends: a `Host` that is not this server (a web page whose name was made to point at
 * this machine), and any `Origin` (a web page at all).
 *
 * @param port that the server listens on
 * @returns the answer to give, `undefined` for a request that may pass
 */
export function refuseForeign(request: IncomingMessage, port: number): ProblemError | undefined {
  const hosts = request.rawHeaders.filter((_, i) => i % 2 === 1 && request.rawHeaders[i - 1]?.toLowerCase() === 'host');
  const allowed = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (hosts.length !== 1 || !allowed.includes(hosts[0]?.toLowerCase() ?? '')) {
    return problem('forbidden', `This server answers only to ${allowed.join(', ')}. Use one of these addresses.`);
  }
  if (request.headers.origin !== undefined) {
    return problem('forbidden', 'Requests of web pages (with an Origin header) are not taken.');
  }
  // The absolute form, `GET http://other/ HTTP/1.1`, would bring a host of its own.
  if (!request.url?.startsWith('/'))
    return problem('malformed-request', 'The request must name a path, as in "GET /".');
  return undefined;
}
