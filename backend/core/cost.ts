/** What machines cost: prices of the catalogue in `api/machines.ts`, applied to estimates and to runs that were. */
import type { Job, Run, Stage } from '../api/job.ts';
import { findMachine, instanceFor, machineRequest, shareOf } from '../api/machines.ts';
import type { Policy } from './deps.ts';

/** The region whose dollar prices the catalogue holds. */
const DOLLAR_REGION = 'us-east-1';
/** The region whose yuan prices the article gives. */
const YUAN_REGION = 'cn-northwest-1';

/** Price of what one run asks for, an hour long. */
export interface HourlyPrice {
  /** ISO 4217 */
  readonly currency: string;
  /** On demand. */
  readonly amount: number;
  /** Spot: it changes by the hour, and is never above the price on demand. */
  readonly isSpot: boolean;
  /** What people must know of this price; sentences. */
  readonly notes: readonly string[];
}

type PricedPolicy = Pick<Policy, 'backend' | 'region' | 'featuresQueue'>;

/**
 * The price of a run's part of the machine it goes on; `undefined` where it costs nothing or nothing is known.
 *
 * @param queue that the run waits in
 */
export function hourlyPrice(policy: PricedPolicy, queue: string, stage: Stage, gpu: number): HourlyPrice | undefined {
  const found = policy.backend === 'aws' ? findMachine(queue) : undefined;
  if (!found) return undefined;
  const { machine, isSpot } = found;
  const region = policy.region ?? DOLLAR_REGION;
  if (region.startsWith('cn-')) {
    if (machine.yuanPerGpuHour === undefined) return undefined;
    const notes = region === YUAN_REGION ? [] : [`The price is that of ${YUAN_REGION}.`];
    return { currency: 'CNY', amount: machine.yuanPerGpuHour * gpu, isSpot, notes };
  }
  const request = machineRequest(machine, stage, gpu);
  const instance = instanceFor(machine, request);
  if (!instance) return undefined;
  const notes = [
    ...(machine.priceNote ? [machine.priceNote] : []),
    ...(region === DOLLAR_REGION ? [] : [`The price is that of ${DOLLAR_REGION}; ${region} may differ.`]),
  ];
  return { currency: 'USD', amount: instance.dollarsPerHour * shareOf(instance, request), isSpot, notes };
}

/** The queue that a run of the job waits in. */
export function queueOfRun(policy: Pick<Policy, 'featuresQueue'>, queue: string, stage: Stage): string {
  return stage === 'features' ? (policy.featuresQueue ?? queue) : queue;
}

/** What a job has cost. */
export interface JobCost {
  readonly currency: string;
  readonly amount: number;
  /** Spot machines were used: it was less, by how much only the bill tells. */
  readonly isAtMost: boolean;
}

/**
 * What the last attempts of a job's runs have cost, from when they ran; `undefined` if a run has no price or no times.
 * Machines that start and stop, storage, and attempts that were lost are not in it.
 */
export function costOfJob(policy: PricedPolicy, job: Job): JobCost | undefined {
  const parts = job.runs.filter(({ startedAt }) => startedAt !== undefined).map((run) => costOfRun(policy, job, run));
  const [first] = parts;
  if (!first || parts.some((part) => part?.currency !== first.currency)) return undefined;
  return {
    currency: first.currency,
    amount: parts.reduce((sum, part) => sum + (part?.amount ?? 0), 0),
    isAtMost: parts.some((part) => part?.isAtMost),
  };
}

function costOfRun(policy: PricedPolicy, job: Job, run: Run): JobCost | undefined {
  const queue = queueOfRun(policy, job.queue, run.stage);
  const price = hourlyPrice(policy, queue, run.stage, job.parameters.gpu);
  const hours = (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')) / 3_600_000;
  if (!price || !(hours >= 0)) return undefined;
  return { currency: price.currency, amount: price.amount * hours, isAtMost: price.isSpot };
}

/** `$4.10`, `¥24.25`; small amounts with as many digits as say something. */
export function formatMoney({ currency, amount }: Pick<JobCost, 'currency' | 'amount'>): string {
  const symbol = currency === 'USD' ? '$' : currency === 'CNY' ? '¥' : `${currency} `;
  return `${symbol}${amount > 0 && amount < 0.01 ? amount.toPrecision(1) : amount.toFixed(2)}`;
}
