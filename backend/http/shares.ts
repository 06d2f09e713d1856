import { ProblemError, problem } from '../api/problem.ts';
import type { CoreDeps, Principal } from '../core/deps.ts';
import { verifyShare } from '../core/share.ts';
import type { App, Ctx } from './context.ts';
import { answerFile, getManifest } from './files.ts';
import { answerPage, refusalPage, resultPage } from './sharePage.ts';

export interface ShareOptions {
  /** The backend's share key, which links are signed with. */
  key(): Promise<Uint8Array>;
  /** Address of the API, without a slash at its end: what the commands on the page fetch from. */
  readonly publicUrl: string;
}

/** Everything under it is for people with a link and without a key. */
export const SHARED = '/shared/';

/** The page of a link, and the files that it lists. Must be mounted before the routes of `/{id}`. */
export function mountShares(app: App, deps: CoreDeps, options: ShareOptions): void {
  // Links on the page are relative to it, so its address must end with the slash.
  app.get('/shared/:token', (c) => c.redirect(`${encodeURIComponent(c.req.param('token'))}/`, 302));
  app.get('/shared/:token/', (c) => answered(deps, c, () => page(deps, options, c)));
  app.get('/shared/:token/:path{.+}', (c) => answered(deps, c, () => file(deps, options, c)));
}

async function page(deps: CoreDeps, options: ShareOptions, c: Ctx): Promise<Response> {
  const { token, jobId, expiresAt, principal } = await open(deps, options, c);
  return answerPage(
    resultPage({
      result: await getManifest(deps, principal, jobId),
      expiresAt,
      address: `${options.publicUrl}${SHARED}${token}/`,
      storeUri: deps.objects.uri(`output/${jobId}/`),
    }),
  );
}

async function file(deps: CoreDeps, options: ShareOptions, c: Ctx): Promise<Response> {
  const { jobId, principal } = await open(deps, options, c);
  const request = { id: jobId, path: c.req.param('path') ?? '', headOnly: c.req.raw.method === 'HEAD' };
  return answerFile(deps, principal, request);
}

interface Opened {
  readonly token: string;
  readonly jobId: string;
  readonly expiresAt: string;
  /** Whoever has the link sees what the job's owner sees of this one job. */
  readonly principal: Principal;
}

async function open(deps: CoreDeps, options: ShareOptions, c: Ctx): Promise<Opened> {
  const token = c.req.param('token') ?? '';
  const verdict = await verifyShare(await options.key(), token, deps.clock.now());
  if (!verdict.ok) {
    deps.log.warn('share link refused', { reason: verdict.reason });
    throw verdict.reason === 'expired'
      ? problem('forbidden', 'This link has expired. Ask whoever sent it for a new one.')
      : problem('forbidden', 'This link is not valid. Copy the whole link from the mail, or ask for a new one.');
  }
  const { jobId, expiresAt } = verdict.share;
  const job = await deps.jobs.get(jobId);
  if (!job) throw problem('not-found', 'The job that this link is for has been deleted.');
  return { token, jobId, expiresAt, principal: { owner: job.owner, role: 'user' } };
}

/** Refusals as pages for people; what is no refusal goes to the app's own answer to errors. */
async function answered(deps: CoreDeps, c: Ctx, answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    deps.log.info('share link not answered', { status: error.status, method: c.req.method });
    return answerPage(refusalPage(error.problem), error.status);
  }
}
