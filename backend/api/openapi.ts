/** The OpenAPI 3.1 document, made from the schemas that check requests and answers. Only the server imports this. */
import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { wireKeyRequestSchema, wireKeysSchema, wireNewKeySchema, wireOneKeySchema } from './keys.ts';
import { PROBLEM_EXAMPLE, REQUEST_EXAMPLE } from './openapiExamples.ts';
import { PROBLEM_KINDS, type ProblemKind, problemSchema } from './problem.ts';
import { resultSchema } from './result.ts';
import { CANCEL_ROUTES, ROUTES, type RouteName } from './routes.ts';
import {
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
import { wireJobRequestSchema } from './wireRequest.ts';

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly answer: { readonly status: 200 | 201 | 202; readonly description: string; readonly schema?: z.ZodType };
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: 'jobs' | 'key';
  readonly problems?: readonly ProblemKind[];
  readonly open?: boolean;
}

const idParameter = z.string().meta({ description: 'Job id', example: '5f0c6f43-4cf5-4a3c-9d0f-7b7d1f6a2e55' });
const keyIdParameter = z.string().meta({ description: 'Key id', example: 'k3m7qpl2xz5a' });
const pathParameter = z.string().meta({
  description: 'A file that the manifest names, with or without the folder of its attempt; may hold slashes',
  example: 'ranked_0.pdb',
});
const limitOf = (max: number, fallback: number) =>
  z
    .int()
    .min(1)
    .max(max)
    .optional()
    .meta({ description: `1 to ${max}; default ${fallback}` });
const cursor = z.string().optional();
const NEEDS_ADMIN = 'Only for keys with the role admin, on a backend with several users.';
const BODY_PROBLEMS = ['malformed-body', 'body-too-large', 'invalid-request'] as const;

/** What a server may answer to anything: foreign `Host` or `Origin`, a request that stops half-way, its own trouble. */
const COMMON_PROBLEMS = ['forbidden', 'request-timeout', 'internal'] as const;

const OPERATIONS: Readonly<Record<RouteName, Operation>> = {
  submit: {
    summary: 'Submit one job or many',
    description: 'All or nothing: one mistake in one item refuses the whole request. Any content type is read as JSON.',
    headers: z.object({
      'idempotency-key': z.string().min(1).max(200).optional().meta({
        description: 'Makes a retry safe: the same key and body give the jobs of the first time',
      }),
    }),
    body: 'jobs',
    answer: { status: 202, description: 'The jobs, in the order of the request', schema: wireSubmittedSchema },
    problems: [...BODY_PROBLEMS, 'malformed-request', 'idempotency-mismatch', 'unavailable'],
  },
  list: {
    summary: 'List jobs, newest first',
    query: z.object({
      status: z
        .string()
        .optional()
        .meta({ description: 'One job status or several, comma-separated', example: 'RUNNING,QUEUED' }),
      limit: limitOf(1000, 50),
      cursor: cursor.meta({ description: '`next` of the page before' }),
    }),
    answer: { status: 200, description: 'One page; `next` is absent on the last', schema: wireJobListSchema },
    problems: ['malformed-request'],
  },
  cancelAll: {
    summary: 'Cancel every live job of the key’s owner',
    description: 'The same as the method CANCEL on this API’s root, for clients and proxies that refuse that method.',
    answer: { status: 200, description: 'One outcome for each live job', schema: wireBulkSchema },
    problems: ['malformed-request'],
  },
  deleteFinished: {
    summary: 'Delete every finished job of the key’s owner',
    description: 'Removes the jobs and every object of their own; files that users put under input/ stay.',
    answer: { status: 200, description: 'One outcome for each finished job', schema: wireBulkSchema },
    problems: ['malformed-request'],
  },
  queues: {
    summary: 'Queues and whether their engines are available',
    answer: { status: 200, description: 'All queues', schema: wireQueuesSchema },
    problems: ['malformed-request'],
  },
  estimate: {
    summary: 'Time, cost and memory verdict before anything is paid for',
    body: 'jobs',
    answer: { status: 200, description: 'One estimate for each job, in order', schema: wireEstimatesSchema },
    problems: [...BODY_PROBLEMS, 'malformed-request'],
  },
  health: {
    summary: 'Liveness',
    open: true,
    answer: { status: 200, description: 'The server answers', schema: wireHealthSchema },
  },
  openapi: { summary: 'This document', open: true, answer: { status: 200, description: 'OpenAPI 3.1' } },
  listKeys: {
    summary: 'Every key, newest first',
    description: NEEDS_ADMIN,
    answer: { status: 200, description: 'Keys without their secrets; revoked ones too', schema: wireKeysSchema },
    problems: ['malformed-request', 'not-found'],
  },
  createKey: {
    summary: 'Make a key',
    description: NEEDS_ADMIN,
    body: 'key',
    answer: { status: 201, description: 'The key, which is told this once', schema: wireNewKeySchema },
    problems: [...BODY_PROBLEMS, 'malformed-request', 'not-found'],
  },
  revokeKey: {
    summary: 'End a key',
    description: `${NEEDS_ADMIN} The key is refused everywhere within a minute.`,
    answer: { status: 200, description: 'The revoked key', schema: wireOneKeySchema },
    problems: ['malformed-request', 'not-found'],
  },
  get: {
    summary: 'A job, its runs and the newest lines of its log',
    answer: { status: 200, description: 'The job and up to 100 log lines', schema: wireJobAnswerSchema },
    problems: ['malformed-request', 'not-found'],
  },
  delete: {
    summary: 'Delete a finished job and every object of its own',
    answer: { status: 202, description: 'It is being removed', schema: wireOutcomeSchema },
    problems: ['malformed-request', 'not-found', 'job-is-live', 'conflict'],
  },
  cancel: {
    summary: 'Cancel a job in any live state',
    description: 'The same as the method CANCEL on /{id}, for clients and proxies that refuse that method.',
    answer: {
      status: 202,
      description: 'The job: CANCELLING, or CANCELLED where nothing ran yet',
      schema: wireOneJobSchema,
    },
    problems: ['malformed-request', 'not-found', 'job-is-finished', 'conflict'],
  },
  logs: {
    summary: 'Log lines, oldest first',
    query: z.object({
      after: cursor.meta({ description: '`next` of an earlier page: goes on exactly where that one ended' }),
      limit: limitOf(10_000, 1000),
    }),
    answer: {
      status: 200,
      description: 'Lines after the cursor; `done` when none will follow',
      schema: wireLogPageSchema,
    },
    problems: ['malformed-request', 'not-found'],
  },
  results: {
    summary: 'The result manifest',
    answer: { status: 200, description: 'Ranked models, confidence, files, timings, provenance', schema: resultSchema },
    problems: ['malformed-request', 'not-found', 'no-result'],
  },
  resultFile: {
    summary: 'One file of a result',
    answer: { status: 200, description: 'Its bytes' },
    problems: ['not-found', 'no-result'],
  },
};

const BODIES = {
  jobs: {
    schema: z.union([wireJobRequestSchema, z.array(wireJobRequestSchema).min(1).max(1000)]),
    examples: { article: { summary: 'Two jobs, as in the article', value: REQUEST_EXAMPLE } },
  },
  key: { schema: wireKeyRequestSchema },
} as const;

/** The document for `GET /openapi.json`. `version` is Foldpad's. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const name of Object.keys(OPERATIONS) as RouteName[]) {
    const { path, method } = ROUTES[name];
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(name) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Foldpad',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Protein structure prediction. Beside its POST twins, the method CANCEL is taken on / (every live job) and on /{id} (one job); OpenAPI cannot describe methods of its own. Mistakes are answered as application/problem+json (RFC 9457).',
    },
    security: [{ key: [] }],
    components: {
      securitySchemes: {
        key: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'The key itself, or "Bearer " and the key',
        },
      },
    },
    paths: paths as ZodOpenApiPathsObject,
  });
}

function operationOf(name: RouteName): ZodOpenApiOperationObject {
  const { summary, description, answer, query, headers, body, problems = [], open } = OPERATIONS[name];
  const { path } = ROUTES[name];
  const parameters = {
    ...(path.includes('{id}') && { id: path.startsWith(ROUTES.listKeys.path) ? keyIdParameter : idParameter }),
    ...(path.includes('{path}') && { path: pathParameter }),
  };
  const kinds: readonly ProblemKind[] = [...problems, ...(open ? [] : (['unauthorized'] as const)), ...COMMON_PROBLEMS];
  const twin = name === 'cancel' || name === 'cancelAll' ? CANCEL_ROUTES[name] : undefined;
  return {
    operationId: name,
    summary,
    ...(twin && { 'x-same-as': `${twin.method} ${twin.path}` }),
    ...(description && { description }),
    ...(open && { security: [] }),
    requestParams: {
      ...(Object.keys(parameters).length > 0 && { path: z.object(parameters) }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': BODIES[body] } } }),
    responses: { ...answersOf(name, answer), ...problemsOf(kinds) },
  };
}

function answersOf(
  name: RouteName,
  { status, description, schema }: Operation['answer'],
): ZodOpenApiOperationObject['responses'] {
  if (name === 'resultFile') {
    return {
      200: { description, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
      302: {
        description: 'They are at this address, which expires soon',
        headers: { Location: { schema: { type: 'string', format: 'uri' } } },
      },
    };
  }
  const json = schema ?? z.looseObject({ openapi: z.string() });
  return { [status]: { description, content: { 'application/json': { schema: json } } } };
}

/** Problems by status, each naming the kinds that it stands for. */
function problemsOf(kinds: readonly ProblemKind[]): Record<string, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(kinds, (kind) => PROBLEM_KINDS[kind].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      `${status}`,
      {
        description: group.map((kind) => `${kind}: ${PROBLEM_KINDS[kind].title}`).join('; '),
        content: {
          'application/problem+json': {
            schema: problemSchema,
            ...(group.includes('invalid-request') && { examples: { mistake: { value: PROBLEM_EXAMPLE } } }),
          },
        },
      },
    ]),
  );
}
