import { decodeUtf8 } from './bytes.ts';

/** Puts a non-ASCII character together from its UTF-8 bytes, which may arrive in different pieces. */
export class WideCharacter {
  private bytes: number[] = [];
  private length = 0;
  /** Where the character begins. */
  column = 0;

  /** A character has begun and may go on. */
  get isOpen(): boolean {
    return this.bytes.length > 0;
  }

  /** @returns true when the character is complete with this byte: no byte can follow it */
  start(lead: number, column: number): boolean {
    this.bytes = [lead];
    this.column = column;
    this.length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return this.length === 1;
  }

  /** @returns whether the byte belongs to the character, and whether that is complete now */
  add(byte: number): 'foreign' | 'open' | 'complete' {
    if ((byte & 0xc0) !== 0x80) {
      return 'foreign';
    }
    this.bytes.push(byte);
    return this.bytes.length === this.length ? 'complete' : 'open';
  }

  /** The character as an editor shows it: U+FFFD, perhaps several, where the bytes are no UTF-8. */
  take(): string {
    const text = decodeUtf8(Uint8Array.from(this.bytes));
    this.bytes = [];
    return text;
  }
}
