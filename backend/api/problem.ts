import * as z from 'zod';

/** One wrong place in a request. `item` is the index in a submitted array (0 for a single object). */
export const problemDetailSchema = z.object({
  item: z.number().int().min(0).optional(),
  /** Wire name of the field, dotted for nesting; empty for the whole body. */
  field: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  /** 1-based line and column inside the FASTA text, where the trouble is in the sequence. */
  line: z.number().int().min(1).optional(),
  column: z.number().int().min(1).optional(),
  code: z.string().optional(),
});
export type ProblemDetail = z.infer<typeof problemDetailSchema>;

/** RFC 9457 problem details, plus `errors` for the single places. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int().min(400).max(599),
    detail: z.string(),
    instance: z.string().optional(),
    errors: z.array(problemDetailSchema).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });
export type Problem = z.infer<typeof problemSchema>;

/** Every kind of error the API gives: stable name, HTTP status and title. */
export const PROBLEM_KINDS = {
  'malformed-body': { status: 400, title: 'The request body could not be read' },
  'malformed-request': { status: 400, title: 'The request could not be understood' },
  unauthorized: { status: 401, title: 'A valid key is needed' },
  forbidden: { status: 403, title: 'This is not allowed' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This method is not offered here' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'job-is-live': { status: 409, title: 'The job has not ended yet' },
  'job-is-finished': { status: 409, title: 'The job has already ended' },
  'no-result': { status: 409, title: 'The job has no result' },
  'idempotency-mismatch': { status: 409, title: 'The idempotency key was used for another request' },
  conflict: { status: 409, title: 'The job changed at the same moment' },
  'body-too-large': { status: 413, title: 'The request body is too large' },
  'invalid-request': { status: 422, title: 'The request has mistakes' },
  internal: { status: 500, title: 'Something went wrong in Foldpad' },
  unavailable: { status: 503, title: 'This is not available now' },
} as const;
export type ProblemKind = keyof typeof PROBLEM_KINDS;

/** An error that the API answers as `application/problem+json`. `detail` is a sentence that says what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The kind part of the problem's `type`, for example `job-is-live`. */
  get kind(): string {
    return this.problem.type.slice(PROBLEM_TYPE_PREFIX.length);
  }
}

export const PROBLEM_TYPE_PREFIX = 'urn:foldpad:problem:';

/** Makes the error for one kind of problem. `detail` says what happened and what to do next. */
export function problem(kind: ProblemKind, detail: string, errors?: readonly ProblemDetail[]): ProblemError {
  const { status, title } = PROBLEM_KINDS[kind];
  return new ProblemError({
    type: PROBLEM_TYPE_PREFIX + kind,
    title,
    status,
    detail,
    ...(errors && errors.length > 0 ? { errors: [...errors] } : {}),
  });
}
