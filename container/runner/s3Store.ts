import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Store } from './store.ts';

/** A prediction took hours: its upload may try for longer than the SDK would by itself. */
const MAX_ATTEMPTS = 8;
/** S3 takes 10,000 parts of an object: 160 GB. */
const PART_BYTES = 16 * 1024 * 1024;
const PARTS_AT_ONCE = 4;
const CONFLICT_TRIES = 5;

/** Objects in an S3 bucket, below a key prefix. */
export class S3Store implements Store {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  /**
   * @param prefix what every key begins with: empty, or ending in a slash
   * @param client default: region, credentials and endpoint as the environment says
   */
  constructor(bucket: string, prefix = '', client: S3Client = new S3Client({ maxAttempts: MAX_ATTEMPTS })) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      const answer = await this.#client.send(new GetObjectCommand(this.#object(key)));
      return await answer.Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async readFile(key: string, file: string): Promise<boolean> {
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      const { Body: body } = await this.#client.send(new GetObjectCommand(this.#object(key)));
      if (!body) return false;
      await pipeline(body as Readable, createWriteStream(temporary, { flags: 'wx' }));
      await rename(temporary, file);
      return true;
    } catch (error) {
      await rm(temporary, { force: true });
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return false;
      throw error;
    }
  }

  async write(key: string, body: Uint8Array): Promise<void> {
    await this.#client.send(new PutObjectCommand({ ...this.#object(key), Body: body }));
  }

  async writeFile(key: string, file: string): Promise<void> {
    // A stream that cannot be opened would be noticed by nobody who waits.
    await (await open(file)).close();
    const body = createReadStream(file, { highWaterMark: 1024 * 1024 });
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#object(key), Body: body },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    try {
      await upload.done();
    } finally {
      body.destroy();
    }
  }

  async writeIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const input = { ...this.#object(key), Body: body, IfNoneMatch: '*' };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.send(new PutObjectCommand(input));
        return true;
      } catch (error) {
        if (!(error instanceof S3ServiceException)) throw error;
        const { httpStatusCode: status, attempts = 1 } = error.$metadata;
        // 409: another conditional write of this key was under way; whether it succeeded, only asking again tells.
        if (status === 409 && attempt < CONFLICT_TRIES) continue;
        if (status !== 412) throw error;
        // The SDK may have repeated a write of ours whose answer was lost.
        const repeated = attempt > 1 || attempts > 1;
        return repeated && Buffer.compare((await this.read(key)) ?? new Uint8Array(), body) === 0;
      }
    }
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const answer = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix + prefix, ContinuationToken: token }),
      );
      keys.push(...(answer.Contents ?? []).flatMap(({ Key }) => Key?.slice(this.#prefix.length) ?? []));
      token = answer.NextContinuationToken;
    } while (token !== undefined);
    return keys;
  }

  async removeAll(prefix: string): Promise<void> {
    const keys = await this.list(prefix);
    // One call deletes at most so many.
    for (let start = 0; start < keys.length; start += 1000) {
      const objects = keys.slice(start, start + 1000).map((key) => ({ Key: this.#prefix + key }));
      const { Errors: errors = [] } = await this.#client.send(
        new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects: objects, Quiet: true } }),
      );
      const [first] = errors;
      if (first) throw new Error(`S3 did not delete ${errors.length} objects, ${first.Key} first: ${first.Message}`);
    }
  }

  #object(key: string): { Bucket: string; Key: string } {
    if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw new Error(`"${key}" is not a key of an object.`);
    }
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }
}
