import type { BatchSchedulerOptions } from '../../../backend/aws/batchScheduler.ts';
import { DynamoRunClaims, type RunClaims } from '../../../backend/aws/runClaims.ts';
import type { RunObservation } from '../../../backend/core/ports.ts';
import { AwsWorld } from '../awsWorld.ts';
import { type MiniStack, startMiniStack } from '../miniStack.ts';
import { computeTemplate } from './computeTemplate.ts';
import { type ScheduledWorld, scheduledWorld } from './localRun.ts';
import type { BatchStandInOptions } from './standIn.ts';

type Table = Awaited<ReturnType<AwsWorld['table']>>;

/** Schedulers for the tests of a suite, each in front of a stand-in of its own; their claims are in one real table. */
export class SchedulerBench {
  readonly claims: RunClaims;
  readonly #stack: MiniStack;
  readonly #world: AwsWorld;
  readonly #table: Table;
  readonly #template: unknown = computeTemplate({ name: 'foldpad' });
  readonly #opened: ScheduledWorld[] = [];
  #passed = 0;

  private constructor(stack: MiniStack, world: AwsWorld, table: Table) {
    this.#stack = stack;
    this.#world = world;
    this.#table = table;
    this.claims = new DynamoRunClaims(table, () => this.#now());
  }

  static async start(): Promise<SchedulerBench> {
    const stack = await startMiniStack();
    try {
      const world = new AwsWorld(stack);
      return new SchedulerBench(stack, world, await world.table());
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  #now(): number {
    return Date.now() + this.#passed;
  }

  /** Moves the clock of the claims and the schedulers on. */
  pass(milliseconds: number): void {
    this.#passed += milliseconds;
  }

  async open(
    options: Partial<BatchSchedulerOptions> & { readonly standIn?: Partial<BatchStandInOptions> } = {},
  ): Promise<ScheduledWorld> {
    // Pauses before another try are made short, all else is as it is.
    const sleep = (milliseconds: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20)));
    const made = await scheduledWorld(this.#template, this.claims, { now: () => this.#now(), sleep, ...options });
    this.#opened.push(made);
    return made;
  }

  /** After each test: closes what it opened, and sets the clock right. */
  async clear(): Promise<void> {
    this.#passed = 0;
    for (const each of this.#opened.splice(0)) await each.close();
  }

  async stop(): Promise<void> {
    await this.#table.remove();
    this.#world.close();
    await this.#stack.stop();
  }
}

export async function until(
  { scheduler }: ScheduledWorld,
  id: string,
  ...statuses: readonly RunObservation['status'][]
): Promise<RunObservation> {
  for (;;) {
    const [seen] = await scheduler.describe([id]);
    if (seen && statuses.includes(seen.status)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
