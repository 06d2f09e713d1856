/** Reads one log stream of CloudWatch Logs, forward from a position or backward from its end. */
import {
  type CloudWatchLogsClient,
  DeleteLogStreamCommand,
  GetLogEventsCommand,
  type OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';

export interface LogGroup {
  readonly client: CloudWatchLogsClient;
  readonly name: string;
}

/**
 * A place in a stream: behind `seen` of the events that have the time `at` (milliseconds since 1970). CloudWatch's own
 * tokens end after a day; this holds as long as the stream.
 */
export interface StreamPosition {
  readonly at: number;
  readonly seen: number;
}

export const STREAM_START: StreamPosition = { at: 0, seen: 0 };

export interface StreamEvent {
  readonly message: string;
  readonly timestamp: number;
  /** The place behind it. */
  readonly after: StreamPosition;
}

/** GetLogEvents gives at most so many. */
const MOST_EVENTS = 10_000;

/** The place behind an event that follows on `position`. */
function advance(position: StreamPosition, timestamp: number): StreamPosition {
  return timestamp === position.at ? { at: timestamp, seen: position.seen + 1 } : { at: timestamp, seen: 1 };
}

/**
 * The events behind a position, in order, page by page, until CloudWatch says that there are no more; a page may be
 * empty. A stream that does not exist (yet, or any more) has none.
 *
 * @param pageSize events to ask for at once
 */
export async function* eventsAfter(
  { client, name }: LogGroup,
  stream: string,
  position: StreamPosition,
  pageSize: number,
): AsyncGenerator<readonly StreamEvent[]> {
  // Those that were seen have the earliest time asked for, so they come first.
  let skip = position.seen;
  let place = { at: position.at, seen: 0 };
  let nextToken: string | undefined;
  for (;;) {
    const answer = await ifThere(() =>
      client.send(
        new GetLogEventsCommand({
          logGroupName: name,
          logStreamName: stream,
          startTime: position.at,
          startFromHead: true,
          limit: Math.min(MOST_EVENTS, pageSize + skip),
          nextToken,
        }),
      ),
    );
    const page: StreamEvent[] = [];
    for (const { timestamp = 0, message = '' } of answer?.events ?? []) {
      place = advance(place, timestamp);
      if (skip > 0 && timestamp === position.at) skip -= 1;
      else page.push({ message, timestamp, after: place });
    }
    yield page;
    const token = answer?.nextForwardToken;
    if (token === undefined || token === nextToken) return;
    nextToken = token;
  }
}

/** The newest events of a stream: at least `count` of them if there are so many, oldest first. */
export async function newestEvents(
  { client, name }: LogGroup,
  stream: string,
  count: number,
): Promise<readonly StreamEvent[]> {
  let events: OutputLogEvent[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const answer = await ifThere(() =>
      client.send(
        new GetLogEventsCommand({
          logGroupName: name,
          logStreamName: stream,
          startFromHead: false,
          limit: Math.min(MOST_EVENTS, Math.max(count, 1)),
          nextToken,
        }),
      ),
    );
    events = [...(answer?.events ?? []), ...events];
    const token = answer?.nextBackwardToken;
    // How many share the last one's time must be known, to go on behind it.
    const isEnough = events.length >= count && events[0]?.timestamp !== events.at(-1)?.timestamp;
    if (isEnough || token === undefined || token === nextToken) return placed(events);
    nextToken = token;
  }
}

/** Places are right for events whose time begins within the list, in particular for the last one. */
function placed(events: readonly OutputLogEvent[]): readonly StreamEvent[] {
  let place = STREAM_START;
  return events.map(({ timestamp = 0, message = '' }) => {
    place = advance(place, timestamp);
    return { message, timestamp, after: place };
  });
}

/** Removes streams; those that are gone are no error. */
export async function removeLogStreams({ client, name }: LogGroup, streams: readonly string[]): Promise<void> {
  for (const logStreamName of streams) {
    await ifThere(() => client.send(new DeleteLogStreamCommand({ logGroupName: name, logStreamName })));
  }
}

async function ifThere<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
