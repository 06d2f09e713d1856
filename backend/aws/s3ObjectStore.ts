import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type ObjectDelivery, type ObjectInfo, ObjectRefused, type ObjectStore } from '../core/ports.ts';
import { checkedKey } from './s3Keys.ts';

/** Seconds that a delivery's address works: long enough to begin a download, too short to be passed on. */
const DELIVERY_SECONDS = 15 * 60;
const CONFLICT_TRIES = 5;

export interface S3Bucket {
  readonly client: S3Client;
  readonly bucket: string;
}

/** Objects in one bucket. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ client, bucket }: S3Bucket) {
    this.#client = client;
    this.#bucket = bucket;
  }

  uri(key: string): string {
    const isFolder = key.endsWith('/');
    return `s3://${this.#bucket}/${checkedKey(isFolder ? key.slice(0, -1) : key)}${isFolder ? '/' : ''}`;
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: checkedKey(key) });
    const answer = await ifThere(this.#client.send(command));
    return answer && infoOf(key, answer.ContentLength, answer.LastModified);
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return (await this.#get(key))?.Body?.transformToByteArray();
  }

  async stream(key: string): Promise<ReadableStream<Uint8Array> | undefined> {
    return (await this.#get(key))?.Body?.transformToWebStream();
  }

  #get(key: string): Promise<GetObjectCommandOutput | undefined> {
    return ifThere(this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: checkedKey(key) })));
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: checkedKey(key), Body: body }));
  }

  async writeIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const input = { Bucket: this.#bucket, Key: checkedKey(key), Body: body, IfNoneMatch: '*' };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.send(new PutObjectCommand(input));
        return true;
      } catch (error) {
        // 409: another conditional write of this key was under way; whether it succeeded, only asking again tells.
        if (statusOf(error) === 409 && attempt < CONFLICT_TRIES) continue;
        if (statusOf(error) !== 412) throw error;
        // The SDK may have repeated a write of ours whose answer was lost.
        const repeated = attempt > 1 || attemptsOf(error) > 1;
        return repeated && Buffer.compare((await this.read(key)) ?? new Uint8Array(), body) === 0;
      }
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for await (const page of this.#pages(prefix)) yield* page;
  }

  async *#pages(prefix: string): AsyncGenerator<readonly ObjectInfo[]> {
    let token: string | undefined;
    do {
      const answer = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: token }),
      );
      yield (answer.Contents ?? []).flatMap(({ Key, Size, LastModified }) =>
        Key ? infoOf(Key, Size, LastModified) : [],
      );
      token = answer.NextContinuationToken;
    } while (token !== undefined);
  }

  async removeAll(prefix: string): Promise<number> {
    if (prefix === '') throw new ObjectRefused('An empty prefix would remove every object; name a folder.');
    let removed = 0;
    // A page of the list has as many keys as one call can delete.
    for await (const page of this.#pages(prefix)) {
      if (page.length === 0) continue;
      const objects = { Objects: page.map(({ key }) => ({ Key: key })), Quiet: true };
      const { Errors: errors = [] } = await this.#client.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: objects }),
      );
      const [first] = errors;
      if (first) throw new Error(`S3 did not delete ${errors.length} objects, ${first.Key} first: ${first.Message}`);
      removed += page.length;
    }
    return removed;
  }

  /** An address that works for a quarter of an hour, or as long as the credentials that sign it, if that is less. */
  async deliver(key: string, fileName: string): Promise<ObjectDelivery | undefined> {
    if (!(await this.head(key))) return undefined;
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      ResponseContentDisposition: contentDisposition(fileName),
    });
    const url = await getSignedUrl(this.#client, command, { expiresIn: DELIVERY_SECONDS });
    return { kind: 'redirect', url };
  }
}

/** RFC 6266: the plain name for what knows no better, the true one for the rest. */
function contentDisposition(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function infoOf(key: string, size: number | undefined, modified: Date | undefined): ObjectInfo {
  return { key, size: size ?? 0, modifiedAt: (modified ?? new Date(0)).toISOString() };
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function attemptsOf(error: unknown): number {
  return (error instanceof S3ServiceException && error.$metadata.attempts) || 1;
}

/** `undefined` for an object that does not exist; the role must be allowed to list, or S3 says 403 instead of 404. */
async function ifThere<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    const isMissingBucket = error instanceof S3ServiceException && error.name === 'NoSuchBucket';
    if (statusOf(error) === 404 && !isMissingBucket) return undefined;
    throw error;
  }
}
