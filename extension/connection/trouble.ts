/** What stands between the editor and a backend elsewhere, by what an attempt brought. Pure. */

import type { ConnectionError } from '../../backend/api/connectionError.ts';
import { isConnectionError, isProblem } from '../base/errors.ts';

/** What can be wrong; each has its own explanation in `troubleText.ts`. */
export type Trouble =
  /** No server has this name. */
  | 'unknown-name'
  /** Names cannot be looked up, or nothing is reached: the network is down. */
  | 'no-network'
  | 'refused'
  | 'timeout'
  | 'certificate'
  /** What answers there does not speak https. */
  | 'no-tls'
  /** The connection broke off. */
  | 'broken-off'
  | 'key-refused'
  /** Something answers that is no Foldpad backend, or not at this path. */
  | 'not-foldpad'
  /** The backend is newer than this extension can be sure to understand. */
  | 'too-new'
  | 'too-old'
  | 'overloaded'
  | 'server-error';

/** Nothing answered: the address may be right all the same, and the backend be there later. */
export function isUnreachable(trouble: Trouble): boolean {
  return UNREACHABLE.includes(trouble);
}
const UNREACHABLE: readonly Trouble[] = [
  'unknown-name',
  'no-network',
  'refused',
  'timeout',
  'broken-off',
  'overloaded',
  'server-error',
];

/** Codes of Node and names of Chromium, whose network stack the editor may use. */
const CODES: readonly (readonly [pattern: RegExp, trouble: Trouble])[] = [
  [/ENOTFOUND|ERR_NAME_NOT_RESOLVED/, 'unknown-name'],
  [/EAI_AGAIN|ENETUNREACH|ENETDOWN|EHOSTUNREACH|ERR_INTERNET_DISCONNECTED|ERR_ADDRESS_UNREACHABLE/, 'no-network'],
  [/ECONNREFUSED|ERR_CONNECTION_REFUSED/, 'refused'],
  [/ETIMEDOUT|UND_ERR_\w*TIMEOUT|ERR_(CONNECTION_)?TIMED_OUT/, 'timeout'],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|ERR_SSL_PROTOCOL_ERROR|EPROTO/, 'no-tls'],
  [/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_SSL|ERR_TLS/, 'certificate'],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_CONNECTION_(RESET|CLOSED|ABORTED)|ERR_EMPTY_RESPONSE/, 'broken-off'],
];

/**
 * What an error of the API's client, or of `fetch`, means.
 * @returns undefined for an error that says itself what is wrong
 */
export function troubleOf(error: unknown): Trouble | undefined {
  if (isProblem(error)) return ofStatus(error.status);
  if (!isConnectionError(error)) return ofCauses(error);
  const { trouble, status } = error as ConnectionError;
  if (trouble === 'timeout') return 'timeout';
  if (trouble === 'unexpected-answer') return (status === undefined ? undefined : ofStatus(status)) ?? 'not-foldpad';
  return ofCauses(error) ?? 'no-network';
}

/** What the status of an answer means that says no. */
export function ofStatus(status: number): Trouble | undefined {
  if (status === 401 || status === 403) return 'key-refused';
  if (status === 429) return 'overloaded';
  if (status >= 500) return status === 503 ? 'overloaded' : 'server-error';
  return undefined;
}

function ofCauses(error: unknown, depth = 0): Trouble | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const names = `${code} ${/\bnet::(ERR_\w+)/.exec(error.message)?.[1] ?? ''}`;
  const found = CODES.find(([pattern]) => pattern.test(names))?.[1];
  if (found) return found;
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  return ofCauses(error.cause ?? inner, depth + 1);
}

/**
 * Whether this version of the extension and a backend of another one understand each other: until version 1 the second
 * number counts what is not compatible, from then on the first one does.
 */
export function versionTrouble(mine: string, theirs: string): Trouble | undefined {
  const [a, b] = [numbers(mine), numbers(theirs)];
  if (!a || !b) return undefined;
  const place = a[0] === 0 && b[0] === 0 ? 1 : 0;
  const difference = (b[place] ?? 0) - (a[place] ?? 0);
  if (difference === 0) return undefined;
  return difference > 0 ? 'too-new' : 'too-old';
}

function numbers(version: string): readonly number[] | undefined {
  const found = /^(\d+)\.(\d+)/.exec(version);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}
