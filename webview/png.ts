/** Writes words into a PNG file, so that a picture keeps saying what it shows. Pure. */

const SIGNATURE_BYTES = 8;

/** CRC-32 as PNG wants it (ISO 3309, polynomial 0xEDB88320), over the given bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** An `iTXt` chunk: international text, not compressed (PNG specification, 11.3.3.4). */
function textChunk(keyword: string, text: string): Uint8Array {
  const encoder = new TextEncoder();
  // Keyword, end, compression flag and method, no language, no translated keyword, text.
  const data = encoder.encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(data.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length - 4);
  chunk.set(data, 4);
  view.setUint32(chunk.length - 4, crc32(data));
  return chunk;
}

/**
 * Adds text to a PNG, behind its header.
 * @param texts by keyword: 1–79 Latin letters; PNG knows `Title`, `Description`, `Software`, `Source`, `Creation Time`
 */
export function addPngTexts(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const headerLength = new DataView(png.buffer, png.byteOffset, png.byteLength).getUint32(SIGNATURE_BYTES);
  // Length, type and checksum take twelve bytes around the header's data.
  const after = SIGNATURE_BYTES + 12 + headerLength;
  const chunks = Object.entries(texts)
    .filter(([, text]) => text !== '')
    .map(([keyword, text]) => textChunk(keyword, text));
  const added = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const result = new Uint8Array(png.length + added);
  result.set(png.subarray(0, after));
  let at = after;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  result.set(png.subarray(after), at);
  return result;
}
