// AWS answers given where the SDK would send a request: the real clients and commands, and nothing on the network.
import { type AwsClients, awsClients } from '../../scripts/backend/clients.ts';

/** Answers by service and operation, such as `sns:ListSubscriptionsByTopic`. What is thrown is AWS's refusal. */
// biome-ignore lint/suspicious/noExplicitAny: one table for the inputs of every operation there is.
export type FakeAnswers = Readonly<Record<string, (input: any) => unknown>>;

export interface FakeAws {
  readonly aws: AwsClients;
  /** Every call, in order, with its input. */
  readonly calls: readonly { readonly operation: string; readonly input: unknown }[];
}

/** An error as the SDK throws it for a refusal of AWS. */
export function refusal(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

interface Middleware {
  add(
    handler: (
      next: unknown,
      context: { clientName?: string; commandName?: string },
    ) => (args: { input: unknown }) => unknown,
    options: { step: 'initialize'; priority: 'high'; name: string },
  ): void;
}

/** @throws from a call that has no answer: a test names all that it expects */
export function fakeAws(answers: FakeAnswers, region = 'us-east-1'): FakeAws {
  const calls: { operation: string; input: unknown }[] = [];
  const aws = awsClients({ region, credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' } });
  for (const [service, client] of Object.entries(aws)) {
    (client.middlewareStack as unknown as Middleware).add(
      (_next, { commandName = '' }) =>
        async ({ input }) => {
          const operation = `${service}:${commandName.replace(/Command$/, '')}`;
          calls.push({ operation, input });
          const answer = answers[operation];
          if (answer === undefined) throw new Error(`the test has no answer for ${operation}`);
          return { response: {}, output: { $metadata: {}, ...((await answer(input)) as object) } };
        },
      { step: 'initialize', priority: 'high', name: 'fakeAws' },
    );
  }
  return { aws, calls };
}
