/** Events on their way out, in order, with what may happen to them on the way. */
import type { BatchEvent, EventSink } from './sinks.ts';

/** What becomes of an event. `late`: it comes after the next one. */
export type EventFate = 'deliver' | 'lose' | 'twice' | 'late';

export class EventStream {
  /** Decides about every event; tests replace it. */
  fate: (event: BatchEvent) => EventFate = () => 'deliver';
  /** Everything that happened, whatever became of the event. */
  readonly happened: BatchEvent[] = [];
  /** What could not be delivered, and why. */
  readonly failures: string[] = [];
  readonly #sinks: readonly EventSink[];
  #late: BatchEvent[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(sinks: readonly EventSink[]) {
    this.#sinks = sinks;
  }

  emit(event: BatchEvent): void {
    this.happened.push(event);
    switch (this.fate(event)) {
      case 'lose':
        return;
      case 'late':
        this.#late.push(event);
        return;
      case 'twice':
        this.#send([event, event]);
        break;
      default:
        this.#send([event]);
    }
    const late = this.#late;
    this.#late = [];
    this.#send(late);
  }

  #send(events: readonly BatchEvent[]): void {
    for (const event of events) {
      this.#last = this.#last.then(async () => {
        for (const sink of this.#sinks) {
          try {
            await sink.deliver(event);
          } catch (error) {
            this.failures.push(String(error));
          }
        }
      });
    }
  }

  /** Resolves when all that is to be delivered was; late ones now come. */
  async drain(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    this.#send(late);
    await this.#last;
  }
}
