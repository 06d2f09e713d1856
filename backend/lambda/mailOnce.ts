import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context } from 'aws-lambda';
import type { Job } from '../api/job.ts';
import { MAIL_PARTITION, TABLE_KEY, TTL_ATTRIBUTE } from '../api/tableSchema.ts';
import type { DynamoTable } from '../aws/dynamoValues.ts';
import type { Logger, Notifier } from '../core/ports.ts';

/** AWS Batch tells of a job's end for a day at most; later nobody asks again. */
const REMEMBERED_SECONDS = 7 * 24 * 3600;
/** A mail that was begun so long ago and not finished never will be: the function that sent it has died. */
const LONGEST_SENDING_MS = 60_000;

/** The same for whichever function sends the mail. */
const KEY_PREFIX = 'foldpad-mail';

/**
 * A notifier that may be asked as often as one likes, and tells people of a job's end once: it keeps a record of each
 * mail in the table, and two functions that are asked at the same time do not both send it.
 */
export function mailOnce(notifier: Notifier, { client, tableName }: DynamoTable, log: Logger): Notifier {
  const config = new IdempotencyConfig({ expiresAfterSeconds: REMEMBERED_SECONDS });
  config.registerLambdaContext({ getRemainingTimeInMillis: () => LONGEST_SENDING_MS } as Context);
  const sendOnce = makeIdempotent(
    // The id is all that the record is made of; the job itself has to stay out of it.
    async (_id: string, job: Job) => {
      await notifier.jobEnded(job);
      return true;
    },
    {
      persistenceStore: new DynamoDBPersistenceLayer({
        tableName,
        awsSdkV3Client: client,
        keyAttr: TABLE_KEY.partition,
        sortKeyAttr: TABLE_KEY.sort,
        staticPkValue: MAIL_PARTITION,
        expiryAttr: TTL_ATTRIBUTE,
      }),
      config,
      keyPrefix: KEY_PREFIX,
    },
  );
  return {
    jobEnded: async (job) => {
      try {
        await sendOnce(job.id, job);
      } catch (error) {
        // In progress: somebody else is sending it at this moment.
        if (error instanceof IdempotencyAlreadyInProgressError) return;
        log.error('mail not sent: its record could not be written', { jobId: job.id, error: String(error) });
      }
    },
  };
}
