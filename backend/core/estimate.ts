/**
 * Time, cost and memory of a prediction before anything is paid for.
 *
 * AlphaFold: the run times that the article on the AWS solution measured (copied below), interpolated in log space,
 * since time grows with a power of the length. Homology: measured on 2 CPU cores, see docs/homology-accuracy.md.
 */
import { memoryVerdict } from '../api/gpuMemory.ts';
import type { Estimate, JobRequest, QueueInfo } from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import { type HourlyPrice, hourlyPrice, queueOfRun } from './cost.ts';
import type { CoreDeps, Policy } from './deps.ts';
import { inspectQueues } from './queues.ts';
import { type ResolvedRequest, resolveRequests } from './submit.ts';

/** What each request would take. @throws ProblemError as `submitJobs`, but not for an engine that is missing now */
export async function estimateRequests(deps: CoreDeps, requests: readonly JobRequest[]): Promise<readonly Estimate[]> {
  const resolved = await resolveRequests(deps, requests, await inspectQueues(deps));
  return resolved.map((request) => estimate(deps.policy, request));
}

function estimate(policy: Policy, resolved: ResolvedRequest): Estimate {
  const { request, queue, target } = resolved;
  const length = target.chains.reduce((sum, chain) => sum + chain.length, 0);
  const facts =
    queue.engine === 'homology' ? homology(policy, length, queue) : alphafold(policy, length, request, queue);
  return dropUndefined({
    name: request.name,
    engine: queue.engine,
    queue: queue.name,
    length,
    minutes: facts.minutes,
    cost: facts.cost,
    memory: facts.memory,
    warnings: [...resolved.warnings, ...facts.warnings, ...queueWarnings(queue)],
  });
}

interface Facts {
  readonly minutes: Estimate['minutes'];
  readonly cost?: Estimate['cost'];
  readonly memory: Estimate['memory'];
  readonly warnings: readonly string[];
}

function queueWarnings(queue: QueueInfo): readonly string[] {
  const { available, reason, remedy, waiting = 0, slots } = queue;
  if (!available)
    return [`The engine is not available now: ${reason ?? 'no reason is known'} ${remedy ?? ''}`.trimEnd()];
  if (waiting === 0) return [];
  const width = slots === undefined ? '' : `, ${slots} at a time`;
  return [
    `${waiting} run${waiting === 1 ? ' waits' : 's wait'} in queue ${queue.name} before it${width}; waiting is not counted.`,
  ];
}

/** Seconds of both HHblits passes at 200 residues, 2 cores; they grow with the length. */
const SEARCH_SECONDS_AT_200 = 2;
/** Seconds of a ProMod3 model at 200 residues; loops that are hard to close can take up to its time limit. */
const BUILD_SECONDS_AT_200 = 2.5;
const HARD_LOOPS_SECONDS = 100;

function homology(policy: Policy, length: number, queue: QueueInfo): Facts {
  const likely = ((SEARCH_SECONDS_AT_200 + BUILD_SECONDS_AT_200) * Math.max(length, 50)) / 200;
  const minutes = range(likely / 60, 0.6 * (likely / 60), (4 * likely + HARD_LOOPS_SECONDS) / 60);
  const memory = {
    verdict: 'fits',
    reason: 'The homology engine needs less than 2 GB at every length that it takes.',
  } as const;
  if (policy.backend === 'local') return { minutes, memory, warnings: ['It runs on this machine and costs nothing.'] };
  const price = hourlyPrice(policy, queue.name, 'predict', 1);
  return dropUndefined({
    minutes,
    memory,
    cost: price && costOf([{ price, minutes: likely / 60 }], minutes.high / minutes.likely),
    warnings: [MACHINE_START, ...priceWarnings([price])],
  });
}

/** A machine of a queue that stood still: Batch looks, EC2 starts, the image is pulled. */
const MACHINE_START = 'If no machine is free, starting one takes a few minutes more.';

type Points = readonly (readonly [residues: number, minutes: number])[];

/** The article's table: five models, full databases, searches one after the other on the GPU machine. */
const MEASURED: Readonly<Record<string, Points>> = {
  'V100×1': [
    [126, 46],
    [209, 50],
    [331, 55],
    [455, 60],
    [651, 120],
    [806, 120],
    [1073, 260],
  ],
  'V100×2': [
    [1214, 173],
    [1396, 240],
  ],
  'A100×1': [
    [126, 39],
    [209, 39],
    [331, 41],
    [455, 60],
    [651, 60],
    [1073, 60],
    [1214, 106],
    [1396, 153],
  ],
};

/** Models in the article's runs. */
const MEASURED_MODELS = 5;
/** Ensembles of the preset CASP14, each a whole pass of a model (DeepMind's README: "8x slower"). */
const CASP14_ENSEMBLES = 8;
/** How far single runs lie from the table, as a factor: other searches, other machines, other load. */
const SPREAD = 1.6;

function alphafold(policy: Policy, length: number, request: JobRequest, queue: QueueInfo): Facts {
  const { gpu, modelNames, modelPreset } = request.parameters;
  const ensembles = modelPreset === 'monomer_casp14' ? CASP14_ENSEMBLES : 1;
  const model = queue.gpuModel?.includes('V100') ? 'V100' : 'A100';
  const { minutes, warnings } = measuredMinutes(model, gpu, length);
  // The shortest targets spend nearly all their time in the searches, which all models share.
  const searching = Math.min(minutes, MEASURED[`${model}×1`]?.[0]?.[1] ?? minutes);
  const likely = searching + ((minutes - searching) * modelNames.length * ensembles) / MEASURED_MODELS;
  const known = queue.gpuModel !== undefined && /V100|A100/.test(queue.gpuModel);
  const parts = [
    { price: hourlyPrice(policy, queueOfRun(policy, queue.name, 'features'), 'features', gpu), minutes: searching },
    { price: hourlyPrice(policy, queue.name, 'predict', gpu), minutes: likely - searching },
  ];
  const prices = parts.map(({ price }) => price);
  return dropUndefined({
    minutes: range(likely, likely / SPREAD, likely * SPREAD),
    cost: costOf(parts, SPREAD),
    memory: memoryOf(length, gpu, queue),
    warnings: [
      ...warnings,
      ...(ensembles === 1
        ? []
        : ['CASP14 runs each model with eight ensembles: it may take longer than this, and cost more.']),
      ...(known
        ? []
        : [`There are no measured times for ${queue.gpuModel ?? 'this machine'}; these are those of an A100.`]),
      ...priceWarnings(prices),
    ],
  });
}

function measuredMinutes(model: string, gpu: number, length: number): { minutes: number; warnings: readonly string[] } {
  const one = MEASURED[`${model}×1`] ?? [];
  const two = MEASURED[`${model}×2`];
  const last = one.at(-1)?.[0] ?? 0;
  // Two V100 were measured where one no longer is enough; below that a second GPU makes nothing faster.
  const points = gpu > 1 && two && length > last ? two : one;
  const beyond = length > (points.at(-1)?.[0] ?? 0);
  return {
    minutes: interpolate(points, length),
    warnings: beyond ? ['The target is longer than any that was measured; the time is extrapolated.'] : [],
  };
}

/**
 * Piecewise power law through the points: linear in log(length), log(minutes). Flat below the first point, where the
 * searches take all the time; with the slope of the last two beyond the last, but at least quadratic (attention grows
 * with the square of the length).
 */
export function interpolate(points: Points, length: number): number {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) throw new RangeError('interpolate needs at least one point');
  if (length <= first[0]) return first[1];
  for (const [index, [x1, y1]] of points.entries()) {
    const next = points[index + 1];
    if (next && length <= next[0]) return y1 * (length / x1) ** slope([x1, y1], next);
  }
  const previous = points.at(-2) ?? last;
  return last[1] * (length / last[0]) ** Math.max(2, slope(previous, last));
}

function slope([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): number {
  return x1 === x2 ? 0 : Math.log(y2 / y1) / Math.log(x2 / x1);
}

interface PricedPart {
  readonly price: HourlyPrice | undefined;
  readonly minutes: number;
}

/** Spot machines cost between a third and all of the price on demand; half is common. */
const SPOT_FACTORS = { low: 0.3, likely: 0.5, high: 1 } as const;
const ON_DEMAND_FACTORS = { low: 1, likely: 1, high: 1 } as const;

/** Cost of all parts; `undefined` when one has no price. @param spread how much longer it may take, as a factor */
function costOf(parts: readonly PricedPart[], spread: number): Estimate['cost'] {
  const currency = parts[0]?.price?.currency;
  if (currency === undefined || parts.some(({ price }) => price?.currency !== currency)) return undefined;
  const sum = (factor: keyof typeof SPOT_FACTORS): number =>
    parts.reduce((total, { price, minutes }) => {
      const discount = (price?.isSpot ? SPOT_FACTORS : ON_DEMAND_FACTORS)[factor];
      return total + ((price?.amount ?? 0) * discount * minutes) / 60;
    }, 0);
  return { currency, low: money(sum('low') / spread), likely: money(sum('likely')), high: money(sum('high') * spread) };
}

/** To the cent; amounts below it with one digit that means something. */
function money(value: number): number {
  return value < 0.01 ? Number(value.toPrecision(1)) : Math.round(value * 100) / 100;
}

function priceWarnings(prices: readonly (HourlyPrice | undefined)[]): readonly string[] {
  if (prices.includes(undefined)) return ['The price of this queue is not known; see your provider’s price list.'];
  const notes = prices.flatMap((price) => price?.notes ?? []);
  const spot = prices.some((price) => price?.isSpot)
    ? [
        'Spot machines are cheaper by an amount that changes with demand, and may be taken back: the run then starts anew.',
      ]
    : [];
  return [...new Set([...notes, ...spot])];
}

/** The verdict and what to do about it, as one text. */
function memoryOf(length: number, gpu: number, queue: QueueInfo): Estimate['memory'] {
  const { verdict, reason, remedy } = memoryVerdict(length, gpu, queue);
  return { verdict, reason: remedy === undefined ? reason : `${reason} ${remedy}` };
}

/** Minutes with two digits that mean something. */
function range(likely: number, low: number, high: number): Estimate['minutes'] {
  const round = (value: number): number => Number(value.toPrecision(2));
  return { low: round(low), likely: round(likely), high: round(high) };
}
