import type { Context } from 'hono';
import { type Problem, ProblemError, problem } from '../api/problem.ts';
import { CANCEL_ROUTES, ROUTES } from '../api/routes.ts';
import type { CoreDeps } from '../core/deps.ts';

/** Answers with problem details. */
export function answerProblem(
  { problem: body }: ProblemError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body satisfies Problem), {
    status: body.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** Turns whatever a handler threw into an answer. What is no ProblemError is logged under a reference, not shown. */
export function answerError(deps: Pick<CoreDeps, 'log' | 'newId'>, error: unknown): Response {
  if (error instanceof ProblemError) return answerProblem(error, challengeOf(error));
  const reference = deps.newId();
  deps.log.error('request failed', {
    reference,
    error: error instanceof Error ? (error.stack ?? error.message) : `${error}`,
  });
  const { problem: body } = problem(
    'internal',
    `Foldpad met an error that it does not know (reference ${reference}). Try again; if it stays so, look for the reference in the server’s log.`,
  );
  return answerProblem(new ProblemError({ ...body, instance: `urn:uuid:${reference}` }));
}

function challengeOf({ status }: ProblemError): Record<string, string> {
  return status === 401 ? { 'www-authenticate': 'Bearer realm="foldpad"' } : {};
}

/** For requests that no route took: 405 with `Allow` where the path exists under another method, else 404. */
export function answerUnrouted(c: Context): Response {
  const path = new URL(c.req.url).pathname;
  const allowed = methodsOf(path);
  if (allowed.length === 0) {
    return answerProblem(
      problem('not-found', `There is nothing at ${path}. GET /openapi.json describes what there is.`),
    );
  }
  const detail = `${c.req.method} is not offered at ${path}; ${allowed.join(', ')} ${allowed.length === 1 ? 'is' : 'are'}.`;
  return answerProblem(problem('method-not-allowed', detail), { allow: allowed.join(', ') });
}

function methodsOf(path: string): readonly string[] {
  const routes = [...Object.values(ROUTES), ...Object.values(CANCEL_ROUTES)];
  const exact = routes.filter((route) => route.path === path);
  const matching = exact.length > 0 ? exact : routes.filter((route) => patternOf(route.path).test(path));
  return [...new Set(matching.map((route) => route.method))].sort();
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace('.', '\\.').replace('{path}', '.+').replace('{id}', '[^/]+')}$`);
}
