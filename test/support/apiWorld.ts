import type { Hono } from 'hono';
import { FoldpadClient } from '../../backend/api/client.ts';
import type { Job } from '../../backend/api/job.ts';
import { type ProblemDetail, problemSchema } from '../../backend/api/problem.ts';
import { jobFromWire } from '../../backend/api/wire.ts';
import { wireSubmittedSchema } from '../../backend/api/wireAnswers.ts';
import type { Principal } from '../../backend/core/deps.ts';
import { trackRun } from '../../backend/core/track.ts';
import { createApp } from '../../backend/http/app.ts';
import { keyOf } from '../../backend/http/authorization.ts';
import { ADA, BOB, type CoreWorld, CRAMBIN, coreWorld, ROOT } from './coreWorld.ts';

const PRINCIPALS: Readonly<Record<string, Principal>> = { 'ada-key': ADA, 'bob-key': BOB, 'root-key': ROOT };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, when it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

export interface ApiWorld extends CoreWorld {
  readonly app: Pick<Hono, 'fetch'>;
  /** A request as ada, unless headers say otherwise. A body that is no string is sent as JSON. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly submit: (...requests: readonly object[]) => Promise<Job[]>;
  /** A job that has succeeded. */
  readonly succeed: () => Promise<Job>;
  readonly client: (key?: string) => FoldpadClient;
}

/** The app over {@link coreWorld}, with the keys `ada-key`, `bob-key` and the admin's `root-key`. */
export function apiWorld(options: Parameters<typeof coreWorld>[0] = {}): ApiWorld {
  const world = coreWorld(options);
  const app = createApp(world.deps, { authenticate: async (header) => PRINCIPALS[keyOf(header) ?? ''] });

  const call: ApiWorld['call'] = async (method, path, body, headers = {}) => {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const all = { authorization: 'ada-key', ...headers };
    const response = await app.fetch(new Request(`http://127.0.0.1${path}`, { method, headers: all, ...sent }));
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
  const submit: ApiWorld['submit'] = async (...requests) => {
    const given = requests.length > 0 ? requests : [{}];
    const { status, text } = await call(
      'POST',
      '/',
      given.map((request) => ({
        fasta: 'crambin',
        ...('file_name' in request ? {} : { sequence: CRAMBIN }),
        ...request,
      })),
    );
    if (status !== 202) throw new Error(text);
    return wireSubmittedSchema.parse(JSON.parse(text)).data.map(jobFromWire);
  };
  const succeed = async (): Promise<Job> => {
    const [submitted] = await submit();
    if (!submitted) throw new Error('nothing was submitted');
    await world.work();
    const run = (await world.job(submitted.id)).runs[0];
    await world.publish(submitted);
    await trackRun(world.deps, world.scheduler.move(run?.schedulerId ?? '', { status: 'SUCCEEDED', exitCode: 0 }));
    return world.job(submitted.id);
  };
  const client = (key = 'ada-key'): FoldpadClient =>
    new FoldpadClient({
      url: 'http://127.0.0.1/',
      key,
      fetch: async (input, init) => app.fetch(new Request(input, init)),
    });
  return { ...world, app, call, submit, succeed, client };
}

/** Ids of the jobs that an answer lists. */
export function idsOf(answer: Answer): string[] {
  return answer.json.data.map(({ id }: { id: string }) => id);
}

/** Checks that an answer is a problem of this status that says something, and gives its first mistake. */
export function problemOf(answer: Answer, status: number, kind: string): ProblemDetail | undefined {
  const shown = `${answer.status} ${answer.text}`;
  if (answer.status !== status) throw new Error(`expected ${status} ${kind}, got ${shown}`);
  if (answer.headers.get('content-type') !== 'application/problem+json') throw new Error(`no problem+json: ${shown}`);
  const body = problemSchema.parse(answer.json);
  if (body.status !== status || body.type !== `urn:foldpad:problem:${kind}` || body.detail.length < 15) {
    throw new Error(`expected ${kind}, got ${shown}`);
  }
  return body.errors?.[0];
}
