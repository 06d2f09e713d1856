import { type AwsClient, changeAnswers, injectFaults } from './awsCalls.ts';
import { AwsWorld } from './awsWorld.ts';
import { type MiniStack, startMiniStack } from './miniStack.ts';

/** The emulator with clients whose calls go wrong as a test wants it, until it calls {@link mend}. */
export class FaultyAws {
  readonly world: AwsWorld;
  readonly #stack: MiniStack;
  readonly #cleanUps: (() => void)[] = [];

  private constructor(stack: MiniStack) {
    this.#stack = stack;
    this.world = new AwsWorld(stack);
  }

  static async start(): Promise<FaultyAws> {
    return new FaultyAws(await startMiniStack());
  }

  /** {@link injectFaults}. @returns how to stop before the test ends */
  inject(client: AwsClient, choose: Parameters<typeof injectFaults>[1]): () => void {
    const stop = injectFaults(client, choose);
    this.#cleanUps.push(stop);
    return stop;
  }

  /** {@link changeAnswers}. */
  change(...args: Parameters<typeof changeAnswers>): void {
    this.#cleanUps.push(changeAnswers(...args));
  }

  /** After each test: the next one starts with calls that go through. */
  mend(): void {
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
  }

  async stop(): Promise<void> {
    this.world.close();
    await this.#stack.stop();
  }
}
