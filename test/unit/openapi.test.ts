import assert from 'node:assert/strict';
import * as z from 'zod';
import { openApiDocument } from '../../backend/api/openapi.ts';
import { PROBLEM_EXAMPLE, REQUEST_EXAMPLE } from '../../backend/api/openapiExamples.ts';
import { PROBLEM_KINDS, problemSchema } from '../../backend/api/problem.ts';
import { CANCEL_ROUTES, ROUTES } from '../../backend/api/routes.ts';
import { wireJobRequestSchema } from '../../backend/api/wireRequest.ts';
import { createApp } from '../../backend/http/app.ts';
import { type Answer, type ApiWorld, apiWorld } from '../support/apiWorld.ts';
import { CRAMBIN } from '../support/coreWorld.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is plain JSON here
type Json = any;

const document: Json = JSON.parse(JSON.stringify(openApiDocument('1.2.3')));

/** `GET /{id}` of every operation in the document. */
const described: readonly string[] = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
);

/** A check of JSON against a schema of the document. */
function validator(schema: Json): z.ZodType {
  const local = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
  const $defs = JSON.parse(JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'));
  return z.fromJSONSchema({ ...local, $defs });
}

describe('OpenAPI document', function () {
  this.timeout(30_000);
  it('is version 3.1, with the key as its security', () => {
    assert.equal(document.openapi, '3.1.0');
    assert.equal(document.info.version, '1.2.3');
    assert.deepEqual(document.security, [{ key: [] }]);
    assert.equal(document.components.securitySchemes.key.name, 'Authorization');
    for (const path of ['/health', '/openapi.json']) assert.deepEqual(document.paths[path].get.security, []);
  });

  it('describes every route of the app, and no other', () => {
    const app = createApp({} as never, { authenticate: async () => undefined });
    const mounted = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(':path{.+}', '{path}').replace(':id', '{id}')}`);
    const twins = Object.values(CANCEL_ROUTES).map(({ method, path }) => `${method} ${path}`);
    // What a server front makes of CANCEL /{id}.
    const front = 'POST /{id}';
    assert.deepEqual(new Set(mounted), new Set([...described, ...twins, front]));
    assert.deepEqual(new Set(described), new Set(Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`)));
  });

  it('describes the CANCEL twins', () => {
    assert.equal(document.paths['/cancel'].post['x-same-as'], 'CANCEL /');
    assert.equal(document.paths['/{id}/cancel'].post['x-same-as'], 'CANCEL /{id}');
    assert.match(document.info.description, /CANCEL/);
  });

  it('gives every operation an id of its own, a summary and its problems', () => {
    const operations: Json[] = Object.values(document.paths).flatMap((path) => Object.values(path as object));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    for (const operation of operations) {
      assert.ok(operation.summary);
      assert.ok(operation.responses['500'].content['application/problem+json']);
      assert.equal('401' in operation.responses, operation.security === undefined);
    }
    const text = JSON.stringify(document);
    const kinds = Object.keys(PROBLEM_KINDS).filter((kind) => kind !== 'method-not-allowed');
    for (const kind of kinds) assert.ok(text.includes(`${kind}: `), kind);
  });

  it('has only references that lead somewhere', () => {
    for (const [, name = ''] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      assert.ok(document.components.schemas[name], name);
    }
  });

  it('shows examples that are true', () => {
    for (const request of REQUEST_EXAMPLE) assert.ok(wireJobRequestSchema.safeParse(request).success);
    assert.ok(problemSchema.safeParse(PROBLEM_EXAMPLE).success);
    const body = validator(document.paths['/'].post.requestBody.content['application/json'].schema);
    assert.ok(body.safeParse(REQUEST_EXAMPLE).success);
    assert.equal(body.safeParse([{ fasta: 'x', nonsense: 1 }]).success, false);
  });

  describe('holds for what the app really answers', () => {
    let world: ApiWorld;
    before(() => {
      world = apiWorld();
    });
    after(() => world.close());

    /** Calls the operation and checks status, content type and body against the document. */
    async function check(
      operation: string,
      path: string,
      status: number,
      body?: unknown,
      headers?: Record<string, string>,
    ): Promise<Answer> {
      const [method = '', template = ''] = operation.split(' ');
      const answer = await world.call(method, path, body, headers);
      assert.equal(answer.status, status, answer.text);
      const response = document.paths[template][method.toLowerCase()].responses[`${status}`];
      assert.ok(response, `${operation} describes ${status}`);
      const type = answer.headers.get('content-type') ?? '';
      const schema =
        response.content[type.split(';')[0] ?? '']?.schema ?? response.content['application/octet-stream']?.schema;
      assert.ok(schema, `${operation} describes ${type}`);
      if (schema.format === 'binary') return answer;
      const checked = validator(schema).safeParse(answer.json);
      assert.ok(checked.success, `${operation}: ${checked.error && z.prettifyError(checked.error)}`);
      return answer;
    }

    it('on the way of a job', async () => {
      const { json } = await check('POST /', '/', 202, [
        { fasta: 'a', sequence: CRAMBIN, comment: 'c' },
        { fasta: 'b', sequence: CRAMBIN },
      ]);
      const [id, other] = json.data.map((job: Json) => job.id);
      await check('GET /', '/?limit=1', 200);
      await check('GET /{id}', `/${id}`, 200);
      await check('DELETE /{id}', `/${id}`, 409);
      await check('GET /{id}/results', `/${id}/results`, 409);
      await check('POST /{id}/cancel', `/${id}/cancel`, 202);
      await check('POST /{id}/cancel', `/${id}/cancel`, 409);
      await world.work();
      await check('GET /{id}', `/${other}`, 200);
      await check('POST /cancel', '/cancel', 200);
      await world.work();
      await check('GET /', '/?status=CANCELLED', 200);
      await check('DELETE /{id}', `/${id}`, 202);
      await check('DELETE /', '/', 200);
    });

    it('of a job that has succeeded', async () => {
      const { id } = await world.succeed();
      world.logs.lines.set(id, [{ runId: 'r', stage: 'predict', at: '2026-11-22T10:00:00.000Z', text: 'hello' }]);
      await check('GET /{id}', `/${id}`, 200);
      await check('GET /{id}/logs', `/${id}/logs?limit=10`, 200);
      await check('GET /{id}/results', `/${id}/results`, 200);
      await check('GET /{id}/results/{path}', `/${id}/results/ranked_0.pdb`, 200);
      await check('GET /{id}/results/{path}', `/${id}/results/none`, 404);
    });

    it('of everything else', async () => {
      await check('GET /queues', '/queues', 200);
      await check('POST /estimates', '/estimates', 200, { fasta: 'x', sequence: CRAMBIN });
      await check('POST /estimates', '/estimates', 422, {});
      await check('GET /health', '/health', 200);
      await check('GET /openapi.json', '/openapi.json', 200);
      await check('POST /', '/', 400, '{');
      await check('POST /', '/', 422, []);
      await check('GET /', '/?limit=0', 400);
      await check('GET /', '/', 401, undefined, { authorization: 'wrong' });
      await check('GET /{id}', '/none', 404);
      const headers = { 'idempotency-key': 'k' };
      await check('POST /', '/', 202, { fasta: 'x', sequence: CRAMBIN }, headers);
      await check('POST /', '/', 409, { fasta: 'y', sequence: CRAMBIN }, headers);
      world.scheduler.list = world.scheduler.list.map((queue) => ({
        ...queue,
        available: false,
        reason: 'No ProMod3.',
        remedy: 'Run npm run engine:install.',
      }));
      await check('GET /queues', '/queues', 200);
      await check('POST /', '/', 503, { fasta: 'x', sequence: CRAMBIN });
    });
  });
});
