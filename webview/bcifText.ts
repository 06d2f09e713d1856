/**
 * Reads the strings of a BinaryCIF file's columns without decoding its numbers. Pure.
 * BinaryCIF is MessagePack; a text column is a `StringArray` whose `stringData` holds every distinct value, one after
 * the other (https://github.com/molstar/BinaryCIF). For a category of one row that is the value itself.
 */

type Value = null | boolean | number | string | Uint8Array | readonly Value[] | { readonly [key: string]: Value };

/** A file that ends too early or uses a type MessagePack does not have. */
export class BinaryCifError extends Error {
  override readonly name = 'BinaryCifError';
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #skip(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw new BinaryCifError('The BinaryCIF file ends too early.');
    this.#at += length;
    return start;
  }

  #length(size: 1 | 2 | 4): number {
    const at = this.#skip(size);
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #text(length: number): string {
    const at = this.#skip(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  #binary(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, at + length);
  }

  #list(length: number): Value[] {
    const list: Value[] = [];
    for (let i = 0; i < length; i++) list.push(this.value());
    return list;
  }

  #map(length: number): Record<string, Value> {
    const map: Record<string, Value> = Object.create(null);
    for (let i = 0; i < length; i++) {
      const key = this.value();
      if (typeof key !== 'string') throw new BinaryCifError('A name in the BinaryCIF file is not a text.');
      map[key] = this.value();
    }
    return map;
  }

  value(): Value {
    const type = this.#length(1);
    if (type <= 0x7f) return type;
    if (type <= 0x8f) return this.#map(type & 0x0f);
    if (type <= 0x9f) return this.#list(type & 0x0f);
    if (type <= 0xbf) return this.#text(type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    return this.#long(type);
  }

  #long(type: number): Value {
    const view = this.#view;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#binary(this.#length(1));
      case 0xc5:
        return this.#binary(this.#length(2));
      case 0xc6:
        return this.#binary(this.#length(4));
      case 0xca:
        return view.getFloat32(this.#skip(4));
      case 0xcb:
        return view.getFloat64(this.#skip(8));
      case 0xcc:
        return this.#length(1);
      case 0xcd:
        return this.#length(2);
      case 0xce:
        return this.#length(4);
      case 0xcf:
        return Number(view.getBigUint64(this.#skip(8)));
      case 0xd0:
        return view.getInt8(this.#skip(1));
      case 0xd1:
        return view.getInt16(this.#skip(2));
      case 0xd2:
        return view.getInt32(this.#skip(4));
      case 0xd3:
        return Number(view.getBigInt64(this.#skip(8)));
      case 0xd9:
        return this.#text(this.#length(1));
      case 0xda:
        return this.#text(this.#length(2));
      case 0xdb:
        return this.#text(this.#length(4));
      case 0xdc:
        return this.#list(this.#length(2));
      case 0xdd:
        return this.#list(this.#length(4));
      case 0xde:
        return this.#map(this.#length(2));
      case 0xdf:
        return this.#map(this.#length(4));
      default:
        throw new BinaryCifError(`Byte 0x${type.toString(16)} is not part of a BinaryCIF file.`);
    }
  }
}

const field = (value: Value | undefined, key: string): Value | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
    ? (value as Record<string, Value>)[key]
    : undefined;
const items = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);

/** Looks text columns up in the first data block; the answer is undefined for a column that is not there. */
export type BinaryCifText = (category: string, column: string) => string | undefined;

/**
 * Opens a BinaryCIF file.
 * @throws BinaryCifError when the bytes are not MessagePack.
 */
export function readBinaryCifText(bytes: Uint8Array): BinaryCifText {
  const block = items(field(new Reader(bytes).value(), 'dataBlocks'))[0];
  return (category, column) => {
    const found = items(field(block, 'categories')).find(
      (candidate) => String(field(candidate, 'name')).toLowerCase() === category.toLowerCase(),
    );
    const data = items(field(found, 'columns')).find((candidate) => field(candidate, 'name') === column);
    const text = field(items(field(field(data, 'data'), 'encoding'))[0], 'stringData');
    return typeof text === 'string' ? text : undefined;
  };
}
