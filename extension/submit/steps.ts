/** Which questions a prediction needs, in their order. Pure. */

import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import type { PredictionSettings } from './settings.ts';

/** `records`: chains of their own or of one complex. `queue`: where. `review`: all that is left, with the estimate. */
export type Step = 'records' | 'queue' | 'review';

/** How much is asked. `settled`: only what the settings of last time leave open. `all`: also what could be left alone. */
export type Asking = 'settled' | 'usual' | 'all';

export interface Situation {
  readonly asking: Asking;
  readonly severalRecords: boolean;
  /** All queues of the backend. */
  readonly queues: readonly QueueInfo[];
  /** A queue that was chosen before the question, by its name. */
  readonly wanted?: string | undefined;
  /** Predictions may cost something there. */
  readonly isRemote: boolean;
  /** What was chosen last time. */
  readonly settings: PredictionSettings;
}

export interface Choices {
  readonly mode?: FastaMode;
  readonly queue?: QueueInfo;
  /** The user asked for what could be left alone. */
  readonly more?: boolean;
}

/** The queues that can take a prediction of this kind: complexes are for AlphaFold alone. */
export function openQueues(queues: readonly QueueInfo[], mode: FastaMode | undefined): readonly QueueInfo[] {
  return queues.filter(({ available, engine }) => available && (mode !== 'multimer' || engine === 'alphafold2'));
}

/** The queue that needs no question; undefined when there is a choice. */
export function settledQueue(situation: Situation, mode: FastaMode | undefined): QueueInfo | undefined {
  const open = openQueues(situation.queues, mode);
  const named = (name: string | undefined) => open.find((queue) => queue.name === name);
  const last = situation.asking === 'settled' ? named(situation.settings.queue) : undefined;
  return named(situation.wanted) ?? last ?? (open.length === 1 ? open[0] : undefined);
}

/** The kind of target that needs no question; undefined when there is a choice. */
export function settledMode({ asking, severalRecords, queues, settings }: Situation): FastaMode | undefined {
  if (!severalRecords) return 'monomer';
  if (asking !== 'settled' || settings.mode === undefined) return undefined;
  return openQueues(queues, settings.mode).length > 0 ? settings.mode : undefined;
}

/** All questions of the way that the choices so far lead to. */
export function stepsOf(situation: Situation, choices: Choices): readonly Step[] {
  const settled = settledMode(situation);
  const mode = choices.mode ?? settled;
  const fixed = settledQueue(situation, mode);
  const steps: Step[] = settled === undefined ? ['records'] : [];
  if (!fixed) steps.push('queue');
  if (needsReview(situation, choices, fixed ?? choices.queue, fixed !== undefined)) steps.push('review');
  return steps;
}

function needsReview(
  { asking, isRemote, settings, queues, wanted }: Situation,
  { mode, more }: Choices,
  chosen: QueueInfo | undefined,
  isFixed: boolean,
): boolean {
  if (asking === 'all' || more) return true;
  // Where the queue was asked for, here or before, the costs were shown; else nothing has shown them yet.
  if (isFixed) return (isRemote && chosen?.name !== wanted) || (chosen?.engine === 'alphafold2' && asking === 'usual');
  const open = openQueues(queues, mode);
  // Before the queue is chosen the steps are counted for the one of last time.
  const likely = chosen ?? open.find(({ name }) => name === settings.queue) ?? open[0];
  return likely?.engine === 'alphafold2';
}
