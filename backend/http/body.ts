import { findJsonTrouble } from '../api/jsonError.ts';
import { ProblemError, problem } from '../api/problem.ts';

/** Bytes of one request body: room for a thousand long sequences. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** A JSON body and its bytes, which an idempotency key is tied to. */
export interface JsonBody {
  readonly value: unknown;
  readonly bytes: Uint8Array;
}

/**
 * Reads a JSON body, whatever content type it claims: `curl -d` says that everything is a form.
 * @throws ProblemError `malformed-body` with line and column, `body-too-large`
 */
export async function readJson(request: Request): Promise<JsonBody> {
  const bytes = await readBytes(request);
  const text = decode(bytes);
  try {
    return { value: JSON.parse(text), bytes };
  } catch {
    const { line, column, message } = findJsonTrouble(text);
    throw problem(
      'malformed-body',
      `The body is not JSON: line ${line}, column ${column}: ${message}. Correct it there.`,
      [{ field: '', message, line, column, code: 'not-json' }],
    );
  }
}

/** The body as it was before it was compressed for the way. The limit is for what it unpacks to. */
async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return collect(request.body);
  if (encoding !== 'gzip') {
    throw problem(
      'malformed-request',
      `The body's Content-Encoding ${JSON.stringify(encoding.slice(0, 60))} is not understood. Send gzip, or the JSON as it is.`,
    );
  }
  try {
    return await collect(request.body?.pipeThrough(new DecompressionStream('gzip')) ?? null);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const message = 'the body is not what its header says, gzip';
    throw problem(
      'malformed-body',
      `The body could not be unpacked: ${message}. Send it whole, or without the header.`,
      [{ field: '', message, code: 'not-gzip' }],
    );
  }
}

async function collect(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (value) {
      chunks.push(value);
      size += value.byteLength;
    }
    if (size > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw tooLarge();
    }
    if (done) return join(chunks, size);
  }
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw problem('malformed-body', 'The body is not UTF-8 text. Send JSON in UTF-8.', [
      { field: '', message: 'the body is not UTF-8 text', code: 'not-utf8' },
    ]);
  }
}

function tooLarge(): Error {
  const limit = MAX_BODY_BYTES / 1024 / 1024;
  return problem(
    'body-too-large',
    `The body has more than ${limit} MiB. Submit fewer jobs at once, or put the FASTA files under input/ and name them with file_name.`,
  );
}
