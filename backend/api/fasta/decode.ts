import { joinBytes } from './bytes.ts';
import { type Explanation, fileTooLarge, gzipBomb, gzipDamaged, gzipTruncated } from './explain.ts';
import { Gunzip, GzipError, looksGzipped } from './gunzip.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';

/** Ends a parse: what follows cannot be read. Without a place, it is where the parser stands. */
export class FastaRefusal extends Error {
  override readonly name = 'FastaRefusal';
  readonly explanation: Explanation;
  readonly place: { readonly line: number; readonly column: number } | undefined;

  constructor(explanation: Explanation, place?: { readonly line: number; readonly column: number }) {
    super(explanation.message);
    this.explanation = explanation;
    this.place = place;
  }
}

export interface DecodeLimits {
  readonly maxBytes: number;
  readonly maxExpansion: number;
  /** The bytes are text from the middle of a file: neither compressed, nor to be judged by how they begin. */
  readonly isPart: boolean;
}

/** Below this much text the expansion of a gzip is not judged: any real file may begin with a repeat. */
const EXPANSION_FLOOR = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * From the bytes of a file to the bytes of its text: decompresses gzip (told by its magic number, not by the file's
 * name), refuses what is no FASTA by its first 4 KiB, drops the UTF-8 byte order mark, and enforces the size limits.
 */
export class FastaDecoder {
  /** Bytes of text so far. */
  textBytes = 0;
  compressed = false;
  private readonly limits: DecodeLimits;
  private compressedBytes = 0;
  private magic: Uint8Array | undefined = new Uint8Array(0);
  private gunzip: Gunzip | undefined;
  private head: Uint8Array | undefined = new Uint8Array(0);

  constructor(limits: DecodeLimits) {
    this.limits = limits;
    if (limits.isPart) {
      this.magic = undefined;
      this.head = undefined;
    }
  }

  /**
   * @param chunk bytes of the file, split anywhere
   * @returns pieces of text; each is valid until the next one is asked for
   * @throws FastaRefusal
   */
  *write(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let bytes = chunk;
    if (this.magic !== undefined) {
      bytes = joinBytes(this.magic, chunk);
      this.magic = bytes;
      if (bytes.length < 3) {
        return;
      }
      yield* this.start(bytes);
      return;
    }
    yield* this.expand(bytes);
  }

  /** @throws FastaRefusal */
  *end(): Generator<Uint8Array, void, undefined> {
    if (this.magic !== undefined) {
      yield* this.start(this.magic);
    }
    if (this.gunzip !== undefined) {
      try {
        this.gunzip.end();
      } catch (error) {
        // What came before the cut is still worth judging.
        yield* this.flushHead();
        throw refusal(error);
      }
    }
    yield* this.flushHead();
  }

  private *start(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.magic = undefined;
    if (looksGzipped(bytes)) {
      this.compressed = true;
      this.gunzip = new Gunzip();
    }
    yield* this.expand(bytes);
  }

  private *expand(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    if (this.gunzip === undefined) {
      yield* this.text(bytes);
      return;
    }
    this.compressedBytes += bytes.length;
    const pieces = this.gunzip.write(bytes);
    for (;;) {
      const piece = nextPiece(pieces);
      if (piece === undefined) {
        return;
      }
      yield* this.text(piece);
    }
  }

  private *text(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.textBytes += bytes.length;
    const { maxBytes, maxExpansion } = this.limits;
    if (this.textBytes > maxBytes) {
      throw new FastaRefusal(fileTooLarge(maxBytes));
    }
    const tooDense = this.compressed && this.textBytes > this.compressedBytes * maxExpansion;
    if (tooDense && this.textBytes > EXPANSION_FLOOR) {
      throw new FastaRefusal(gzipBomb(maxExpansion));
    }
    if (this.head === undefined) {
      yield bytes;
      return;
    }
    this.head = joinBytes(this.head, bytes);
    if (this.head.length >= SNIFF_BYTES) {
      yield* this.flushHead();
    }
  }

  private *flushHead(): Generator<Uint8Array, void, undefined> {
    const head = this.head;
    if (head === undefined) {
      return;
    }
    this.head = undefined;
    const found = sniff(head.subarray(0, SNIFF_BYTES));
    if (found !== undefined) {
      throw new FastaRefusal(found.explanation, found);
    }
    yield BYTE_ORDER_MARK.every((byte, index) => head[index] === byte) ? head.subarray(3) : head;
  }
}

function nextPiece(pieces: Generator<Uint8Array, void, undefined>): Uint8Array | undefined {
  try {
    const next = pieces.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    throw refusal(error);
  }
}

function refusal(error: unknown): unknown {
  if (!(error instanceof GzipError)) {
    return error;
  }
  return new FastaRefusal(error.kind === 'truncated' ? gzipTruncated() : gzipDamaged(error.message));
}
