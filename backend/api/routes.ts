/**
 * Every route of the API, once: the server mounts them, the OpenAPI document describes them, the client builds its
 * addresses from them. `{id}` is the id of a job, or of a key; `{path}` is a path below the job's results and may hold slashes.
 */
export const ROUTES = {
  submit: { method: 'POST', path: '/' },
  list: { method: 'GET', path: '/' },
  cancelAll: { method: 'POST', path: '/cancel' },
  deleteFinished: { method: 'DELETE', path: '/' },
  queues: { method: 'GET', path: '/queues' },
  estimate: { method: 'POST', path: '/estimates' },
  health: { method: 'GET', path: '/health' },
  openapi: { method: 'GET', path: '/openapi.json' },
  listKeys: { method: 'GET', path: '/keys' },
  createKey: { method: 'POST', path: '/keys' },
  revokeKey: { method: 'DELETE', path: '/keys/{id}' },
  get: { method: 'GET', path: '/{id}' },
  delete: { method: 'DELETE', path: '/{id}' },
  cancel: { method: 'POST', path: '/{id}/cancel' },
  logs: { method: 'GET', path: '/{id}/logs' },
  results: { method: 'GET', path: '/{id}/results' },
  resultFile: { method: 'GET', path: '/{id}/results/{path}' },
} as const satisfies Record<string, { method: 'GET' | 'POST' | 'DELETE'; path: string }>;

export type RouteName = keyof typeof ROUTES;

/** The article's own method, beside its POST twins `cancelAll` and `cancel`. OpenAPI has no place for it. */
export const CANCEL_ROUTES = {
  cancelAll: { method: 'CANCEL', path: '/' },
  cancel: { method: 'CANCEL', path: '/{id}' },
} as const;

/** For people with a link and without a key: a page of a job's results, and its files. */
export const SHARE_ROUTES = {
  page: { method: 'GET', path: '/shared/{token}/' },
  file: { method: 'GET', path: '/shared/{token}/{path}' },
} as const;

/**
 * Set by a server whose HTTP parser cannot take CANCEL, on the POST that it makes of such a request; the server drops
 * it from what clients send.
 */
export const METHOD_HEADER = 'x-foldpad-method';

/** Makes a retry of `POST /` safe: the same key and body give the jobs of the first time. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

/** The path with its parameters filled in, each percent-encoded (slashes of `path` kept). */
export function routePath(path: string, parameters: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name] ?? '';
    return name === 'path' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
}
