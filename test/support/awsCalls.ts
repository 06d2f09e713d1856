import type { BatchClient } from '@aws-sdk/client-batch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** One call of an operation as a client makes it; the SDK may try it several times. */
export interface AwsCall {
  /** `UpdateItemCommand` … */
  readonly command: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Any of the clients that the ports use; they take the same middleware, though TypeScript cannot see it. */
export type AwsClient = BatchClient | DynamoDBClient | S3Client | SQSClient;

type Next = (args: { input: unknown; request?: unknown }) => Promise<{ output: object; response: unknown }>;
interface Stack {
  add(
    middleware: (next: Next, context: { commandName?: string }) => Next,
    options: { step: string; priority?: string; name: string },
  ): void;
  remove(name: string): boolean;
}

function stackOf(client: AwsClient): Stack {
  return client.middlewareStack as unknown as Stack;
}

function callOf(context: { commandName?: string }, input: unknown): AwsCall {
  return { command: context.commandName ?? '', input: (input ?? {}) as Record<string, unknown> };
}

/**
 * Writes down every call of these clients, those that failed too (with an empty output), retries not counted.
 *
 * @returns the list, and how to stop
 */
export function recordCalls(clients: readonly AwsClient[]): {
  readonly calls: (AwsCall & { readonly output: object })[];
  readonly stop: () => void;
} {
  const calls: (AwsCall & { readonly output: object })[] = [];
  for (const client of clients) {
    stackOf(client).add(
      (next, context) => async (args) => {
        let output: object = {};
        try {
          const answer = await next(args);
          ({ output } = answer);
          return answer;
        } finally {
          calls.push({ ...callOf(context, args.input), output });
        }
      },
      { step: 'initialize', name: 'recordCalls' },
    );
  }
  const stop = () => {
    for (const client of clients) stackOf(client).remove('recordCalls');
  };
  return { calls, stop };
}

/** What goes wrong with one try of a call. */
export type Fault =
  /** AWS asks to go slower; nothing is done. */
  | 'throttled'
  /** AWS fails; nothing is done. */
  | 'server-error'
  /** Everything is done, but the answer never arrives. */
  | 'answer-lost'
  /** The whole process is gone: nothing is done, and trying again does not help. */
  | 'dead'
  /** An answer of AWS of the test's own making; nothing is done. */
  | Error;

/**
 * Has tries of calls go wrong, below the SDK's own retries.
 *
 * @param choose is asked before every try
 * @returns how to stop
 */
export function injectFaults(client: AwsClient, choose: (call: AwsCall) => Fault | undefined): () => void {
  stackOf(client).add(
    (next, context) => async (args) => {
      const fault = choose(callOf(context, args.input));
      if (fault === undefined) return next(args);
      if (fault === 'answer-lost') await next(args);
      throw fault instanceof Error ? fault : errorOf(fault);
    },
    // After the retries (and the signature), before the request leaves.
    { step: 'finalizeRequest', priority: 'low', name: 'injectFaults' },
  );
  return () => {
    stackOf(client).remove('injectFaults');
  };
}

/**
 * Changes what AWS answers, after it was done.
 *
 * @param ask what AWS is asked in place of the call's own input
 * @returns how to stop
 */
export function changeAnswers(
  client: AwsClient,
  change: (call: AwsCall, output: object) => object,
  ask: (call: AwsCall) => object = ({ input }) => input,
): () => void {
  stackOf(client).add(
    (next, context) => async (args) => {
      const call = callOf(context, args.input);
      const answer = await next({ ...args, input: ask(call) });
      return { ...answer, output: change(call, answer.output) };
    },
    { step: 'initialize', name: 'changeAnswers' },
  );
  return () => {
    stackOf(client).remove('changeAnswers');
  };
}

function errorOf(fault: Exclude<Fault, Error>): Error {
  const make = (name: string, message: string, facts: object): Error =>
    Object.assign(new Error(message), { name, ...facts });
  switch (fault) {
    case 'throttled':
      return make('ThrottlingException', 'Rate exceeded', { $fault: 'client', $metadata: { httpStatusCode: 400 } });
    case 'server-error':
      return make('InternalServerError', 'Try again', { $fault: 'server', $metadata: { httpStatusCode: 500 } });
    case 'answer-lost':
      return make('TimeoutError', 'The answer did not come', { code: 'ECONNRESET' });
    case 'dead':
      return make('Dead', 'The process is gone', { $metadata: {} });
  }
}

/** A chooser for {@link injectFaults}: the fault for the first `times` tries of a command, then none. */
export function firstTries(
  fault: Fault,
  times: number,
  ...commands: readonly string[]
): (call: AwsCall) => Fault | undefined {
  let left = times;
  return ({ command }) => {
    if (left === 0 || (commands.length > 0 && !commands.includes(command))) return undefined;
    left -= 1;
    return fault;
  };
}
