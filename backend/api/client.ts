/** The typed client of the API, used by the editor and the command line. Runs in Node and in browsers. */
import * as z from 'zod';
import { ConnectionError, explainFetchError } from './connectionError.ts';
import type { BulkOutcome, Estimate, Job, JobStatus, LogPage, QueueInfo } from './job.ts';
import {
  type KeyInfo,
  keyFromWire,
  type WireKeyRequest,
  wireKeysSchema,
  wireNewKeySchema,
  wireOneKeySchema,
} from './keys.ts';
import { dropUndefined } from './optional.ts';
import { isPassing, refusal, unexpectedAnswer } from './refusal.ts';
import { type Result, resultSchema } from './result.ts';
import { IDEMPOTENCY_HEADER, ROUTES, type RouteName, routePath } from './routes.ts';
import { jobFromWire } from './wire.ts';
import {
  estimateFromWire,
  type Health,
  logPageFromWire,
  queueFromWire,
  wireBulkSchema,
  wireEstimatesSchema,
  wireHealthSchema,
  wireJobAnswerSchema,
  wireJobListSchema,
  wireLogPageSchema,
  wireOneJobSchema,
  wireOutcomeSchema,
  wireQueuesSchema,
  wireSubmittedSchema,
} from './wireAnswers.ts';
import type { WireJobRequest } from './wireRequest.ts';

export interface FoldpadClientOptions {
  /** Base address, for example `http://127.0.0.1:8730`; a path in it is kept. */
  readonly url: string;
  /** The key, or how to get it; asked before every request, so that a new key is taken up. */
  readonly key: string | (() => string | Promise<string>);
  readonly fetch?: typeof globalThis.fetch;
  /** Sent as `User-Agent` where the platform allows it. */
  readonly userAgent?: string;
  /** Milliseconds until the head of an answer must be there. Default 30 000. */
  readonly timeoutMs?: number;
  /** Pauses in milliseconds before a GET is tried again. Default 200, 800. */
  readonly retryDelaysMs?: readonly number[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface JobList {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface ResultFileAnswer {
  readonly contentType: string;
  /** Bytes, when the server said so. */
  readonly size?: number;
  readonly body: ReadableStream<Uint8Array>;
}

interface Call {
  readonly route: RouteName;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRY_DELAYS_MS = [200, 800];

/**
 * One method per route. Every method throws {@link ProblemError} for an answer that says no, {@link ConnectionError}
 * when no usable answer came, and the signal's reason when it was aborted.
 */
export class FoldpadClient {
  readonly #options: FoldpadClientOptions;

  constructor(options: FoldpadClientOptions) {
    this.#options = options;
  }

  /** Submits all requests or none. With the same `idempotencyKey` a retry gives the jobs of the first time. */
  async submit(
    requests: readonly WireJobRequest[],
    options: CallOptions & { readonly idempotencyKey?: string } = {},
  ): Promise<readonly Job[]> {
    const headers = options.idempotencyKey === undefined ? {} : { [IDEMPOTENCY_HEADER]: options.idempotencyKey };
    const call = { route: 'submit', body: requests, headers, signal: options.signal } as const;
    const answer = await this.#json(call, wireSubmittedSchema);
    return answer.data.map(jobFromWire);
  }

  async list(
    query: { readonly statuses?: readonly JobStatus[]; readonly limit?: number; readonly cursor?: string } = {},
    { signal }: CallOptions = {},
  ): Promise<JobList> {
    const { statuses, limit, cursor } = query;
    const status = statuses && statuses.length > 0 ? statuses.join(',') : undefined;
    const answer = await this.#json({ route: 'list', query: { status, limit, cursor }, signal }, wireJobListSchema);
    return dropUndefined({ jobs: answer.data.map(jobFromWire), next: answer.next });
  }

  /** The job and the newest lines of its log. */
  async get(id: string, { signal }: CallOptions = {}): Promise<{ readonly job: Job; readonly logs: LogPage }> {
    const answer = await this.#json({ route: 'get', parameters: { id }, signal }, wireJobAnswerSchema);
    return { job: jobFromWire(answer.data), logs: logPageFromWire(answer.logs) };
  }

  /** Log lines after the cursor of an earlier page, from the start without one. */
  async logs(
    id: string,
    { after, limit, signal }: CallOptions & { readonly after?: string; readonly limit?: number } = {},
  ): Promise<LogPage> {
    const call = { route: 'logs', parameters: { id }, query: { after, limit }, signal } as const;
    return logPageFromWire(await this.#json(call, wireLogPageSchema));
  }

  /** The result manifest. */
  async result(id: string, { signal }: CallOptions = {}): Promise<Result> {
    return this.#json({ route: 'results', parameters: { id }, signal }, resultSchema);
  }

  /** The bytes of one file that the manifest names. The signal also ends the body. */
  async resultFile(id: string, path: string, { signal }: CallOptions = {}): Promise<ResultFileAnswer> {
    const response = await this.#request({ route: 'resultFile', parameters: { id, path }, signal });
    const size = Number(response.headers.get('content-length') ?? Number.NaN);
    return {
      contentType: response.headers.get('content-type') ?? 'application/octet-stream',
      ...(Number.isFinite(size) ? { size } : {}),
      body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
    };
  }

  /** Asks for the end of a live job. The answered job is CANCELLING or already CANCELLED. */
  async cancel(id: string, { signal }: CallOptions = {}): Promise<Job> {
    return jobFromWire((await this.#json({ route: 'cancel', parameters: { id }, signal }, wireOneJobSchema)).data);
  }

  /** Cancels every live job of the key's owner. */
  async cancelAll({ signal }: CallOptions = {}): Promise<readonly BulkOutcome[]> {
    return bulk(await this.#json({ route: 'cancelAll', signal }, wireBulkSchema));
  }

  /** Deletes a finished job and every object of its own. */
  async delete(id: string, { signal }: CallOptions = {}): Promise<BulkOutcome> {
    return dropUndefined((await this.#json({ route: 'delete', parameters: { id }, signal }, wireOutcomeSchema)).data);
  }

  /** Deletes every finished job of the key's owner. */
  async deleteFinished({ signal }: CallOptions = {}): Promise<readonly BulkOutcome[]> {
    return bulk(await this.#json({ route: 'deleteFinished', signal }, wireBulkSchema));
  }

  async queues({ signal }: CallOptions = {}): Promise<readonly QueueInfo[]> {
    return (await this.#json({ route: 'queues', signal }, wireQueuesSchema)).data.map(queueFromWire);
  }

  /** Time, cost and memory verdict; nothing is stored. */
  async estimate(requests: readonly WireJobRequest[], { signal }: CallOptions = {}): Promise<readonly Estimate[]> {
    const answer = await this.#json({ route: 'estimate', body: requests, signal }, wireEstimatesSchema);
    return answer.data.map(estimateFromWire);
  }

  async health({ signal }: CallOptions = {}): Promise<Health> {
    return this.#json({ route: 'health', signal }, wireHealthSchema);
  }

  /** Every key of the backend, newest first. For admins. */
  async keys({ signal }: CallOptions = {}): Promise<readonly KeyInfo[]> {
    return (await this.#json({ route: 'listKeys', signal }, wireKeysSchema)).data.map(keyFromWire);
  }

  /** Makes a key; `key` is its text, which is told this once. For admins. */
  async createKey(
    request: WireKeyRequest,
    { signal }: CallOptions = {},
  ): Promise<{ readonly info: KeyInfo; readonly key: string }> {
    const { data, key } = await this.#json({ route: 'createKey', body: request, signal }, wireNewKeySchema);
    return { info: keyFromWire(data), key };
  }

  /** Ends a key; it is refused everywhere within a minute. For admins. */
  async revokeKey(id: string, { signal }: CallOptions = {}): Promise<KeyInfo> {
    return keyFromWire((await this.#json({ route: 'revokeKey', parameters: { id }, signal }, wireOneKeySchema)).data);
  }

  async #json<T>(call: Call, schema: z.ZodType<T>): Promise<T> {
    const response = await this.#request(call);
    const url = this.#url(call);
    let body: unknown;
    try {
      body = await response.json();
    } catch (error) {
      call.signal?.throwIfAborted();
      throw unexpectedAnswer(url, `it answered ${response.status} without readable JSON`, { cause: error });
    }
    const checked = schema.safeParse(body);
    if (!checked.success) {
      throw unexpectedAnswer(url, `its answer is not what this version expects (${z.prettifyError(checked.error)})`);
    }
    return checked.data;
  }

  /** A successful response whose body has not been read. */
  async #request(call: Call): Promise<Response> {
    const { method } = ROUTES[call.route];
    const url = this.#url(call);
    const delays = method === 'GET' ? (this.#options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS) : [];
    for (let attempt = 0; ; attempt += 1) {
      const delay = delays[attempt];
      const outcome = await this.#once(method, url, call).catch((error: unknown) => {
        if (delay === undefined || !(error instanceof ConnectionError)) throw error;
        return undefined;
      });
      if (outcome?.ok) return outcome;
      if (outcome && (delay === undefined || !isPassing(outcome))) {
        throw await refusal(url, outcome);
      }
      await outcome?.body?.cancel();
      await pause(delay ?? 0, call.signal);
    }
  }

  async #once(method: string, url: string, call: Call): Promise<Response> {
    const { key, userAgent, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const headers = new Headers({ accept: 'application/json', ...call.headers });
    headers.set('authorization', `Bearer ${typeof key === 'string' ? key : await key()}`);
    if (userAgent !== undefined) headers.set('user-agent', userAgent);
    if (call.body !== undefined) headers.set('content-type', 'application/json');
    // The time limit is for the head of the answer only: a large file may take as long as it needs.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, late.signal]) : late.signal;
    try {
      const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
      return await (this.#options.fetch ?? globalThis.fetch)(url, { method, headers, signal, ...body });
    } catch (error) {
      call.signal?.throwIfAborted();
      if (!late.signal.aborted) throw explainFetchError(url, error);
      const seconds = Math.round(timeoutMs / 1000);
      throw new ConnectionError(url, 'timeout', `no answer within ${seconds} s`, 'Try again in a moment.');
    } finally {
      clearTimeout(timer);
    }
  }

  #url({ route, parameters, query = {} }: Call): string {
    const url = new URL(this.#options.url);
    url.pathname = url.pathname.replace(/\/$/, '') + routePath(ROUTES[route].path, parameters);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, `${value}`);
    return url.href;
  }
}

function bulk(answer: z.infer<typeof wireBulkSchema>): readonly BulkOutcome[] {
  return answer.data.map((outcome) => dropUndefined(outcome));
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }
    function aborted(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
