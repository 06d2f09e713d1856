const FIRST_SLOTS = 1024;

/**
 * Where each id was first used, for a quarter of a million ids in 6 MB: open addressing over 64-bit hashes, no strings
 * (a string cut from a header would keep the whole header alive). Two of so many different ids share a hash with a
 * chance of 1 in 500 million.
 */
export class IdTable {
  size = 0;
  /** Three words a slot: hash, second hash, line. Line 0 is a free slot. */
  private slots: Uint32Array;

  /** @param expected room for so many ids, where their number is known: growing moves them all */
  constructor(expected = 0) {
    let slots = FIRST_SLOTS;
    while (slots < expected * 2) slots *= 2;
    this.slots = new Uint32Array(slots * 3);
  }

  /**
   * Remembers an id.
   *
   * @param line 1-based line of this use
   * @param limit more ids than this are looked up but not remembered
   * @returns the line of its first use, or undefined when this is the first
   */
  add(id: string, line: number, limit: number): number | undefined {
    let first = 0x811c9dc5;
    let second = 0x9e3779b9;
    for (let index = 0; index < id.length; index++) {
      const code = id.charCodeAt(index);
      first = Math.imul(first ^ code, 0x85ebca6b);
      second = Math.imul(second ^ code, 0xc2b2ae35);
      first ^= first >>> 15;
      second ^= second >>> 13;
    }
    first = Math.imul(first ^ (second >>> 16), 0x27d4eb2f) >>> 0;
    second = (second ^ first) >>> 0;
    const slot = this.find(first, second);
    const known = this.slots[slot + 2] as number;
    if (known !== 0) {
      return known;
    }
    if (this.size < limit) {
      this.slots[slot] = first;
      this.slots[slot + 1] = second;
      this.slots[slot + 2] = line;
      this.size++;
      if (this.size * 6 > this.slots.length) {
        this.grow();
      }
    }
    return undefined;
  }

  /** Offset of the slot that holds the hashes, or of the free one where they belong. */
  private find(first: number, second: number): number {
    const { slots } = this;
    const mask = slots.length / 3 - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const offset = slot * 3;
      if (slots[offset + 2] === 0 || (slots[offset] === first && slots[offset + 1] === second)) {
        return offset;
      }
    }
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    for (let from = 0; from < old.length; from += 3) {
      if (old[from + 2] !== 0) {
        const to = this.find(old[from] as number, old[from + 1] as number);
        this.slots[to] = old[from] as number;
        this.slots[to + 1] = old[from + 1] as number;
        this.slots[to + 2] = old[from + 2] as number;
      }
    }
  }
}
