/** Leads through the questions that a prediction needs, forth and back. */

import * as vscode from 'vscode';
import type { FastaMode, FastaRecord } from '../../backend/api/fasta/types.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import type { Connection } from '../connection/connection.ts';
import type { FastaInput } from '../fasta/fastaInputs.ts';
import { askEstimate, type Forecasted, makePlan, type Wish } from './planning.ts';
import { queueItems, sortQueues } from './queueStep.ts';
import { type Answer, askList, type Place } from './quickStep.ts';
import { type RecordsChoice, recordsItems } from './recordsStep.ts';
import { changeOption, reviewItems } from './reviewStep.ts';
import { type Choices, openQueues, type Situation, type Step, settledMode, settledQueue, stepsOf } from './steps.ts';

const NONE: ReadonlySet<FastaRecord> = new Set();

export interface WizardParts {
  readonly connection: Connection;
  readonly inputs: readonly FastaInput[];
  readonly situation: Situation;
  /** Records that have been predicted already. */
  readonly known: ReadonlySet<FastaRecord>;
  /** Those have been left out already. */
  readonly onlyNew: boolean;
}

export class Wizard {
  readonly #parts: WizardParts;
  readonly #abort = new AbortController();
  /** Answers of the backend by what was asked: going back and forth asks nothing twice. */
  readonly #forecasts = new Map<string, Promise<Forecasted>>();
  #choices: Choices = {};
  #onlyNew = false;
  #settings: Wish['settings'];
  #comment = '';

  constructor(parts: WizardParts) {
    this.#parts = parts;
    this.#settings = parts.situation.settings;
    this.#onlyNew = parts.onlyNew;
  }

  /** @returns what is to be predicted and how; undefined when the user gave up */
  async run(): Promise<Wish | undefined> {
    const done: Step[] = [];
    try {
      for (;;) {
        const steps = stepsOf(this.#parts.situation, this.#choices);
        const step = steps.find((name) => !done.includes(name));
        if (!step) return this.#wish();
        const place = { step: done.length + 1, total: Math.max(steps.length, done.length + 1) };
        const answer = await this.#ask(step, place);
        if (answer === undefined) return undefined;
        if (answer === 'back') this.#forget(done.pop());
        else done.push(step);
      }
    } finally {
      this.#abort.abort();
    }
  }

  /** A question that is asked again is open again. */
  #forget(step: Step | undefined): void {
    const { mode, queue, more } = this.#choices;
    const kept = step === 'records' ? {} : { ...(mode ? { mode } : {}) };
    this.#choices = { ...kept, ...(step === 'queue' || !queue ? {} : { queue }) };
    // A gear that led to the review is taken back with the question it stood in.
    if (more && this.#parts.situation.asking === 'all') this.#choices = { ...this.#choices, more };
  }

  #ask(step: Step, place: Place): Promise<'next' | 'back' | undefined> {
    if (step === 'records') return this.#askRecords(place);
    return step === 'queue' ? this.#askQueue(place) : this.#review(place);
  }

  async #askRecords(place: Place): Promise<'next' | 'back' | undefined> {
    const { inputs, known, situation } = this.#parts;
    const multimers = openQueues(situation.queues, 'multimer').length > 0;
    const last = situation.settings.mode;
    const answer = await askList<RecordsChoice>({
      title: vscode.l10n.t('The file has several records. What are they?'),
      placeholder: vscode.l10n.t('Press Enter to predict each chain on its own'),
      place,
      canGoBack: place.step > 1,
      items: recordsItems(inputs, { multimers, known: known.size, last }),
      offersMore: !stepsOf(situation, { mode: 'monomer' }).includes('review'),
    });
    return this.#take(answer, ({ mode, onlyNew }, more) => {
      this.#choices = { ...this.#choices, mode, ...(more ? { more } : {}) };
      this.#onlyNew = onlyNew;
    });
  }

  async #askQueue(place: Place): Promise<'next' | 'back' | undefined> {
    const { situation } = this.#parts;
    const mode = this.#mode();
    const queues = sortQueues(situation.queues, mode, situation.settings.queue);
    const forecasts = new Map<QueueInfo, Forecasted>();
    const items = () => queueItems(queues, mode, forecasts, !situation.isRemote);
    const answer = await askList({
      title: vscode.l10n.t('Where should it run?'),
      placeholder: vscode.l10n.t('Time, cost and memory are estimates; nothing is paid for yet'),
      place,
      canGoBack: place.step > 1,
      items: items(),
      offersMore: true,
      fill: (show) =>
        Promise.all(
          openQueues(queues, mode).map(async (queue) => {
            forecasts.set(queue, await this.#forecast(this.#wishFor(queue)));
            show(items());
          }),
        ),
    });
    return this.#take(answer, (queue, more) => {
      this.#choices = { ...this.#choices, queue, ...(more ? { more } : {}) };
    });
  }

  async #review(place: Place): Promise<'next' | 'back' | undefined> {
    for (;;) {
      const wish = this.#wish();
      if (!wish) return undefined;
      const { inputs, situation } = this.#parts;
      const plan = makePlan(inputs, wish);
      const items = (forecast?: Forecasted) => reviewItems(wish, plan, forecast, !situation.isRemote);
      const [first] = plan;
      const answer = await askList({
        title: first && plan.length === 1 ? first.request.fasta : vscode.l10n.t('{0} predictions', plan.length),
        placeholder: vscode.l10n.t('Press Enter to predict, or choose what to change'),
        place,
        canGoBack: place.step > 1,
        items: items(),
        fill: async (show) => show(items(await this.#forecast(wish))),
      });
      if (answer === undefined || answer === 'back') return answer;
      if (answer.value === 'predict') return 'next';
      const changed = await changeOption(answer.value, wish);
      if (!changed) return undefined;
      this.#settings = changed.settings;
      this.#comment = changed.comment;
    }
  }

  #take<T>(answer: Answer<T>, keep: (value: T, more: boolean) => void): 'next' | 'back' | undefined {
    if (answer === undefined || answer === 'back') return answer;
    keep(answer.value, answer.more);
    return 'next';
  }

  #mode(): FastaMode {
    return this.#choices.mode ?? settledMode(this.#parts.situation) ?? 'monomer';
  }

  #wish(): Wish | undefined {
    const queue = this.#choices.queue ?? settledQueue(this.#parts.situation, this.#mode());
    return queue && this.#wishFor(queue);
  }

  #wishFor(queue: QueueInfo): Wish {
    return {
      mode: this.#mode(),
      queue,
      settings: this.#settings,
      comment: this.#comment,
      without: this.#onlyNew ? this.#parts.known : NONE,
    };
  }

  #forecast(wish: Wish): Promise<Forecasted> {
    const { mode, queue, settings } = wish;
    const question = JSON.stringify([mode, this.#onlyNew, queue.name, settings]);
    const asked = this.#forecasts.get(question);
    if (asked) return asked;
    const { connection, inputs } = this.#parts;
    const forecast = askEstimate(connection, makePlan(inputs, wish), this.#abort.signal);
    // Nobody waits for an answer to a question that was closed.
    forecast.catch(() => this.#forecasts.delete(question));
    this.#forecasts.set(question, forecast);
    return forecast;
  }
}
