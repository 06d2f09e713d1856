/**
 * DynamoDB's typed values, and its answers to conditions. The plain client speaks in these; the document client would
 * translate them, at the price of a larger bundle in every function.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import type { ItemKey } from '../api/tableSchema.ts';

export type Item = Record<string, AttributeValue>;

/** A table, and the client that reaches it. */
export interface DynamoTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

export function text(value: string): AttributeValue {
  return { S: value };
}

export function number(value: number): AttributeValue {
  return { N: `${value}` };
}

export function texts(values: readonly string[]): AttributeValue {
  return { L: values.map(text) };
}

export function keyValues({ pk, sk }: ItemKey): Item {
  return { pk: text(pk), sk: text(sk) };
}

/** @throws Error if the item has no such text: somebody else wrote it */
export function textOf(item: Item, attribute: string): string {
  const value = item[attribute]?.S;
  if (value === undefined) throw new Error(`The item ${item.pk?.S} of the table has no text "${attribute}".`);
  return value;
}

export function textsOf(item: Item, attribute: string): readonly string[] {
  return (item[attribute]?.L ?? []).flatMap(({ S }) => S ?? []);
}

/** Seconds since 1970, as DynamoDB's time to live wants them. */
export function inSeconds(now: number, after: number): number {
  return Math.floor(now / 1000) + after;
}

/** Whether a write was refused because its condition did not hold. */
export function isConditionFailed(error: unknown): error is ConditionalCheckFailedException {
  return error instanceof ConditionalCheckFailedException;
}

/**
 * Which conditions of a transaction did not hold, by the index of the item; `undefined` for any other error.
 * An empty list: it was cancelled for another reason.
 */
export function failedConditions(error: unknown): readonly number[] | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined;
  return (error.CancellationReasons ?? []).flatMap(({ Code }, index) =>
    Code === 'ConditionalCheckFailed' ? [index] : [],
  );
}

/** Two writers met at one item; neither is wrong, and the SDK does not try again by itself. */
function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException || error instanceof TransactionInProgressException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).flatMap(({ Code }) =>
    Code === undefined || Code === 'None' ? [] : Code,
  );
  const retryable = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];
  return codes.length > 0 && codes.every((code) => retryable.includes(code));
}

const MAX_TRIES = 8;
const FIRST_DELAY_MS = 25;

/** Waits longer each time, by chance more or less, so that those who met do not meet again. */
export function backOff(attempt: number): Promise<void> {
  const longest = FIRST_DELAY_MS * 2 ** Math.min(attempt, 6);
  return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}

/** Does a write again that met another one. */
export async function retryConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt === MAX_TRIES || !isConflict(error)) throw error;
      await backOff(attempt);
    }
  }
}
