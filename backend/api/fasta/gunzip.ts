import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';

/** The gzip data is cut off or damaged. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
  readonly kind: 'truncated' | 'damaged';

  constructor(kind: 'truncated' | 'damaged', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Bytes of one piece of output: a bomb costs no more memory than a novel. */
const BLOCK = 65_536;
/** zlib's word for "a gzip wrapper with the largest window" (zlib.h, inflateInit2). */
const GZIP_WINDOW_BITS = 15 + 16;

/** True when the bytes begin with gzip's magic number and its only method. */
export function looksGzipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && (bytes.length < 3 || bytes[2] === 8);
}

/**
 * Decompresses gzip (RFC 1952) as it arrives: any number of members (bgzip, `cat a.gz b.gz`), zero padding behind them,
 * CRC-32 and length checked.
 *
 * Why not `DecompressionStream`: it refuses a second member, decompresses ahead of the reader, and says differently in
 * each runtime what was wrong. This drives pako's port of zlib instead.
 */
export class Gunzip {
  private readonly stream = new ZStream();
  private readonly block = new Uint8Array(BLOCK);
  /** `between`: a member may begin here, or the padding, or the data may end. */
  private state: 'between' | 'member' | 'padding' = 'between';
  private members = 0;

  constructor() {
    zlibInflateInit2(this.stream, GZIP_WINDOW_BITS);
  }

  /**
   * @param chunk compressed bytes, split anywhere
   * @returns decompressed pieces; each is valid until the next one is asked for
   * @throws GzipError when the data is damaged
   */
  *write(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    const { stream } = this;
    stream.input = chunk;
    stream.next_in = 0;
    stream.avail_in = chunk.length;
    for (;;) {
      if (this.state === 'between' && stream.avail_in > 0) {
        zlibInflateReset(stream);
        // Tape blocks and some mirrors pad a finished file with zeros.
        this.state = this.members > 0 && chunk[stream.next_in] === 0 ? 'padding' : 'member';
      }
      if (this.state === 'padding') {
        this.skipPadding(chunk.subarray(stream.next_in));
        return;
      }
      if (this.state === 'between') return;
      stream.output = this.block;
      stream.next_out = 0;
      stream.avail_out = BLOCK;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      if (stream.next_out > 0) yield this.block.subarray(0, stream.next_out);
      if (status === Z_STREAM_END) {
        this.members++;
        this.state = 'between';
      } else if (status !== Z_OK && status !== Z_BUF_ERROR) {
        throw new GzipError('damaged', this.explain(stream.msg));
      } else if (stream.avail_in === 0 && stream.avail_out > 0) {
        return;
      }
    }
  }

  /** @throws GzipError when the data ends inside a member */
  end(): void {
    if (this.members === 0 || this.state === 'member') {
      throw new GzipError('truncated', 'the compressed data ends too early');
    }
  }

  private skipPadding(bytes: Uint8Array): void {
    if (bytes.some((byte) => byte !== 0)) throw new GzipError('damaged', AFTERWARDS);
  }

  /** zlib's message in words for someone who has never heard of zlib. */
  private explain(message: string): string {
    if (message === 'incorrect header check' && this.members > 0) return AFTERWARDS;
    if (message === 'incorrect data check') return 'the CRC-32 of the decompressed data is wrong';
    if (message === 'incorrect length check') return 'the length of the decompressed data is wrong';
    return message || 'the compressed data makes no sense';
  }
}

const AFTERWARDS = 'something that is not gzip follows the compressed data';
