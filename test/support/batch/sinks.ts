/** Where the stand-in's logs and events go: CloudWatch Logs of an AWS emulator, and whoever takes Batch's events. */
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';

export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogSink {
  write(group: string, stream: string, events: readonly LogEvent[]): Promise<void>;
  close(): void;
}

/** An event as EventBridge delivers it. */
export interface BatchEvent {
  readonly source: 'aws.batch';
  readonly 'detail-type': string;
  /** ISO 8601 UTC, whole seconds. */
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventSink {
  deliver(event: BatchEvent): Promise<void>;
  close(): void;
}

export class CloudWatchSink implements LogSink {
  readonly #client: CloudWatchLogsClient;
  readonly #streams = new Map<string, Promise<void>>();

  constructor(config: CloudWatchLogsClientConfig) {
    this.#client = new CloudWatchLogsClient(config);
  }

  async write(group: string, stream: string, events: readonly LogEvent[]): Promise<void> {
    const key = `${group}\n${stream}`;
    let made = this.#streams.get(key);
    if (!made) {
      made = this.#make(group, stream);
      this.#streams.set(key, made);
    }
    await made;
    const logEvents = events.map((event) => ({ ...event }));
    if (logEvents.length === 0) return;
    await this.#client.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents }));
  }

  async #make(group: string, stream: string): Promise<void> {
    await ifNew(() => this.#client.send(new CreateLogGroupCommand({ logGroupName: group })));
    await ifNew(() => this.#client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream })));
  }

  close(): void {
    this.#client.destroy();
  }
}

async function ifNew(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceAlreadyExistsException') throw error;
  }
}
