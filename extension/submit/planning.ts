/** From files and choices to requests, and what the backend says of them beforehand. */

import * as vscode from 'vscode';
import type { FastaMode, FastaRecord } from '../../backend/api/fasta/types.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import { isCancellation } from '../base/errors.ts';
import { errorText, said } from '../base/said.ts';
import type { Connection } from '../connection/connection.ts';
import { costText, likelyCostText, likelyMinutesText, memoryText, minutesText } from '../fasta/editor/estimates.ts';
import type { FastaInput } from '../fasta/fastaInputs.ts';
import { type PlannedRequest, planRequests } from '../fasta/predictionRequests.ts';
import { type PredictionSettings, settingsFields } from './settings.ts';
import { addEstimates, type PlanEstimate } from './summary.ts';

export interface Plannable {
  readonly input: FastaInput;
  readonly stem: string;
  readonly records: readonly FastaRecord[];
}

export type Planned = PlannedRequest<Plannable>;

export interface Wish {
  readonly mode: FastaMode;
  readonly queue: QueueInfo;
  readonly settings: PredictionSettings;
  readonly comment: string;
  /** Records that are to be left out. */
  readonly without: ReadonlySet<FastaRecord>;
}

/** The requests, each with the record that it is about. */
export function makePlan(inputs: readonly FastaInput[], wish: Wish): readonly Planned[] {
  const { mode, queue, settings, comment, without } = wish;
  const all = inputs.map((input): Plannable => ({ input, stem: input.stem, records: input.file.records }));
  const fields = {
    ...settingsFields(queue, mode, settings),
    ...(mode === 'multimer' ? { model_preset: 'multimer' as const } : {}),
    ...(comment === '' ? {} : { comment }),
  };
  return planRequests(all, mode, queue.name)
    .filter(({ record }) => mode === 'multimer' || !without.has(record))
    .map((planned) => ({ ...planned, request: { ...planned.request, ...fields } }));
}

/** What the backend says of a plan: an estimate, or why it would not take it. */
export type Forecasted = { readonly estimate: PlanEstimate } | { readonly refusal: string };

export async function askEstimate(
  connection: Connection,
  plan: readonly Planned[],
  signal: AbortSignal,
): Promise<Forecasted> {
  try {
    const requests = plan.map(({ request }) => request);
    const estimate = addEstimates(await connection.use((client) => client.estimate(requests, { signal })));
    return estimate ? { estimate } : { refusal: vscode.l10n.t('The backend gave no estimate.') };
  } catch (error) {
    if (isCancellation(error) || signal.aborted) throw error;
    return { refusal: errorText(error) };
  }
}

/** `about 46 min (…) · $2.67 (…) · fits into memory`, for several with what they are together. */
export function forecastText(forecast: Forecasted, isLocal: boolean): string {
  if ('refusal' in forecast) return forecast.refusal;
  const { estimate } = forecast;
  return factsText(estimate, minutesText(estimate), costText(estimate, isLocal));
}

/** `about 46 min · $2.67 · fits into memory`: what must be seen in a row beside others. */
export function shortForecastText(estimate: PlanEstimate, isLocal: boolean): string {
  return factsText(estimate, likelyMinutesText(estimate), likelyCostText(estimate, isLocal));
}

/** What speaks against it comes first: the end of a long row is cut off. */
function factsText(estimate: PlanEstimate, time: string, cost: string): string {
  const several = estimate.count > 1;
  const memory = memoryText(estimate);
  const facts = [
    several ? vscode.l10n.t('the longest {0}', time) : time,
    several && estimate.cost ? vscode.l10n.t('{0} together', cost) : cost,
  ];
  return (estimate.memory.verdict === 'fits' ? [...facts, memory] : [memory, ...facts]).join(' · ');
}

/** What is worth knowing beside the numbers, a sentence or two each: why the memory is short, what the backend warns of. */
export function cautions({ memory, warnings, tooLarge, count }: PlanEstimate): readonly string[] {
  const which = count > 1 && tooLarge.length > 0 ? `${tooLarge.slice(0, 3).join(', ')}: ` : '';
  return [...(memory.verdict === 'fits' ? [] : [`${which}${said(memory.reason)}`]), ...warnings.map(said)];
}
