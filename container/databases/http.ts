import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, StagingError } from './errors.ts';

/** How patient the client is with servers and networks. */
export interface Patience {
  /** Tries of one request that fail one after the other, without a byte in between. */
  readonly tries: number;
  /** Milliseconds before the second try; doubled each time, up to a minute. */
  readonly pauseMs: number;
  /** A connection that brings nothing for so long is given up. */
  readonly stallMs: number;
}

export const PATIENCE: Patience = { tries: 8, pauseMs: 2_000, stallMs: 60_000 };

const LONGEST_PAUSE_MS = 60_000;

/** An answer that asking again will not change. */
class FinalAnswer extends StagingError {}

/**
 * Does something over the network until it succeeds.
 *
 * @throws StagingError naming the address and the last reason
 */
export async function persistently<T>(
  url: string,
  patience: Patience,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StagingError) throw error;
      if (attempt >= patience.tries)
        throw new StagingError(`${url} could not be read, tried ${attempt} times: ${messageOf(error)}.`);
      await sleep(Math.min(LONGEST_PAUSE_MS, patience.pauseMs * 2 ** (attempt - 1)), undefined, { signal });
    }
  }
}

/** A server's answer, as it came over the line. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Never decompressed: many servers call a `.gz` file an encoded one, and sizes and checksums are of the file. */
  readonly body: IncomingMessage;
  /** To be called with every piece that arrives. */
  readonly alive: () => void;
  /** To be called at the end, read or not. */
  readonly end: () => void;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_REDIRECTS = 5;
/** Connections are used again: there are a quarter of a million entries to fetch. */
const AGENTS = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/**
 * One request; redirects are followed. Aborted when nothing comes for a while.
 *
 * @throws on anything but success; a StagingError for what asking again will not change
 */
export async function request(
  url: string,
  options: RequestOptions,
  patience: Patience,
  signal: AbortSignal,
): Promise<Answer> {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`nothing came for ${patience.stallMs / 1000} s`));
  let timer = setTimeout(stall, patience.stallMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(stall, patience.stallMs);
  };
  const both = AbortSignal.any([signal, stalled.signal]);
  try {
    const body = await follow(url, options, both);
    alive();
    const { statusCode: status = 0, statusMessage = '' } = body;
    if (status < 200 || status > 299) {
      body.destroy();
      throw refusal(url, status, statusMessage);
    }
    const end = (): void => {
      clearTimeout(timer);
      // What was read to its end leaves a connection that can be used again.
      if (!body.readableEnded) body.destroy();
    };
    return { status, headers: headersOf(body), body, alive, end };
  } catch (error) {
    clearTimeout(timer);
    throw both.aborted ? both.reason : error;
  }
}

async function follow(url: string, options: RequestOptions, signal: AbortSignal): Promise<IncomingMessage> {
  let address = new URL(url);
  for (let redirects = 0; ; redirects += 1) {
    const answer = await send(address, options, signal);
    const { statusCode = 0 } = answer;
    const { location } = answer.headers;
    if (statusCode < 300 || statusCode > 399 || location === undefined || redirects === MAX_REDIRECTS) return answer;
    answer.resume();
    address = new URL(location, address);
  }
}

function send(
  url: URL,
  { method = 'GET', headers = {} }: RequestOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:';
  const agent = isSecure ? AGENTS['https:'] : AGENTS['http:'];
  const plain = { 'accept-encoding': 'identity', 'user-agent': 'foldpad-databases', ...headers };
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? httpsRequest : httpRequest)(url, { method, headers: plain, agent, signal }, resolve);
    sent.once('error', reject);
    sent.end();
  });
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  return new Headers(
    Object.entries(headersDistinct).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    ),
  );
}

function refusal(url: string, status: number, statusMessage: string): Error {
  const message = `${url} answers ${status} ${statusMessage}`.trimEnd();
  // Too many requests, and what servers say when they are busy or broken, may pass.
  if (status === 408 || status === 425 || status === 429 || status >= 500) return new Error(message);
  return new FinalAnswer(
    `${message}. The publisher may have moved the file: name another host with --source, or take a newer Foldpad.`,
  );
}

/** The whole of a small file. */
export async function readWhole(url: string, patience: Patience, signal: AbortSignal): Promise<Buffer> {
  return persistently(url, patience, signal, async () => {
    const { body, alive, end } = await request(url, {}, patience, signal);
    try {
      const pieces: Buffer[] = [];
      for await (const piece of body) {
        alive();
        pieces.push(piece as Buffer);
      }
      return Buffer.concat(pieces);
    } finally {
      end();
    }
  });
}

export async function readText(url: string, patience: Patience, signal: AbortSignal): Promise<string> {
  return (await readWhole(url, patience, signal)).toString('utf8');
}
