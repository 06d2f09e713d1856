/** From an answer outside 200–299 to the error that a client throws. */
import { ConnectionError } from './connectionError.ts';
import { ProblemError, type ProblemKind, problem, problemSchema } from './problem.ts';

interface GatewayAnswer {
  readonly kind: ProblemKind;
  readonly detail: string;
}

const KEY_REFUSED: GatewayAnswer = {
  kind: 'unauthorized',
  detail: 'The backend does not know this key, or it has been revoked. Ask an admin of the backend for a new one.',
};
const OVERLOADED: GatewayAnswer = {
  kind: 'unavailable',
  detail: 'The backend has more to do than it can take at this moment. Try again in a minute.',
};

/** API Gateway answers by itself, as `{"message": "…"}`, what it does not let through to Foldpad. */
const GATEWAY_ANSWERS: Readonly<Record<number, GatewayAnswer>> = {
  401: KEY_REFUSED,
  403: KEY_REFUSED,
  413: {
    kind: 'body-too-large',
    detail: 'The request is larger than the backend’s gateway lets through. Submit fewer jobs at once.',
  },
  429: OVERLOADED,
  500: {
    kind: 'internal',
    detail: 'The backend could not answer. Try again; if it stays so, ask its operator to look into its logs.',
  },
  503: OVERLOADED,
};

/** Trouble on the way that is over in a moment: the request did not reach Foldpad, or its answer did not come back. */
export function isPassing(response: Response): boolean {
  const { status } = response;
  if (status === 502 || status === 504 || status === 429) return true;
  return status === 503 && !response.headers.get('content-type')?.includes('problem+json');
}

/** The error for an answer that says no. */
export async function refusal(url: string, response: Response): Promise<ProblemError | ConnectionError> {
  const body = parseJson(await response.text().catch(() => ''));
  const checked = problemSchema.safeParse(body);
  if (checked.success) return new ProblemError(checked.data);
  const known = GATEWAY_ANSWERS[response.status];
  if (known && isGatewayMessage(body)) return problem(known.kind, known.detail);
  const { status, statusText } = response;
  return unexpectedAnswer(url, `it answered ${status} ${statusText}`.trimEnd(), { status });
}

/** The error for an answer that no Foldpad backend gives. */
export function unexpectedAnswer(
  url: string,
  cause: string,
  options?: ErrorOptions & { readonly status?: number },
): ConnectionError {
  const remedy = 'Check that the address is the one of a Foldpad backend and that both have the same version.';
  return new ConnectionError(url, 'unexpected-answer', cause, remedy, options);
}

function isGatewayMessage(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Object.keys(body).length !== 1) return false;
  return typeof Reflect.get(body, 'message') === 'string' || Reflect.get(body, 'message') === null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
