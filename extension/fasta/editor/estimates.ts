/** What each queue would take for a sequence: asked of the backend once, and only of one that is there already. */

import * as vscode from 'vscode';
import type { Estimate, QueueInfo } from '../../../backend/api/job.ts';
import type { WireJobRequest } from '../../../backend/api/wireRequest.ts';
import { Disposable } from '../../base/disposable.ts';
import { isCancellation } from '../../base/errors.ts';
import { errorText } from '../../base/said.ts';
import type { Connection } from '../../connection/connection.ts';
import { roughDurationText } from '../../jobs/jobText.ts';
import { openQueues } from './queueChoice.ts';

/** The answer for one queue: an estimate, or why it would not take the sequence. */
export type QueueEstimate =
  | { readonly queue: QueueInfo; readonly estimate: Estimate }
  | { readonly queue: QueueInfo; readonly refusal: string };

/** Waiting lines change: an answer is believed for this long (ms). */
const FRESH_MS = 60_000;
const MOST_KEPT = 200;

interface Kept {
  readonly at: number;
  readonly estimates: readonly QueueEstimate[];
}

export class Estimates extends Disposable {
  readonly #connection: Connection;
  /** By what was asked; the oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
    this._register(connection.onDidSwitch(() => this.#kept.clear()));
  }

  /** Whether there is a backend to ask. */
  get isReachable(): boolean {
    return openQueues(this.#connection).length > 0;
  }

  /** Connects, because the user asked for an estimate. @throws UserError that says why it did not work */
  async connect(): Promise<void> {
    await this.#connection.use(async () => undefined);
  }

  /**
   * @param chains the target's chains: several are asked about as one complex
   * @param signal ends the questions
   * @returns one answer for each open queue; none while no backend is there
   */
  async of(name: string, chains: readonly string[], signal: AbortSignal): Promise<readonly QueueEstimate[]> {
    const queues = openQueues(this.#connection);
    const question = `${queues.map((queue) => queue.name).join()}\n${chains.join('\n')}`;
    const kept = this.#kept.get(question);
    if (kept && Date.now() - kept.at < FRESH_MS) return kept.estimates;
    const estimates = await Promise.all(queues.map((queue) => this.#ask(queue, name, chains, signal)));
    this.#kept.delete(question);
    this.#kept.set(question, { at: Date.now(), estimates });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
    return estimates;
  }

  async #ask(queue: QueueInfo, name: string, chains: readonly string[], signal: AbortSignal): Promise<QueueEstimate> {
    const request: WireJobRequest = {
      fasta: name,
      sequence: chains.map((chain, index) => `>chain_${index + 1}\n${chain}\n`).join(''),
      que: queue.name,
      ...(chains.length > 1 ? { model_preset: 'multimer' as const } : {}),
    };
    try {
      // Each queue by itself: one that refuses must not take the others' answers away.
      const [estimate] = await this.#connection.use((client) => client.estimate([request], { signal }));
      return estimate ? { queue, estimate } : { queue, refusal: vscode.l10n.t('The backend gave no estimate.') };
    } catch (error) {
      if (isCancellation(error) || signal.aborted) throw error;
      return { queue, refusal: errorText(error) };
    }
  }
}

/** `about 46 min (29 min – 1 h 14 min)` */
export function minutesText({ minutes }: Pick<Estimate, 'minutes'>): string {
  const text = (value: number): string => roughDurationText(value * 60_000);
  return vscode.l10n.t('about {0} ({1} – {2})', text(minutes.likely), text(minutes.low), text(minutes.high));
}

/** `about 46 min`, where there is no room for more. */
export function likelyMinutesText({ minutes }: Pick<Estimate, 'minutes'>): string {
  return vscode.l10n.t('about {0}', roughDurationText(minutes.likely * 60_000));
}

/** `$2.67 ($1.67 – $4.27)`; `free` on this machine, `unknown` where the price is. */
export function costText(estimate: Pick<Estimate, 'cost'>, isLocal: boolean): string {
  const { cost } = estimate;
  const likely = likelyCostText(estimate, isLocal);
  if (!cost) return likely;
  const money = moneyFormat(cost.currency);
  return `${likely} (${money.format(cost.low)} – ${money.format(cost.high)})`;
}

/** `$2.67`, `free` or `price unknown`. */
export function likelyCostText({ cost }: Pick<Estimate, 'cost'>, isLocal: boolean): string {
  if (cost) return moneyFormat(cost.currency).format(cost.likely);
  return isLocal ? vscode.l10n.t('free') : vscode.l10n.t('price unknown');
}

function moneyFormat(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat(vscode.env.language, { style: 'currency', currency });
}

export function memoryText({ memory }: Pick<Estimate, 'memory'>): string {
  switch (memory.verdict) {
    case 'fits':
      return vscode.l10n.t('fits into memory');
    case 'tight':
      return vscode.l10n.t('memory is tight');
    case 'too-large':
      return vscode.l10n.t('too large for the memory');
  }
}
