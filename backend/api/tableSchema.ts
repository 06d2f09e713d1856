/**
 * How the one DynamoDB table is laid out: names of its keys and indexes, and how key values are made. Pure, so that the
 * store that writes items (`backend/aws`), the stack that creates the table and the tests that do share one truth.
 *
 * | item | `pk` | `sk` | further |
 * |---|---|---|---|
 * | job | `JOB#<id>` | `JOB` | `document` (JSON), `version`, `writer`, the index attributes, `batch` while it was never changed |
 * | API key | `KEY#<keyId>` | `KEY` | see `dynamoKeyStore.ts`; `kind`, `listKey` |
 * | idempotency key | `IDEMPOTENCY#<sha256>` | `IDEMPOTENCY` | `fingerprint`, `jobs`, `expires` |
 * | unfinished batch | `BATCH` | `<batchId>` | its jobs are hidden while this item exists; `expires` once given up |
 * | mail sent | `MAIL` | `foldpad-mail#<digest of the job id>` | Powertools' idempotency record; `expires` |
 * | run claim | `RUN#<runId>` | `RUN` | see `batchScheduler.ts`; `expires` |
 *
 * The indexes project keys only: an update that leaves a job's state as it is writes to no index, and a list reads a
 * few bytes per job before it fetches the documents of one page.
 */
import type { JobStatus } from './job.ts';

/** Keys of the table; strings. */
export const TABLE_KEY = { partition: 'pk', sort: 'sk' } as const;

/** Items whose time (seconds since 1970, a number) has passed are removed by DynamoDB. */
export const TTL_ATTRIBUTE = 'expires';

export interface TableIndex {
  readonly name: string;
  /** Attribute of type string. */
  readonly partition: string;
  /** Attribute of type string. */
  readonly sort: string;
}

/** Global secondary indexes. All project keys only and are read newest first by {@link listKey}. */
export const TABLE_INDEXES = {
  /** Everything of one kind: all jobs (`JOB`), all API keys (`KEY`). */
  byKind: { name: 'byKind', partition: 'kind', sort: 'listKey' },
  byOwner: { name: 'byOwner', partition: 'jobOwner', sort: 'listKey' },
  byStatus: { name: 'byStatus', partition: 'jobStatus', sort: 'listKey' },
  byOwnerStatus: { name: 'byOwnerStatus', partition: 'jobOwnerStatus', sort: 'listKey' },
} as const satisfies Readonly<Record<string, TableIndex>>;

/** Projection type of every index, in CloudFormation's words. */
export const INDEX_PROJECTION = 'KEYS_ONLY';

/** Sort key of the indexes: ISO 8601 times of one length sort as text; the id tells jobs of one instant apart. */
export function listKey(createdAt: string, id: string): string {
  return `${createdAt}#${id}`;
}

/** Partition of {@link TABLE_INDEXES.byOwnerStatus}. No state has a `#`, so no two pairs meet. */
export function ownerStatusKey(owner: string, status: JobStatus): string {
  return `${status}#${owner}`;
}

/** Key of an item as plain strings. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const JOB_PREFIX = 'JOB#';

export function jobItemKey(id: string): ItemKey {
  return { pk: `${JOB_PREFIX}${id}`, sk: 'JOB' };
}

/** The job's id from the `pk` of {@link jobItemKey}. */
export function jobIdOf(pk: string): string {
  return pk.slice(JOB_PREFIX.length);
}

export function apiKeyItemKey(keyId: string): ItemKey {
  return { pk: `KEY#${keyId}`, sk: 'KEY' };
}

/** @param digest SHA-256 of owner and key, hexadecimal: keys may be longer than a key attribute may be */
export function idempotencyItemKey(digest: string): ItemKey {
  return { pk: `IDEMPOTENCY#${digest}`, sk: 'IDEMPOTENCY' };
}

/** All unfinished batches share a partition, so that those that were given up are found by one query. */
export const BATCH_PARTITION = 'BATCH';

export function batchItemKey(batchId: string): ItemKey {
  return { pk: BATCH_PARTITION, sk: batchId };
}

/** All records of mails that were sent. */
export const MAIL_PARTITION = 'MAIL';

export function runClaimItemKey(runId: string): ItemKey {
  return { pk: `RUN#${runId}`, sk: 'RUN' };
}
