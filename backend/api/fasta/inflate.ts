/**
 * DEFLATE (RFC 1951), decompressed in steps.
 *
 * Why not `DecompressionStream`: it refuses a second gzip member (Node 24: ERR_TRAILING_JUNK_AFTER_STREAM_END) and does
 * not tell where the first one ended, but every bgzip file and every `cat a.gz b.gz` has several. It also lets a
 * bomb decompress ahead of the reader, and says differently in each runtime what was wrong.
 *
 * The caller gives input with `feed` and takes output with `step` until `step` asks for more. Memory is constant:
 * the 32 KiB window, one output block, and the input that was given last.
 */

import { joinBytes } from './bytes.ts';
import {
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  type Huffman,
  huffman,
  InflateError,
  LENGTH_BASE,
  LENGTH_EXTRA,
} from './huffman.ts';

const WINDOW = 32_768;
const BLOCK = 65_536;
/** Longest copy: output stops this far before the end of the buffer. */
const MAX_COPY = 258;
/** A length and distance pair takes at most 15 + 5 + 15 + 13 bits. */
const PAIR_BITS = 48;

/** RFC 1951, 3.2.7: the order in which the lengths of the code-length code are stored. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Thrown inside when input cuts a block header; `step` rolls back and asks for more. */
class NeedInput extends Error {}

/** What `step` stopped for. */
export type InflateState = 'need-input' | 'output' | 'done';

export class Inflater {
  private input: Uint8Array = new Uint8Array(0);
  private position = 0;
  private hold = 0;
  private held = 0;
  private readonly buffer = new Uint8Array(WINDOW + BLOCK + MAX_COPY);
  private written = 0;
  private taken = 0;
  private block: 'header' | 'stored' | 'codes' | 'end' = 'header';
  private last = false;
  private storedLeft = 0;
  private literals: Huffman | undefined;
  private distances: Huffman | undefined;

  /** Adds input. What the last input still held comes first. */
  feed(bytes: Uint8Array): void {
    // Whole bytes that were read ahead go back first, so that `remainder` finds them in this input.
    this.position -= this.held >> 3;
    this.held &= 7;
    this.hold &= (1 << this.held) - 1;
    const rest = this.input.subarray(this.position);
    this.input = rest.length === 0 ? bytes : joinBytes(rest, bytes);
    this.position = 0;
  }

  /** Decompresses until a block of output is full, the input runs dry, or the stream ends. */
  step(): InflateState {
    while (this.block !== 'end') {
      if (this.written >= WINDOW + BLOCK - MAX_COPY) {
        return 'output';
      }
      const enough = this.block === 'header' ? this.header() : this.block === 'stored' ? this.stored() : this.codes();
      if (!enough) {
        return this.written > this.taken ? 'output' : 'need-input';
      }
    }
    return this.written > this.taken ? 'output' : 'done';
  }

  /** The output made since the last call, valid until the next `step`. */
  take(): Uint8Array {
    const output = this.buffer.subarray(this.taken, this.written);
    this.taken = this.written;
    if (this.written >= WINDOW + BLOCK - MAX_COPY) {
      // The view must stay intact while the caller reads it, so it is copied before the window moves.
      const copy = output.slice();
      this.buffer.copyWithin(0, this.written - WINDOW, this.written);
      this.written = WINDOW;
      this.taken = WINDOW;
      return copy;
    }
    return output;
  }

  /** Input that lies behind the end of the stream; only once `step` said `done`. */
  remainder(): Uint8Array {
    return this.input.subarray(this.position - (this.held >> 3));
  }

  private bits(count: number): number {
    while (this.held < count) {
      const byte = this.input[this.position];
      if (byte === undefined) {
        throw new NeedInput();
      }
      this.position++;
      this.hold |= byte << this.held;
      this.held += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  private header(): boolean {
    if (this.last) {
      this.block = 'end';
      return true;
    }
    const { position, hold, held } = this;
    try {
      const last = this.bits(1) === 1;
      const kind = this.bits(2);
      if (kind === 0) {
        this.startStored();
      } else if (kind === 1) {
        this.startFixed();
      } else if (kind === 2) {
        this.startDynamic();
      } else {
        throw new InflateError('a block has the unknown type 3');
      }
      this.last = last;
      return true;
    } catch (error) {
      if (!(error instanceof NeedInput)) {
        throw error;
      }
      this.position = position;
      this.hold = hold;
      this.held = held;
      return false;
    }
  }

  private startStored(): void {
    this.bits(this.held & 7);
    const length = this.bits(16);
    if ((this.bits(16) ^ 0xffff) !== length) {
      throw new InflateError('the length of a stored block does not match its check');
    }
    this.storedLeft = length;
    this.block = 'stored';
  }

  private startFixed(): void {
    const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
    this.literals = huffman(lengths);
    this.distances = huffman(new Uint8Array(30).fill(5));
    this.block = 'codes';
  }

  private startDynamic(): void {
    const literalCount = this.bits(5) + 257;
    const distanceCount = this.bits(5) + 1;
    const codeCount = this.bits(4) + 4;
    const codeLengths = new Uint8Array(19);
    for (let index = 0; index < codeCount; index++) {
      codeLengths[CODE_LENGTH_ORDER[index] ?? 0] = this.bits(3);
    }
    const code = huffman(codeLengths);
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let index = 0; index < lengths.length; ) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths[index++] = symbol;
        continue;
      }
      const previous = lengths[index - 1];
      if (symbol === 16 && previous === undefined) {
        throw new InflateError('a code length repeats nothing');
      }
      const value = symbol === 16 ? (previous ?? 0) : 0;
      const repeat = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (index + repeat > lengths.length) {
        throw new InflateError('the code lengths run over their table');
      }
      lengths.fill(value, index, index + repeat);
      index += repeat;
    }
    this.literals = huffman(lengths.subarray(0, literalCount));
    this.distances = huffman(lengths.subarray(literalCount));
    this.block = 'codes';
  }

  /** One symbol, bit by bit from the table; for block headers, where speed does not count. */
  private symbol(code: Huffman): number {
    for (let count = 0, value = 0; count < code.bits; ) {
      value |= this.bits(1) << count++;
      const entry = code.table[value] ?? 0;
      if (entry !== 0 && (entry & 15) === count) {
        return entry >> 4;
      }
    }
    throw new InflateError('a code is not in its table');
  }

  private stored(): boolean {
    while (this.storedLeft > 0 && this.held >= 8) {
      this.buffer[this.written++] = this.bits(8);
      this.storedLeft--;
    }
    const room = WINDOW + BLOCK - this.written;
    const count = Math.min(this.storedLeft, this.input.length - this.position, room);
    this.buffer.set(this.input.subarray(this.position, this.position + count), this.written);
    this.position += count;
    this.written += count;
    this.storedLeft -= count;
    if (this.storedLeft === 0) {
      this.block = 'header';
      return true;
    }
    return count > 0;
  }

  /**
   * Literals and copies of a compressed block. A step is made only when the longest pair would fit into what is left;
   * gzip's 8-byte trailer behind the last code is longer than that, so an unharmed file never starves here.
   */
  private codes(): boolean {
    const { input, buffer, literals, distances } = this;
    if (literals === undefined || distances === undefined) {
      throw new InflateError('a block has no codes');
    }
    const inputBits = input.length * 8;
    const full = WINDOW + BLOCK - MAX_COPY;
    const literalMask = (1 << literals.bits) - 1;
    const distanceMask = (1 << distances.bits) - 1;
    let { position, hold, held, written } = this;
    let open = true;
    while (open && inputBits - position * 8 + held >= PAIR_BITS && written < full) {
      while (held < literals.bits) {
        hold |= (input[position++] as number) << held;
        held += 8;
      }
      const entry = literals.table[hold & literalMask] as number;
      if (entry === 0) {
        throw new InflateError('a code is not in its table');
      }
      hold >>>= entry & 15;
      held -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256) {
        buffer[written++] = symbol;
        continue;
      }
      if (symbol === 256) {
        open = false;
        break;
      }
      const extra = LENGTH_EXTRA[symbol - 257];
      if (extra === undefined) {
        throw new InflateError('a copy has an unknown length');
      }
      if (held < extra) {
        hold |= (input[position++] as number) << held;
        held += 8;
      }
      const length = (LENGTH_BASE[symbol - 257] as number) + (hold & ((1 << extra) - 1));
      hold >>>= extra;
      held -= extra;
      while (held < distances.bits) {
        hold |= (input[position++] as number) << held;
        held += 8;
      }
      const distanceEntry = distances.table[hold & distanceMask] as number;
      const distanceExtra = DISTANCE_EXTRA[distanceEntry >> 4];
      if (distanceEntry === 0 || distanceExtra === undefined) {
        throw new InflateError('a copy has an unknown distance');
      }
      hold >>>= distanceEntry & 15;
      held -= distanceEntry & 15;
      while (held < distanceExtra) {
        hold |= (input[position++] as number) << held;
        held += 8;
      }
      const distance = (DISTANCE_BASE[distanceEntry >> 4] as number) + (hold & ((1 << distanceExtra) - 1));
      hold >>>= distanceExtra;
      held -= distanceExtra;
      if (distance > written) {
        throw new InflateError('a copy reaches before the start');
      }
      for (let from = written - distance, stop = from + length; from < stop; ) {
        buffer[written++] = buffer[from++] as number;
      }
    }
    this.position = position;
    this.hold = hold;
    this.held = held;
    this.written = written;
    if (!open) {
      this.block = 'header';
    }
    return !open || written >= full;
  }
}
