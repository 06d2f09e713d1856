/** The head of an HTTP/1.1 request, read strictly (RFC 9112), and rewritten where Node's parser needs it. Pure. */
import { METHOD_HEADER } from '../api/routes.ts';

/** The bytes are no request that this server takes; the message is for the client. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** How the body that follows a head is delimited. */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' };

export interface RewrittenHead {
  /** The head as Node is to see it, with its empty line. */
  readonly bytes: Buffer;
  readonly body: BodyFraming;
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([^\\s]+) HTTP/1\\.([01])$`);
const FIELD_LINE = new RegExp(`^(${TOKEN}):[ \\t]*(.*?)[ \\t]*$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those must not be there.
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * Makes `POST` plus a private header of `CANCEL`, which Node's parser does not know, and drops that header from what
 * clients send. Everything about which two parsers could disagree where a request ends is refused.
 *
 * @param head without the empty line that ends it
 * @throws BadRequest
 */
export function rewriteHead(head: Buffer): RewrittenHead {
  // Latin-1 maps every byte to one character and back, so nothing of the client's is changed.
  const [requestLine = '', ...fieldLines] = head.toString('latin1').split('\r\n');
  const [, method, target, minor] = REQUEST_LINE.exec(requestLine) ?? [];
  if (!method || !target || !minor) throw new BadRequest('The first line is not that of an HTTP/1.1 request.');
  const fields = fieldLines.map(parseField);
  const isCancel = method.toUpperCase() === 'CANCEL';
  const lines = [
    `${isCancel ? 'POST' : method} ${target} HTTP/1.${minor}`,
    ...(isCancel ? [`${METHOD_HEADER}: CANCEL`] : []),
    ...fields.flatMap(({ name, line }) => (name === METHOD_HEADER ? [] : [line])),
  ];
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body: bodyFraming(fields, minor) };
}

interface Field {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

function parseField(line: string): Field {
  const [, name, value] = FIELD_LINE.exec(line) ?? [];
  if (name === undefined || value === undefined || FORBIDDEN.test(line)) {
    throw new BadRequest('A header line is malformed.');
  }
  return { name: name.toLowerCase(), value, line };
}

function bodyFraming(fields: readonly Field[], minor: string): BodyFraming {
  const values = (name: string): readonly string[] => fields.flatMap((f) => (f.name === name ? [f.value] : []));
  const [length, ...otherLengths] = values('content-length');
  const [coding, ...otherCodings] = values('transfer-encoding');
  if (otherLengths.length > 0 || otherCodings.length > 0 || (length !== undefined && coding !== undefined)) {
    throw new BadRequest('The length of the body is given twice.');
  }
  if (coding !== undefined) {
    if (coding.toLowerCase() === 'chunked' && minor === '1') return { kind: 'chunked' };
    throw new BadRequest('The only transfer coding that is taken is "chunked".');
  }
  if (length === undefined) return { kind: 'none' };
  if (!/^[0-9]{1,15}$/.test(length)) throw new BadRequest('The header Content-Length is not a number.');
  return { kind: 'length', bytes: Number(length) };
}
