/**
 * Tests whether there is a Foldpad backend at an address, and whether it takes a key. The key is sent only to what has said
 * before that it is a Foldpad backend.
 */

import { isCancellation } from '../base/errors.ts';
import { ofStatus, type Trouble, troubleOf, versionTrouble } from './trouble.ts';

/** How long an endpoint may take to say that it is there (ms): functions that have slept need a few seconds. */
const HEALTH_TIMEOUT_MS = 15_000;

/** A backend that answered and took the key. */
export interface GoodEndpoint {
  readonly kind: 'good';
  readonly backend: 'local' | 'aws';
  /** Version of Foldpad there. */
  readonly version: string;
  readonly openQueues: number;
}

export interface BadEndpoint {
  readonly kind: 'bad';
  readonly trouble: Trouble;
  /** HTTP status of what answered, if anything did. */
  readonly status?: number;
  /** Version of Foldpad there, where that is the trouble. */
  readonly version?: string;
  /** What happened, for the log. Never holds the key. */
  readonly cause: unknown;
}

export type Probed = GoodEndpoint | BadEndpoint;

interface Health {
  readonly version: string;
  readonly backend: 'local' | 'aws';
}

export interface ProbeOptions {
  readonly url: string;
  readonly key: string;
  /** Version of the extension. */
  readonly version: string;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  /** Milliseconds that the first answer may take. */
  readonly timeoutMs?: number;
}

/** @throws the signal's reason when it was aborted */
export async function probe(options: ProbeOptions): Promise<Probed> {
  const { url, key, version, userAgent, signal } = options;
  const health = await askHealth(options);
  if (health.kind === 'bad') return health;
  const mismatch = versionTrouble(version, health.version);
  if (mismatch) return { kind: 'bad', trouble: mismatch, version: health.version, cause: undefined };
  const { FoldpadClient } = await import(/* webpackChunkName: "client" */ '../../backend/api/client.ts');
  try {
    const queues = await new FoldpadClient({ url, key, userAgent, retryDelaysMs: [500] }).queues({ signal });
    const { backend } = health;
    return { kind: 'good', backend, version: health.version, openQueues: queues.filter((q) => q.available).length };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'bad', trouble: troubleOf(error) ?? 'server-error', cause: error };
  }
}

/** Asks without the key whether this is a Foldpad backend. */
async function askHealth(options: ProbeOptions): Promise<({ readonly kind: 'health' } & Health) | BadEndpoint> {
  const { url, userAgent, signal, timeoutMs = HEALTH_TIMEOUT_MS } = options;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(`${url}/health`, {
      headers: { accept: 'application/json', 'user-agent': userAgent },
      // Where it leads is not the address that was entered.
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
    });
    const { status } = answer;
    const health = answer.ok ? parseHealth(await answer.text()) : undefined;
    if (health) return { kind: 'health', ...health };
    await answer.body?.cancel().catch(() => undefined);
    const trouble = ofStatus(status);
    // Nobody needs a key to ask this of a Foldpad backend: what refuses is something else, or the path is wrong.
    const isOther = trouble === undefined || trouble === 'key-refused';
    return { kind: 'bad', trouble: isOther ? 'not-foldpad' : trouble, status, cause: `it answered ${status}` };
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) return { kind: 'bad', trouble: 'timeout', cause: error };
    if (isCancellation(error)) throw error;
    return { kind: 'bad', trouble: troubleOf(error) ?? 'no-network', cause: error };
  }
}

function parseHealth(text: string): Health | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { status, version, backend } = value as Record<string, unknown>;
  const good = status === 'ok' && typeof version === 'string' && (backend === 'local' || backend === 'aws');
  return good ? { version, backend } : undefined;
}
