/** The API as one Hono app over the use cases: mounted by the local server and by Lambda. */
import { Hono } from 'hono';
import type { Job } from '../api/job.ts';
import { problem } from '../api/problem.ts';
import { parseJobRequests } from '../api/requests.ts';
import { CANCEL_ROUTES, IDEMPOTENCY_HEADER, METHOD_HEADER, ROUTES } from '../api/routes.ts';
import { jobToWire, type WireJob } from '../api/wire.ts';
import { estimateToWire, logPageToWire, queueToWire } from '../api/wireAnswers.ts';
import { sha256 } from '../core/bytes.ts';
import { cancelAll, cancelJob } from '../core/cancel.ts';
import { costOfJob } from '../core/cost.ts';
import type { CoreDeps, Principal } from '../core/deps.ts';
import { estimateRequests } from '../core/estimate.ts';
import { inspectQueues } from '../core/queues.ts';
import { getJob, listJobs, newestLogs, readLogs } from '../core/read.ts';
import { deleteFinished, deleteJob } from '../core/remove.ts';
import { submitJobs } from '../core/submit.ts';
import { type JsonBody, readJson } from './body.ts';
import type { App, Ctx, Env } from './context.ts';
import { answerFile, getManifest } from './files.ts';
import { mountKeys } from './keyRoutes.ts';
import { answerError, answerUnrouted } from './problems.ts';
import {
  DEFAULT_JOBS,
  DEFAULT_LOG_LINES,
  MAX_JOBS,
  MAX_LOG_LINES,
  readLimit,
  readQuery,
  readStatuses,
} from './queries.ts';
import { mountShares, SHARED, type ShareOptions } from './shares.ts';

export interface AppOptions {
  /**
   * Who calls, by the `Authorization` header as it came (`<key>` or `Bearer <key>`; `keyOf` in authorization.ts takes the key out);
   * `undefined` for nobody we know.
   *
   * @param platform what the platform hands over beside the request and no client can reach: on Lambda the event, whose
   * request context holds what the authorizer found
   */
  authenticate(authorization: string | undefined, platform: unknown): Promise<Principal | undefined>;
  /** Links to results for people without a key; without it there are none. */
  readonly share?: ShareOptions;
}

/** Paths that tell nothing about anybody's jobs. */
const OPEN_PATHS: readonly string[] = [ROUTES.health.path, ROUTES.openapi.path];

export function createApp(deps: CoreDeps, options: AppOptions): App {
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    if (!isOpen(c.req.path, options)) {
      const principal = await options.authenticate(c.req.header('authorization'), c.env);
      if (!principal) throw problem('unauthorized', 'Send the key in the header "Authorization: <key>".');
      c.set('principal', principal);
    }
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });

  /** A job as it is answered: with what it has cost, where that is known. */
  const answer = (job: Job): WireJob => {
    const cost = costOfJob(deps.policy, job);
    return jobToWire(cost ? { ...job, cost } : job);
  };

  const handleCancelAll = async (c: Ctx): Promise<Response> => {
    noQuery(c);
    return c.json({ data: await cancelAll(deps, c.get('principal')) });
  };
  const handleCancel = async (c: Ctx): Promise<Response> => {
    noQuery(c);
    return c.json({ data: answer(await cancelJob(deps, c.get('principal'), idOf(c))) }, 202);
  };

  app.get(ROUTES.health.path, (c) => {
    const { version, backend } = deps.policy;
    return c.json({ status: 'ok', version, backend });
  });
  app.get(ROUTES.openapi.path, async (c) => {
    // Loaded when somebody asks: the document takes longer to make than everything else at a start.
    const { openApiDocument } = await import('../api/openapi.ts');
    return c.json(openApiDocument(deps.policy.version));
  });

  mountKeys(app, deps);
  if (options.share) mountShares(app, deps, options.share);

  app.get(ROUTES.queues.path, async (c) => {
    noQuery(c);
    return c.json({ data: (await inspectQueues(deps)).map(queueToWire) });
  });
  app.post(ROUTES.estimate.path, async (c) => {
    noQuery(c);
    const { value } = await readJson(c.req.raw);
    const estimates = await estimateRequests(deps, parseJobRequests(value));
    return c.json({ data: estimates.map(estimateToWire) });
  });

  app.post(ROUTES.submit.path, async (c) => {
    if (isCancel(c)) return handleCancelAll(c);
    noQuery(c);
    const body = await readJson(c.req.raw);
    const requests = parseJobRequests(body.value);
    const idempotency = await idempotencyOf(c, body);
    const { jobs, replayed } = await submitJobs(deps, c.get('principal'), requests, idempotency);
    if (replayed) c.header('idempotent-replayed', 'true');
    return c.json({ data: jobs.map(answer) }, 202);
  });
  app.get(ROUTES.list.path, async (c) => {
    const { status, limit, cursor } = readQuery(c.req.url, ['status', 'limit', 'cursor']);
    const statuses = readStatuses(status);
    const page = await listJobs(deps, c.get('principal'), {
      limit: readLimit(limit, DEFAULT_JOBS, MAX_JOBS),
      ...(statuses && { statuses }),
      ...(cursor && { cursor }),
    });
    return c.json({ data: page.jobs.map(answer), next: page.next });
  });
  app.delete(ROUTES.deleteFinished.path, async (c) => {
    noQuery(c);
    return c.json({ data: await deleteFinished(deps, c.get('principal')) });
  });
  app.post(ROUTES.cancelAll.path, handleCancelAll);
  app.on(CANCEL_ROUTES.cancelAll.method, CANCEL_ROUTES.cancelAll.path, handleCancelAll);

  app.get(honoPath(ROUTES.get.path), async (c) => {
    noQuery(c);
    const job = await getJob(deps, c.get('principal'), idOf(c));
    return c.json({ data: answer(job), logs: logPageToWire(await newestLogs(deps, job)) });
  });
  app.delete(honoPath(ROUTES.delete.path), async (c) => {
    noQuery(c);
    return c.json({ data: await deleteJob(deps, c.get('principal'), idOf(c)) }, 202);
  });
  app.post(honoPath(ROUTES.cancel.path), handleCancel);
  app.on(CANCEL_ROUTES.cancel.method, honoPath(CANCEL_ROUTES.cancel.path), handleCancel);
  app.post(honoPath(CANCEL_ROUTES.cancel.path), (c) => (isCancel(c) ? handleCancel(c) : answerUnrouted(c)));

  app.get(honoPath(ROUTES.logs.path), async (c) => {
    const { after, limit } = readQuery(c.req.url, ['after', 'limit']);
    const lines = readLimit(limit, DEFAULT_LOG_LINES, MAX_LOG_LINES);
    const page = await readLogs(deps, c.get('principal'), idOf(c), { after: after || undefined, limit: lines });
    return c.json(logPageToWire(page));
  });
  app.get(honoPath(ROUTES.results.path), async (c) => {
    noQuery(c);
    return c.json(await getManifest(deps, c.get('principal'), idOf(c)));
  });
  app.get(honoPath(ROUTES.resultFile.path), (c) =>
    answerFile(deps, c.get('principal'), {
      id: idOf(c),
      path: c.req.param('path') ?? '',
      headOnly: c.req.raw.method === 'HEAD',
    }),
  );

  app.notFound(answerUnrouted);
  app.onError((error) => answerError(deps, error));
  return app;
}

function isOpen(path: string, { share }: AppOptions): boolean {
  return OPEN_PATHS.includes(path) || (share !== undefined && path.startsWith(SHARED));
}

/** `/{id}/results/{path}` as Hono writes it. */
function honoPath(path: string): string {
  return path.replace('{path}', ':path{.+}').replace('{id}', ':id');
}

function idOf(c: Ctx): string {
  return c.req.param('id') ?? '';
}

function noQuery(c: Ctx): void {
  readQuery(c.req.url, []);
}

/** Whether a server front made this POST of a CANCEL that its HTTP parser cannot take. */
function isCancel(c: Ctx): boolean {
  return c.req.header(METHOD_HEADER) === 'CANCEL';
}

async function idempotencyOf(c: Ctx, body: JsonBody): Promise<{ key: string; fingerprint: string } | undefined> {
  const key = c.req.header(IDEMPOTENCY_HEADER);
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw problem('malformed-request', 'The header Idempotency-Key must have 1 to 200 visible ASCII characters.');
  }
  return { key, fingerprint: await sha256(body.bytes) };
}
