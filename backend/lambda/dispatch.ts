import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { workMessageOf } from '../aws/sqsWorkQueue.ts';
import type { CoreDeps } from '../core/deps.ts';
import type { WorkMessage } from '../core/ports.ts';
import { attemptWork } from '../core/work.ts';
import { counted } from './counting.ts';
import type { Telemetry } from './telemetry.ts';

export interface DispatchParts {
  readonly deps: CoreDeps;
  readonly telemetry: Telemetry;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** SQS keeps the message: it was put off, or nobody understands it. */
class NotDone extends Error {
  override readonly name = 'NotDone';
}

/**
 * Does what waits in the work queue. A message that fails goes back with a growing delay of its own while the others of
 * its batch are done with; one that nobody understands comes back until the redrive policy puts it aside.
 */
export function dispatchHandler({ deps, telemetry, now }: DispatchParts) {
  const parts = counted(deps, telemetry);
  const work = async (record: SQSRecord, message: WorkMessage): Promise<void> => {
    const { ApproximateReceiveCount, SentTimestamp } = record.attributes;
    const { retrySeconds } = await attemptWork(parts, { message, receiveCount: Number(ApproximateReceiveCount) });
    if (retrySeconds === undefined) {
      if (message.kind === 'dispatch') telemetry.count('DispatchLatency', Math.max(0, now() - Number(SentTimestamp)));
      return;
    }
    telemetry.count('WorkRetried');
    await deps.work.release(record.receiptHandle, retrySeconds);
    throw new NotDone(`${message.kind} of job ${message.jobId} is tried again in ${retrySeconds} s`);
  };

  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    telemetry.during(context, {}, () => {
      // Messages of one job wait for each other; those of different jobs go side by side.
      const ofJob = new Map<string, Promise<void>>();
      const handleRecord = (record: SQSRecord): Promise<void> => {
        const message = workMessageOf(record.body);
        if (!message) {
          telemetry.count('WorkPoisoned');
          telemetry.log.error('message not understood', { messageId: record.messageId, length: record.body.length });
          return Promise.reject(new NotDone(`message ${record.messageId} is not understood`));
        }
        const before = ofJob.get(message.jobId) ?? Promise.resolve();
        const done = before.then(() => work(record, message));
        ofJob.set(
          message.jobId,
          done.catch(() => undefined),
        );
        return done;
      };
      const processor = new BatchProcessor(EventType.SQS);
      return processPartialResponse(event, handleRecord, processor, { context, throwOnFullBatchFailure: false });
    });
}
