/** What publishers say about their files, and whether a file is what they say. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Crc32c } from './crc32c.ts';
import { CorruptDownload } from './errors.ts';

/** Everything that is known of a published file; what is missing is not checked. */
export interface Expected {
  readonly bytes?: number;
  /** Hexadecimal. */
  readonly md5?: string;
  /** Hexadecimal, 8 digits. */
  readonly crc32c?: string;
}

/** One file of a metalink. */
export interface Release {
  readonly version: string | undefined;
  readonly files: ReadonlyMap<string, Expected>;
}

/**
 * Google Cloud Storage's `x-goog-hash: crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==`; large objects have no MD5. Amazon
 * S3's ETag is the MD5 of what was uploaded in one piece.
 */
export function expectedFromHeaders(headers: Headers): Expected {
  const bytes = Number(headers.get('x-goog-stored-content-length') ?? headers.get('content-length') ?? Number.NaN);
  const hashes = new Map(
    [...(headers.get('x-goog-hash') ?? '').matchAll(/(md5|crc32c)=([A-Za-z0-9+/]+={0,2})/g)].map(
      ([, kind = '', base64 = '']) => [kind, Buffer.from(base64, 'base64').toString('hex')],
    ),
  );
  const isS3 = headers.has('x-amz-request-id') || headers.get('server') === 'AmazonS3';
  const etag = isS3 ? md5OfEtag(headers.get('etag')) : undefined;
  const md5 = hashes.get('md5') ?? etag;
  const crc32c = hashes.get('crc32c');
  return { ...(Number.isSafeInteger(bytes) && { bytes }), ...(md5 && { md5 }), ...(crc32c && { crc32c }) };
}

/** `undefined` for the ETag of an upload in parts, which is no MD5. */
export function md5OfEtag(etag: string | null): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{32})"?$/.exec(etag ?? '')?.[1];
}

/** Reads a metalink 3.0 file, as UniProt publishes it with every release. */
export function parseMetalink(xml: string): Release {
  const version = /<version>([^<]+)<\/version>/.exec(xml)?.[1]?.trim();
  const files = new Map<string, Expected>();
  for (const [, name = '', body = ''] of xml.matchAll(/<file\s+name="([^"]+)"[^>]*>([\s\S]*?)<\/file>/g)) {
    const bytes = Number(/<size>(\d+)<\/size>/.exec(body)?.[1] ?? Number.NaN);
    const md5 = /<hash\s+type="md5">([0-9a-fA-F]{32})<\/hash>/.exec(body)?.[1]?.toLowerCase();
    files.set(name, { ...(Number.isSafeInteger(bytes) && { bytes }), ...(md5 && { md5 }) });
  }
  return { version, files };
}

/**
 * Reads the file once and compares it with what is known of it.
 *
 * @throws CorruptDownload
 */
export async function verifyFile(file: string, expected: Expected): Promise<void> {
  const { size } = await stat(file);
  if (expected.bytes !== undefined && size !== expected.bytes)
    throw new CorruptDownload(`${file} has ${size} bytes; ${expected.bytes} were published`);
  if (expected.md5 === undefined && expected.crc32c === undefined) return;
  // One is enough; MD5 runs in native code.
  const hash = expected.md5 === undefined ? new Crc32c() : createHash('md5');
  for await (const chunk of createReadStream(file, { highWaterMark: 4 * 1024 * 1024 })) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  const wanted = expected.md5 ?? expected.crc32c;
  if (found !== wanted) throw new CorruptDownload(`${file} has the checksum ${found}; ${wanted} was published`);
}
