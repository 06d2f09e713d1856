import { keyToWire, wireKeyRequestSchema } from '../api/keys.ts';
import { type ProblemDetail, problem } from '../api/problem.ts';
import { ROUTES } from '../api/routes.ts';
import type { CoreDeps } from '../core/deps.ts';
import { createKey, type KeyRequest, listKeys, revokeKey } from '../core/keys.ts';
import { readJson } from './body.ts';
import type { App } from './context.ts';
import { readQuery } from './queries.ts';

/** Making, listing and revoking keys. Must be mounted before the routes of `/{id}`. */
export function mountKeys(app: App, deps: CoreDeps): void {
  app.get(ROUTES.listKeys.path, async (c) => {
    readQuery(c.req.url, []);
    return c.json({ data: (await listKeys(deps, c.get('principal'))).map(keyToWire) });
  });
  app.post(ROUTES.createKey.path, async (c) => {
    readQuery(c.req.url, []);
    const request = parseKeyRequest((await readJson(c.req.raw)).value);
    const { text, record } = await createKey(deps, c.get('principal'), request);
    return c.json({ data: keyToWire(record), key: text }, 201);
  });
  app.delete('/keys/:id', async (c) => {
    readQuery(c.req.url, []);
    return c.json({ data: keyToWire(await revokeKey(deps, c.get('principal'), c.req.param('id'))) });
  });
}

function parseKeyRequest(body: unknown): KeyRequest {
  const checked = wireKeyRequestSchema.safeParse(body);
  if (checked.success) {
    const { name, role = 'user', owner } = checked.data;
    return { name, role, ...(owner !== undefined && { owner }) };
  }
  const details = checked.error.issues.map((issue): ProblemDetail => {
    const field = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '').slice(0, 80) : issue.path.join('.');
    return { field, message: issue.message.slice(0, 200), remedy: REMEDY };
  });
  const [first] = details;
  throw problem('invalid-request', `${first?.field || 'body'}: ${first?.message}. ${REMEDY}`, details);
}

const REMEDY =
  'Send {"name": "whose it is", "role": "user" or "admin", "owner": "whose jobs it sees"}; only name is needed.';
