/**
 * Who hands a run over to AWS Batch. SubmitJob may start a second job for the same run, so before it is called the run
 * is claimed in the table, and afterwards the Batch job's id is written into the claim.
 */
import { DeleteItemCommand, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { runClaimItemKey, TTL_ATTRIBUTE } from '../api/tableSchema.ts';
import { type DynamoTable, type Item, inSeconds, isConditionFailed, keyValues, number, text } from './dynamoValues.ts';

/** A claim is kept longer than Batch remembers a job, and than any job can wait. */
const CLAIM_KEPT_SECONDS = 60 * 24 * 3600;

export type Claim =
  /** The caller may hand the run over; `token` proves it. */
  | { readonly kind: 'mine'; readonly token: string }
  /** It was handed over before. */
  | { readonly kind: 'handed-over'; readonly schedulerId: string }
  /** Nobody has handed it over, and nobody may any more. */
  | { readonly kind: 'withdrawn' }
  /** Somebody else is at it, since `since` (milliseconds since 1970), or died over it. */
  | { readonly kind: 'pending'; readonly since: number; readonly token: string };

/** A claim that somebody else has, or that nobody can have. */
export type OthersClaim = Exclude<Claim, { readonly kind: 'mine' }>;

export interface RunClaims {
  /**
   * Claims a run that nobody has claimed.
   * @param abandoned token of a claim that was given up: it may be taken over
   */
  take(runId: string, abandoned?: string): Promise<Claim>;
  /** As `take`, but for nobody: it keeps everybody from handing the run over, for good. */
  withdraw(runId: string, abandoned?: string): Promise<OthersClaim>;
  /** Writes down the id of the Batch job that the run became. */
  record(runId: string, schedulerId: string): Promise<void>;
  /** Gives a claim back: nothing was handed over. */
  release(runId: string, token: string): Promise<void>;
}

/** Claims in the table, one item each. */
export class DynamoRunClaims implements RunClaims {
  readonly #table: DynamoTable;
  readonly #now: () => number;

  constructor(table: DynamoTable, now: () => number = Date.now) {
    this.#table = table;
    this.#now = now;
  }

  async take(runId: string, abandoned?: string): Promise<Claim> {
    const token = crypto.randomUUID();
    const other = await this.#putIfFree(runId, { claimToken: text(token) }, abandoned);
    return other ?? { kind: 'mine', token };
  }

  async withdraw(runId: string, abandoned?: string): Promise<OthersClaim> {
    // Without a token nobody can take it over.
    const other = await this.#putIfFree(runId, { withdrawn: { BOOL: true } }, abandoned);
    return other ?? { kind: 'withdrawn' };
  }

  /** @returns what is there already, if anything is that counts */
  async #putIfFree(runId: string, item: Item, abandoned: string | undefined): Promise<OthersClaim | undefined> {
    const { client, tableName } = this.#table;
    const now = this.#now();
    const free = 'attribute_not_exists(pk)';
    const takeOver = '(claimToken = :abandoned AND attribute_not_exists(schedulerId))';
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...keyValues(runClaimItemKey(runId)),
            ...item,
            claimedAt: number(now),
            [TTL_ATTRIBUTE]: number(inSeconds(now, CLAIM_KEPT_SECONDS)),
          },
          ConditionExpression: abandoned === undefined ? free : `${free} OR ${takeOver}`,
          ...(abandoned !== undefined && { ExpressionAttributeValues: { ':abandoned': text(abandoned) } }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
      const found = error.Item ?? (await this.#read(runId));
      // Given back at this very moment: the next try will get it.
      return found ? claimOf(found) : { kind: 'pending', since: now, token: '' };
    }
  }

  async #read(runId: string): Promise<Item | undefined> {
    const { client, tableName } = this.#table;
    const Key = keyValues(runClaimItemKey(runId));
    return (await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  }

  async record(runId: string, schedulerId: string): Promise<void> {
    const { client, tableName } = this.#table;
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyValues(runClaimItemKey(runId)),
        UpdateExpression: 'SET schedulerId = if_not_exists(schedulerId, :id), #expires = :expires',
        ExpressionAttributeNames: { '#expires': TTL_ATTRIBUTE },
        ExpressionAttributeValues: {
          ':id': text(schedulerId),
          ':expires': number(inSeconds(this.#now(), CLAIM_KEPT_SECONDS)),
        },
      }),
    );
  }

  async release(runId: string, token: string): Promise<void> {
    const { client, tableName } = this.#table;
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: tableName,
          Key: keyValues(runClaimItemKey(runId)),
          ConditionExpression: 'claimToken = :token AND attribute_not_exists(schedulerId)',
          ExpressionAttributeValues: { ':token': text(token) },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  }
}

function claimOf(item: Item): OthersClaim {
  // It comes first: somebody whose claim had been given up may have handed the run over all the same.
  const schedulerId = item.schedulerId?.S;
  if (schedulerId !== undefined) return { kind: 'handed-over', schedulerId };
  if (item.withdrawn?.BOOL) return { kind: 'withdrawn' };
  return { kind: 'pending', since: Number(item.claimedAt?.N ?? 0), token: item.claimToken?.S ?? '' };
}
