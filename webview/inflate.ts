/** Gunzips what arrived gzipped, within bounds. */

import { t } from '@vscode/l10n';
import { MAX_INFLATED_BYTES } from '../extension/structure/formats.ts';
import { UnreadableStructureError } from './errors.ts';

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Bytes of a structure file, gunzipped when they are gzip (told by the magic number, not by the name).
 * @throws UnreadableStructureError for damaged gzip, or more than `limit` bytes inside.
 */
export async function inflate(bytes: Uint8Array, limit = MAX_INFLATED_BYTES): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const part = await reader.read().catch((error: unknown) => {
      throw new UnreadableStructureError(
        t('The file is gzipped, but the gzip data is damaged or cut off.'),
        t('Download or copy the file again; “gzip -t FILE” tells whether it is whole.'),
        { cause: error },
      );
    });
    if (part.done) break;
    size += part.value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw new UnreadableStructureError(
        t('The file is larger than {0} MB when unpacked.', Math.round(limit / (1024 * 1024))),
        t('Save only the chains or models you want to see to a smaller file.'),
      );
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
