import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Preset } from './catalogue.ts';

/** Of the events by which the job tells how far it is. */
export const DATABASES_EVENT = { source: 'foldpad.databases', detailType: 'Foldpad Databases' } as const;

/** What such an event says. */
export interface DatabasesDetail {
  readonly preset: Preset;
  readonly state: 'running' | 'done' | 'failed';
  /** 0–1. */
  readonly fraction: number;
  readonly finished: readonly string[];
  readonly running: readonly string[];
  readonly message?: string;
}

/** Tells others than the log. Never throws: the databases are worth more than the news of them. */
export interface Announcer {
  tell(detail: DatabasesDetail): Promise<void>;
  mail(subject: string, text: string): Promise<void>;
}

/** Longest subject that SNS takes. */
const MAX_SUBJECT = 100;

/**
 * @param env `FOLDPAD_EVENTS=eventbridge` and `FOLDPAD_TOPIC_ARN` ask for events and mails; without them, neither
 * @param log is told what could not be sent
 */
export function announcer(env: NodeJS.ProcessEnv, log: (line: string) => void): Announcer {
  const topic = env.FOLDPAD_TOPIC_ARN;
  const attempt = async (what: string, send: () => Promise<unknown>): Promise<void> => {
    try {
      await send();
    } catch (error) {
      log(`${what} could not be sent: ${(error as Error).message}`);
    }
  };
  return {
    async tell(detail) {
      if (env.FOLDPAD_EVENTS !== 'eventbridge') return;
      const { source, detailType } = DATABASES_EVENT;
      const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
      await attempt('an event', () => new EventBridgeClient().send(new PutEventsCommand({ Entries: [entry] })));
    },
    async mail(subject, text) {
      if (!topic) return;
      const message = { TopicArn: topic, Subject: subject.slice(0, MAX_SUBJECT), Message: text };
      await attempt('the mail', () => new SNSClient().send(new PublishCommand(message)));
    },
  };
}
