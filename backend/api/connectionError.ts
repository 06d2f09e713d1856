/** What stood between the client and an answer. */
export type ConnectionTrouble = 'unreachable' | 'timeout' | 'unexpected-answer';

/**
 * No usable answer came: nobody listens, the name is wrong, it took too long, or something that is not Foldpad
 * answered. The message names the address, the cause and the remedy; never the key.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly url: string;
  readonly trouble: ConnectionTrouble;
  readonly remedy: string;
  /** HTTP status of an unexpected answer. */
  readonly status: number | undefined;

  constructor(
    url: string,
    trouble: ConnectionTrouble,
    cause: string,
    remedy: string,
    options?: ErrorOptions & { readonly status?: number },
  ) {
    super(`${url}: ${cause}. ${remedy}`, options);
    this.url = url;
    this.trouble = trouble;
    this.remedy = remedy;
    this.status = options?.status;
  }
}

const CAUSES: Readonly<Record<string, { cause: string; remedy: string }>> = {
  ECONNREFUSED: {
    cause: 'nothing listens at this address',
    remedy: 'Start the backend, or correct the address in the connection settings.',
  },
  ENOTFOUND: {
    cause: 'the name of the server is not known',
    remedy: 'Check the address in the connection settings and your network.',
  },
  EAI_AGAIN: { cause: 'the name of the server could not be looked up', remedy: 'Check your network, then try again.' },
  ECONNRESET: {
    cause: 'the server closed the connection',
    remedy: 'Try again; if it stays so, read the server’s log.',
  },
  UND_ERR_SOCKET: {
    cause: 'the server closed the connection',
    remedy: 'Try again; if it stays so, read the server’s log.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    cause: 'the server’s certificate is self-signed',
    remedy: 'Install the certificate’s authority on this machine (NODE_EXTRA_CA_CERTS names its file).',
  },
  CERT_HAS_EXPIRED: { cause: 'the server’s certificate has expired', remedy: 'Ask the operator to renew it.' },
};

/** Explains an error thrown by `fetch`. */
export function explainFetchError(url: string, error: unknown): ConnectionError {
  const code = errorCode(error);
  const known = code === undefined ? undefined : CAUSES[code];
  const message = error instanceof Error ? innermost(error).message : String(error);
  return new ConnectionError(
    url,
    'unreachable',
    known?.cause ?? `the request could not be made (${code ? `${code}: ` : ''}${message})`,
    known?.remedy ?? 'Check the address and your network, then try again.',
    { cause: error },
  );
}

/** The first `code` in an error's chain of causes (`ECONNREFUSED` …). */
function errorCode(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 5) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first = error instanceof AggregateError ? error.errors[0] : undefined;
  return errorCode(error.cause ?? first, depth + 1);
}

function innermost(error: Error, depth = 0): Error {
  return error.cause instanceof Error && depth < 5 ? innermost(error.cause, depth + 1) : error;
}
