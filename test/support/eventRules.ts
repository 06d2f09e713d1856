// Delivers events of AWS's own services in the emulator. Like AWS, it lets nobody put events that claim to come from
// `aws.…`, and has no Batch to send them. So the rules that were deployed are asked whether they want an event, and their
// functions are called as EventBridge calls them.

import { randomUUID } from 'node:crypto';
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import type { BatchEvent, EventSink } from './batch/sinks.ts';
import type { MiniStack } from './miniStack.ts';

interface WantedRule {
  readonly pattern: string;
  /** Names of the functions. */
  readonly functions: readonly string[];
}

export class EventRules implements EventSink {
  readonly #stack: MiniStack;
  readonly #client: EventBridgeClient;
  #rules: Promise<readonly WantedRule[]> | undefined;

  constructor(stack: MiniStack) {
    this.#stack = stack;
    this.#client = new EventBridgeClient(stack.clientConfig);
  }

  /** @throws Error when a function does not take the event */
  async deliver(event: BatchEvent): Promise<void> {
    const { account, region } = this.#stack;
    const whole = { version: '0', id: randomUUID(), account, region, ...event };
    this.#rules ??= this.#read();
    for (const { pattern, functions } of await this.#rules) {
      const { Result: wants } = await this.#client.send(
        new TestEventPatternCommand({ EventPattern: pattern, Event: JSON.stringify(whole) }),
      );
      if (wants) for (const name of functions) await invokeFunction(this.#stack, name, whole);
    }
  }

  async #read(): Promise<readonly WantedRule[]> {
    const { Rules: rules = [] } = await this.#client.send(new ListRulesCommand({}));
    const found = rules.map(async ({ Name: rule, EventPattern: pattern }) => {
      const { Targets: targets = [] } = await this.#client.send(new ListTargetsByRuleCommand({ Rule: rule }));
      const functions = targets.flatMap(({ Arn: arn = '' }) => /:function:([^:]+)/.exec(arn)?.[1] ?? []);
      return pattern === undefined ? [] : [{ pattern, functions }];
    });
    return (await Promise.all(found)).flat();
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Calls a function as AWS's services do: its answer is not waited for. @throws Error when it does not take the event */
export async function invokeFunction({ endpoint, account }: MiniStack, name: string, event: object): Promise<void> {
  const answer = await fetch(`${endpoint}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: {
      'x-amz-invocation-type': 'Event',
      // Only asked for where policies are enforced; the emulator checks who signed, not what.
      authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/lambda/aws4_request`,
    },
    body: JSON.stringify(event),
  });
  if (!answer.ok) throw new Error(`${name} did not take an event: ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
}
