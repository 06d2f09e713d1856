import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { apiKeyItemKey, type ItemKey, listKey, TABLE_INDEXES } from '../api/tableSchema.ts';
import type { KeyRecord, KeyStore } from '../core/ports.ts';
import { readItems } from './dynamoItems.ts';
import { type DynamoTable, type Item, isConditionFailed, keyValues, text, textOf } from './dynamoValues.ts';

const KIND = 'KEY';

/** API keys in the one table (see `api/tableSchema.ts`): what proves a key, never the key. */
export class DynamoKeyStore implements KeyStore {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async create(key: KeyRecord): Promise<void> {
    const { client, tableName } = this.#table;
    const { id, ...facts } = key;
    const values = Object.entries(facts).map(([name, value]) => [name, text(value)]);
    const item: Item = {
      ...keyValues(apiKeyItemKey(id)),
      ...Object.fromEntries(values),
      id: text(id),
      kind: text(KIND),
      listKey: text(listKey(key.createdAt, id)),
    };
    try {
      await client.send(
        new PutItemCommand({ TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new Error(`A key with the id ${id} exists already.`, { cause: error });
    }
  }

  /** Consistent: a key that was revoked a moment ago is found revoked. */
  async find(id: string): Promise<KeyRecord | undefined> {
    const { client, tableName } = this.#table;
    const key = { Key: keyValues(apiKeyItemKey(id)), ConsistentRead: true };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName, ...key }));
    return item && recordOf(item);
  }

  async list(): Promise<readonly KeyRecord[]> {
    const items = await readItems(this.#table, await this.#allKeys());
    const newestFirst = (a: Item, b: Item): number => (textOf(a, 'listKey') < textOf(b, 'listKey') ? 1 : -1);
    return [...items].sort(newestFirst).map(recordOf);
  }

  async #allKeys(): Promise<readonly ItemKey[]> {
    const { client, tableName } = this.#table;
    const { name, partition } = TABLE_INDEXES.byKind;
    const keys: ItemKey[] = [];
    let start: Item | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: name,
          KeyConditionExpression: '#kind = :key',
          ExpressionAttributeNames: { '#kind': partition },
          ExpressionAttributeValues: { ':key': text(KIND) },
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? []) keys.push({ pk: textOf(item, 'pk'), sk: textOf(item, 'sk') });
      start = answer.LastEvaluatedKey;
    } while (start);
    return keys;
  }

  revoke(id: string, at: string): Promise<KeyRecord | undefined> {
    return this.#change(id, '#fact = if_not_exists(#fact, :value)', 'revokedAt', at);
  }

  async noteUse(id: string, day: string): Promise<void> {
    await this.#change(id, '#fact = :value', 'lastUsedOn', day);
  }

  /** Sets a fact of a key that exists. @returns the key as it is then */
  async #change(id: string, change: string, fact: keyof KeyRecord, value: string): Promise<KeyRecord | undefined> {
    const { client, tableName } = this.#table;
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: keyValues(apiKeyItemKey(id)),
      UpdateExpression: `SET ${change}`,
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#fact': fact },
      ExpressionAttributeValues: { ':value': text(value) },
      ReturnValues: 'ALL_NEW',
    });
    try {
      const { Attributes: item } = await client.send(command);
      return item && recordOf(item);
    } catch (error) {
      if (isConditionFailed(error)) return undefined;
      throw error;
    }
  }
}

function recordOf(item: Item): KeyRecord {
  const { revokedAt, lastUsedOn } = item;
  return {
    id: textOf(item, 'id'),
    secretHash: textOf(item, 'secretHash'),
    name: textOf(item, 'name'),
    owner: textOf(item, 'owner'),
    role: textOf(item, 'role') === 'admin' ? 'admin' : 'user',
    createdAt: textOf(item, 'createdAt'),
    ...(revokedAt?.S !== undefined && { revokedAt: revokedAt.S }),
    ...(lastUsedOn?.S !== undefined && { lastUsedOn: lastUsedOn.S }),
  };
}
