/** The routes of the HTTP API, made from the contract, and which function answers each. */
import { CANCEL_ROUTES, ROUTES, SHARE_ROUTES } from '../api/routes.ts';

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'ANY';
  /** In API Gateway's words: `/{id}/results/{path+}`. */
  readonly path: string;
  readonly handler: 'query' | 'command';
  /** Without a key. */
  readonly isOpen: boolean;
}

/** Liveness, the contract, and links that carry their own proof. Everything else takes a key. */
const OPEN: readonly string[] = [ROUTES.health.path, ROUTES.openapi.path];

/**
 * Every route, explicitly. API Gateway knows no CANCEL, so `ANY` stands for it; it prefers a route with a method to one
 * for any, so only what has no route of its own gets there.
 */
export const API_ROUTES: readonly ApiRoute[] = [
  ...Object.values(ROUTES).map(
    ({ method, path }): ApiRoute => ({
      method,
      path: greedy(path),
      handler: method === 'GET' ? 'query' : 'command',
      isOpen: OPEN.includes(path),
    }),
  ),
  ...Object.values(CANCEL_ROUTES).map(
    ({ path }): ApiRoute => ({ method: 'ANY', path, handler: 'command', isOpen: false }),
  ),
  { method: 'GET', path: sharedPath(), handler: 'query', isOpen: true },
];

function greedy(path: string): string {
  return path.replace('{path}', '{path+}');
}

/** One route for the page and its files: the part of their paths that does not vary, and everything below. */
function sharedPath(): string {
  const prefixes = Object.values(SHARE_ROUTES).map(({ path }) => path.slice(0, path.indexOf('{')));
  const [prefix] = prefixes;
  if (prefix === undefined || prefixes.some((other) => other !== prefix))
    throw new TypeError('the share routes have no common beginning');
  return `${prefix}{proxy+}`;
}
