import { joinBytes } from './bytes.ts';
import { InflateError } from './huffman.ts';
import { Inflater } from './inflate.ts';

/** The gzip data is cut off or damaged. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
  readonly kind: 'truncated' | 'damaged';

  constructor(kind: 'truncated' | 'damaged', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Flags of a member header (RFC 1952, 2.3.1). */
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED_FLAGS = 0xe0;
/** A header with a longer name or comment is taken for damage. */
const MAX_HEADER = 131_072;
const TRAILER = 8;

const CRC_TABLE = crcTable();

/** True when the bytes begin with gzip's magic number and its only method. */
export function looksGzipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && (bytes.length < 3 || bytes[2] === 8);
}

/**
 * Decompresses gzip (RFC 1952) as it arrives: any number of members (bgzip, `cat a.gz b.gz`), zero padding behind them,
 * CRC-32 and length checked. Memory is constant and output comes in pieces of at most 96 KiB, so a bomb costs
 * no more memory than a novel.
 */
export class Gunzip {
  private state: 'header' | 'data' | 'trailer' | 'padding' = 'header';
  private members = 0;
  private pending: Uint8Array = new Uint8Array(0);
  private inflater = new Inflater();
  private crc = 0xffffffff;
  private size = 0;

  /**
   * @param chunk compressed bytes, split anywhere
   * @returns decompressed pieces; each is valid until the next one is asked for
   * @throws GzipError when the data is damaged
   */
  *write(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.pending = this.pending.length === 0 ? chunk : joinBytes(this.pending, chunk);
    for (let more = true; more; ) {
      if (this.state === 'data') {
        more = yield* this.data();
      } else if (this.state === 'header') {
        more = this.header();
      } else if (this.state === 'trailer') {
        more = this.trailer();
      } else {
        more = this.padding();
      }
    }
  }

  /** @throws GzipError when the data ends inside a member */
  end(): void {
    const clean =
      this.members > 0 && (this.state === 'padding' || (this.state === 'header' && this.pending.length === 0));
    if (!clean) {
      throw new GzipError('truncated', 'the compressed data ends too early');
    }
  }

  private *data(): Generator<Uint8Array, boolean, undefined> {
    this.inflater.feed(this.pending);
    this.pending = new Uint8Array(0);
    for (;;) {
      const state = this.inflate();
      if (state === 'need-input') {
        return false;
      }
      if (state === 'done') {
        this.pending = this.inflater.remainder();
        this.state = 'trailer';
        return true;
      }
      const output = this.inflater.take();
      this.crc = crc32(output, this.crc);
      this.size = (this.size + output.length) >>> 0;
      yield output;
    }
  }

  private inflate(): 'need-input' | 'output' | 'done' {
    try {
      return this.inflater.step();
    } catch (error) {
      if (error instanceof InflateError) {
        throw new GzipError('damaged', error.message);
      }
      throw error;
    }
  }

  private header(): boolean {
    const bytes = this.pending;
    // Tape blocks and some mirrors pad a finished file with zeros.
    if (this.members > 0 && bytes[0] === 0) {
      this.state = 'padding';
      return true;
    }
    const length = headerLength(bytes);
    if (length === undefined) {
      if (bytes.length > MAX_HEADER) {
        throw new GzipError('damaged', 'the header of a member does not end');
      }
      return false;
    }
    this.pending = bytes.subarray(length);
    this.inflater = new Inflater();
    this.crc = 0xffffffff;
    this.size = 0;
    this.state = 'data';
    return true;
  }

  private trailer(): boolean {
    if (this.pending.length < TRAILER) {
      return false;
    }
    const view = new DataView(this.pending.buffer, this.pending.byteOffset, TRAILER);
    if (view.getUint32(0, true) !== (this.crc ^ 0xffffffff) >>> 0) {
      throw new GzipError('damaged', 'the CRC-32 of the decompressed data is wrong');
    }
    if (view.getUint32(4, true) !== this.size) {
      throw new GzipError('damaged', 'the length of the decompressed data is wrong');
    }
    this.pending = this.pending.subarray(TRAILER);
    this.members++;
    this.state = 'header';
    return this.pending.length > 0;
  }

  private padding(): boolean {
    if (this.pending.some((byte) => byte !== 0)) {
      throw new GzipError('damaged', 'something that is not gzip follows the compressed data');
    }
    this.pending = new Uint8Array(0);
    return false;
  }
}

/** Length of the member header at the start of `bytes`; undefined when it is not all there yet. */
function headerLength(bytes: Uint8Array): number | undefined {
  const magic = [0x1f, 0x8b, 8];
  if (magic.some((byte, index) => index < bytes.length && bytes[index] !== byte)) {
    throw new GzipError('damaged', 'something that is not gzip follows the compressed data');
  }
  const flags = bytes[3];
  if (flags === undefined || bytes.length < 10) {
    return undefined;
  }
  if ((flags & RESERVED_FLAGS) !== 0) {
    throw new GzipError('damaged', 'the header of a member has unknown flags');
  }
  let length = 10;
  if ((flags & FEXTRA) !== 0) {
    length += 2 + ((bytes[10] ?? 0) | ((bytes[11] ?? 0) << 8));
  }
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) !== 0) {
      const zero = bytes.indexOf(0, length);
      if (zero < 0) {
        return undefined;
      }
      length = zero + 1;
    }
  }
  length += (flags & FHCRC) === 0 ? 0 : 2;
  return bytes.length < length ? undefined : length;
}

function crcTable(): Uint32Array {
  // Slicing by four: table k gives the effect of a byte that is followed by k more (polynomial of RFC 1952, 8).
  const table = new Uint32Array(1024);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    table[byte] = crc;
  }
  for (let index = 256; index < 1024; index++) {
    const before = table[index - 256] as number;
    table[index] = (before >>> 8) ^ (table[before & 255] as number);
  }
  return table;
}

function crc32(bytes: Uint8Array, start: number): number {
  const table = CRC_TABLE;
  let crc = start;
  let index = 0;
  for (const end = bytes.length - 3; index < end; index += 4) {
    crc ^=
      (bytes[index] as number) |
      ((bytes[index + 1] as number) << 8) |
      ((bytes[index + 2] as number) << 16) |
      ((bytes[index + 3] as number) << 24);
    crc =
      (table[768 + (crc & 255)] as number) ^
      (table[512 + ((crc >>> 8) & 255)] as number) ^
      (table[256 + ((crc >>> 16) & 255)] as number) ^
      (table[crc >>> 24] as number);
  }
  for (; index < bytes.length; index++) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[index] as number)) & 255] as number);
  }
  return crc;
}
