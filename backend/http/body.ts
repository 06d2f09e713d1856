import { findJsonTrouble } from '../api/jsonError.ts';
import { problem } from '../api/problem.ts';

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

async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
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
