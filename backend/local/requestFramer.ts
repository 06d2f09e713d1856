import { BadRequest, type BodyFraming, rewriteHead } from './httpHead.ts';

/** As Node's own limit for heads. */
const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 256;
const MAX_TRAILER_BYTES = 8 * 1024;
const END_OF_HEAD = '\r\n\r\n';
const CR = 0x0d;
const LF = 0x0a;

type State = 'between' | 'head' | 'body' | 'chunkSize' | 'chunkEnd' | 'trailers';

/**
 * Follows one connection's bytes from request to request, however they are cut into packets, so that the head of each
 * (and nothing else) is rewritten. Bodies pass through as they come.
 */
export class RequestFramer {
  #state: State = 'between';
  /** Bytes of the head or line that is not complete yet. */
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #isChunked = false;
  #trailerBytes = 0;

  /** `between` requests, within a `head`, or within a body. */
  get place(): 'between' | 'head' | 'body' {
    return this.#state === 'between' || this.#state === 'head' ? this.#state : 'body';
  }

  /**
   * @param onHead called when a head is complete, before its bytes are given out
   * @param emit takes the bytes that Node is to see
   * @throws BadRequest what was emitted before stays valid
   */
  push(chunk: Buffer, onHead: () => void, emit: (bytes: Buffer) => void): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#step(rest, onHead, emit);
  }

  #step(bytes: Buffer, onHead: () => void, emit: (bytes: Buffer) => void): Buffer {
    switch (this.#state) {
      case 'between':
        return this.#skipEmptyLines(bytes);
      case 'head':
        return this.#readHead(bytes, onHead, emit);
      case 'body':
        return this.#passBody(bytes, emit);
      default:
        return this.#readLine(bytes, emit);
    }
  }

  /** A client may send an empty line after a body (RFC 9112 §2.2). */
  #skipEmptyLines(bytes: Buffer): Buffer {
    const start = bytes.findIndex((byte) => byte !== CR && byte !== LF);
    if (start < 0) return Buffer.alloc(0);
    this.#state = 'head';
    this.#pending = Buffer.alloc(0);
    return bytes.subarray(start);
  }

  #readHead(bytes: Buffer, onHead: () => void, emit: (bytes: Buffer) => void): Buffer {
    const before = this.#pending.length;
    const all = Buffer.concat([this.#pending, bytes.subarray(0, MAX_HEAD_BYTES + END_OF_HEAD.length)]);
    const end = all.indexOf(END_OF_HEAD, Math.max(0, before - END_OF_HEAD.length), 'latin1');
    if (end > MAX_HEAD_BYTES || (end < 0 && all.length > MAX_HEAD_BYTES)) {
      throw new BadRequest(`The head of the request has more than ${MAX_HEAD_BYTES} bytes.`);
    }
    if (end < 0) {
      this.#pending = all;
      return Buffer.alloc(0);
    }
    const head = rewriteHead(all.subarray(0, end));
    this.#pending = Buffer.alloc(0);
    this.#beginBody(head.body);
    onHead();
    emit(head.bytes);
    return bytes.subarray(end + END_OF_HEAD.length - before);
  }

  #beginBody(body: BodyFraming): void {
    this.#isChunked = body.kind === 'chunked';
    this.#left = body.kind === 'length' ? body.bytes : 0;
    this.#trailerBytes = 0;
    this.#state = this.#isChunked ? 'chunkSize' : this.#left > 0 ? 'body' : 'between';
  }

  #passBody(bytes: Buffer, emit: (bytes: Buffer) => void): Buffer {
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    if (this.#left === 0) this.#state = this.#isChunked ? 'chunkEnd' : 'between';
    emit(part);
    return bytes.subarray(part.length);
  }

  /** The lines of a chunked body: `<size>[;extensions]`, the empty one after a chunk, trailers (RFC 9112 §7.1). */
  #readLine(bytes: Buffer, emit: (bytes: Buffer) => void): Buffer {
    const newline = bytes.indexOf(LF);
    const line = Buffer.concat([this.#pending, newline < 0 ? bytes : bytes.subarray(0, newline + 1)]);
    if (line.length > (this.#state === 'trailers' ? MAX_TRAILER_BYTES : MAX_CHUNK_LINE_BYTES)) {
      throw new BadRequest('A line of the chunked body is too long.');
    }
    if (newline < 0) {
      this.#pending = line;
      return Buffer.alloc(0);
    }
    this.#pending = Buffer.alloc(0);
    if (line.at(-2) !== CR) throw new BadRequest('A line of the chunked body does not end in CR LF.');
    this.#takeLine(line.subarray(0, -2).toString('latin1'), line.length);
    emit(line);
    return bytes.subarray(newline + 1);
  }

  #takeLine(line: string, length: number): void {
    if (line.includes('\r') || line.includes('\0')) throw new BadRequest('A line of the chunked body is malformed.');
    if (this.#state === 'chunkSize') {
      const [, size] = /^([0-9A-Fa-f]{1,8})(?:[ \t]*;.*)?$/.exec(line) ?? [];
      if (size === undefined) throw new BadRequest('The size of a chunk is not a hexadecimal number.');
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left > 0 ? 'body' : 'trailers';
    } else if (this.#state === 'chunkEnd') {
      if (line !== '') throw new BadRequest('A chunk is longer than it said.');
      this.#state = 'chunkSize';
    } else {
      this.#trailerBytes += length;
      if (this.#trailerBytes > MAX_TRAILER_BYTES)
        throw new BadRequest('The trailers of the chunked body are too long.');
      if (line === '') this.#state = 'between';
    }
  }
}
