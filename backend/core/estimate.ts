/**
 * Time, cost and memory of a prediction before anything is paid for.
 *
 * AlphaFold: the run times that the article on the AWS solution measured (copied below), interpolated in log space,
 * since time grows with a power of the length. Homology: measured on 2 CPU cores, see docs/homology-accuracy.md.
 */
import type { Estimate, JobRequest, QueueInfo } from '../api/job.ts';
import { dropUndefined } from '../api/optional.ts';
import type { CoreDeps } from './deps.ts';
import { type ResolvedRequest, resolveRequests } from './submit.ts';

/** What each request would take. @throws ProblemError as `submitJobs`, but not for an engine that is missing now */
export async function estimateRequests(deps: CoreDeps, requests: readonly JobRequest[]): Promise<readonly Estimate[]> {
  return (await resolveRequests(deps, requests)).map(estimate);
}

function estimate(resolved: ResolvedRequest): Estimate {
  const { request, queue, target } = resolved;
  const length = target.chains.reduce((sum, chain) => sum + chain.length, 0);
  const facts = queue.engine === 'homology' ? homology(length) : alphafold(length, request, queue);
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

function homology(length: number): Facts {
  const likely = ((SEARCH_SECONDS_AT_200 + BUILD_SECONDS_AT_200) * Math.max(length, 50)) / 200;
  return {
    minutes: range(likely / 60, 0.6 * (likely / 60), (4 * likely + HARD_LOOPS_SECONDS) / 60),
    memory: { verdict: 'fits', reason: 'The homology engine needs less than 2 GB at every length that it takes.' },
    warnings: ['It runs on this machine and costs nothing.'],
  };
}

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

/** $4.10 for an hour of one A100 (an eighth of p4d.24xlarge), us-east-1, on demand: $10.46 for the 153 minutes above. */
const A100_DOLLARS_PER_HOUR = 4.1;
/** Models in the article's runs. */
const MEASURED_MODELS = 5;
/** How far single runs lie from the table, as a factor: other searches, other machines, other load. */
const SPREAD = 1.6;

function alphafold(length: number, request: JobRequest, queue: QueueInfo): Facts {
  const { gpu, modelNames } = request.parameters;
  const model = queue.gpuModel?.includes('V100') ? 'V100' : 'A100';
  const { minutes, warnings } = measuredMinutes(model, gpu, length);
  // The shortest targets spend nearly all their time in the searches, which all models share.
  const searching = Math.min(minutes, MEASURED[`${model}×1`]?.[0]?.[1] ?? minutes);
  const likely = searching + ((minutes - searching) * modelNames.length) / MEASURED_MODELS;
  const known = queue.gpuModel !== undefined && /V100|A100/.test(queue.gpuModel);
  const priced = queue.gpuModel?.includes('A100') ?? false;
  return dropUndefined({
    minutes: range(likely, likely / SPREAD, likely * SPREAD),
    cost: priced ? costOf(likely, gpu) : undefined,
    memory: memoryOf(length, gpu, queue.gpuModel),
    warnings: [
      ...warnings,
      ...(known
        ? []
        : [`There are no measured times for ${queue.gpuModel ?? 'this machine'}; these are those of an A100.`]),
      ...(priced ? [] : ['The price of this queue is not known; see your provider’s price list.']),
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

function costOf(minutes: number, gpu: number): NonNullable<Estimate['cost']> {
  const dollars = (value: number): number => Math.round(value * gpu * (A100_DOLLARS_PER_HOUR / 60) * 100) / 100;
  return { currency: 'USD', low: dollars(minutes / SPREAD), likely: dollars(minutes), high: dollars(minutes * SPREAD) };
}

/** Memory of one GPU in GB, by the model's name. */
const GPU_MEMORY: readonly (readonly [RegExp, number])[] = [
  [/V100/, 16],
  [/A100.*80|H100/, 80],
  [/A100/, 40],
  [/L40S/, 48],
  [/A10G|L4/, 24],
  [/T4/, 16],
];
/** One V100 (16 GB) runs out of memory above about this many residues; two (32 GB) did 1396. */
const RESIDUES_IN_16_GB = 1000;
/** Above this part of the limit it may or may not fit. */
const TIGHT = 0.9;

/** Memory grows with the square of the length (the pair representation), so the limit with the root of the memory. */
function memoryOf(length: number, gpu: number, gpuModel: string | undefined): Estimate['memory'] {
  const each = GPU_MEMORY.find(([pattern]) => gpuModel && pattern.test(gpuModel))?.[1];
  if (each === undefined)
    return { verdict: 'tight', reason: `The memory of ${gpuModel ?? 'this machine'} is not known.` };
  const limit = RESIDUES_IN_16_GB * Math.sqrt((each * gpu) / 16);
  const what = `${gpu} × ${gpuModel} (${each * gpu} GB) takes about ${Math.round(limit / 10) * 10} residues; the target has ${length}.`;
  if (length > limit) return { verdict: 'too-large', reason: `${what} Ask for more GPUs or a queue with more memory.` };
  return { verdict: length > TIGHT * limit ? 'tight' : 'fits', reason: what };
}

/** Minutes with two digits that mean something. */
function range(likely: number, low: number, high: number): Estimate['minutes'] {
  const round = (value: number): number => Number(value.toPrecision(2));
  return { low: round(low), likely: round(likely), high: round(high) };
}
