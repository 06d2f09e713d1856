import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PROGRESS_EVENT, type ProgressDetail } from './progressEvents.ts';

/** One event that does not get through in this time is not worth more of it: the next says more. */
const TIMEOUT_MS = 5_000;

/**
 * Sends progress to the account's default event bus; region, credentials and endpoint as the environment says.
 *
 * @throws when EventBridge does not take it
 */
export function eventBridgeSender(
  client: EventBridgeClient = new EventBridgeClient({ maxAttempts: 2 }),
): (detail: ProgressDetail) => Promise<void> {
  return async (detail) => {
    const { source, detailType } = PROGRESS_EVENT;
    const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
    const answer = await client.send(new PutEventsCommand({ Entries: [entry] }), {
      abortSignal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const [result] = answer.Entries ?? [];
    if (result?.ErrorCode !== undefined) throw new Error(`${result.ErrorCode}: ${result.ErrorMessage ?? ''}`);
  };
}
