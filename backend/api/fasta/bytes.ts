/** The bytes of `first` followed by those of `second`, in memory of their own. */
export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const LATIN1 = new TextDecoder('latin1');
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of bytes that are known to be ASCII. */
export function decodeAscii(bytes: Uint8Array): string {
  return LATIN1.decode(bytes);
}

/** Text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD, as in an editor. */
export function decodeUtf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}
