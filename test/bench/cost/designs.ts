/**
 * 1,000 predictions on the article's design and on ours. Every number that goes in stands here with its source; what is
 * assumed is said to be.
 */
import { MACHINES } from '../../../backend/api/machines.ts';
import { interpolate } from '../../../backend/core/estimate.ts';
import { type Fleet, type FleetJob, simulateFleet } from './fleet.ts';

/** Minutes of a whole prediction with five models on one A100, by residues: the article's table. */
const ARTICLE_MINUTES = [
  [126, 39],
  [209, 39],
  [331, 41],
  [455, 60],
  [651, 60],
  [1073, 60],
  [1214, 106],
  [1396, 153],
] as const;

/** Seconds a model on an A100, compilation not counted: AlphaFold's README, "Inferencing many proteins". */
const INFERENCE_SECONDS = [
  [100, 4.9],
  [400, 18],
  [800, 60],
  [1000, 96],
  [1500, 280],
] as const;

const MODELS = 5;
/** 162 s with and 25 s without compilation on a T4 (google-deepmind/alphafold#790): the only published figure. */
const COMPILE_SECONDS = 137;
/** One relaxation, the best model's: the same issue. */
const RELAX_SECONDS = 12;
/** Assumed: starting the container, reading features and parameters. */
const START_SECONDS = 60;

/** Assumed: an instance with a large image takes so long until its first job; Batch keeps idle ones about so long. */
const BOOT_SECONDS = 300;
const IDLE_SECONDS = 300;

const SECONDS_PER_HOUR = 3_600;

export interface Scenario {
  readonly jobs: number;
  /** Over which the jobs come, at random. */
  readonly hours: number;
  /** Part of the jobs whose features are in the cache. */
  readonly cached: number;
  /** Multiplies the GPU's work in our design: 1 is what the sources say. */
  readonly gpuFactor: number;
  readonly seed: number;
}

export interface Outcome {
  readonly gpuDollars: number;
  readonly cpuDollars: number;
  /** GPU hours that were paid for, and those at work. */
  readonly gpuHours: number;
  readonly gpuBusyHours: number;
  /** Minutes from submission to result. */
  readonly medianMinutes: number;
  readonly p90Minutes: number;
}

/** Numbers in [0, 1) that are the same every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Target {
  readonly submittedAt: number;
  readonly residues: number;
  readonly cached: boolean;
}

/** Lengths are log-normal about 300 residues, as those of proteins are, within what the article has measured. */
export function targets({ jobs, hours, cached, seed }: Scenario): Target[] {
  const next = random(seed);
  return Array.from({ length: jobs }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    const residues = Math.round(Math.min(1396, Math.max(50, 300 * Math.exp(0.6 * normal))));
    return { submittedAt: next() * hours * SECONDS_PER_HOUR, residues, cached: next() < cached };
  });
}

export const articleSeconds = (residues: number): number => interpolate(ARTICLE_MINUTES, residues) * 60;

/** What needs the GPU of a prediction. */
export function gpuSeconds(residues: number): number {
  return MODELS * (interpolate(INFERENCE_SECONDS, residues) + COMPILE_SECONDS) + RELAX_SECONDS + START_SECONDS;
}

/**
 * All the rest of the article's time is searching: on as many CPUs as its jobs have, and assumed no faster for us. That
 * is the careful side: searching at the same time makes it shorter (predicted in docs/benchmarks.md, features stage).
 */
export const searchSeconds = (residues: number): number => Math.max(0, articleSeconds(residues) - gpuSeconds(residues));

function machine(queue: string, minimumVcpus = 0): { readonly gpus: number; readonly dollarsPerSecond: number } {
  const instances = MACHINES.find((candidate) => candidate.queue === queue)?.instances ?? [];
  const found = instances.find(({ vcpus }) => vcpus >= minimumVcpus);
  if (!found) throw new RangeError(`no machine for ${queue}`);
  return { gpus: found.gpus, dollarsPerSecond: found.dollarsPerHour / SECONDS_PER_HOUR };
}

const gpuMachine = machine('p4');
/** As many vCPUs as the features run asks for. */
const cpuMachine = machine('cpu', 16);
const GPU_FLEET: Fleet = {
  slots: gpuMachine.gpus,
  maxInstances: 8,
  bootSeconds: BOOT_SECONDS,
  idleSeconds: IDLE_SECONDS,
};
const CPU_FLEET: Fleet = { slots: 1, maxInstances: 100, bootSeconds: BOOT_SECONDS, idleSeconds: IDLE_SECONDS };

/** The article: a job holds its GPU from the first search to the last relaxation. */
export function articleDesign(scenario: Scenario): Outcome {
  const all = targets(scenario);
  const jobs = all.map((target, id) => ({
    id,
    readyAt: target.submittedAt,
    duration: articleSeconds(target.residues),
  }));
  const run = simulateFleet(jobs, GPU_FLEET);
  return outcome(all, run.endedAt, run, 0);
}

/** Ours: searches on CPUs, unless their answers are in the cache, then a GPU for what needs one. */
export function ourDesign(scenario: Scenario): Outcome {
  const all = targets(scenario);
  const searched: FleetJob[] = all.flatMap(({ cached, submittedAt, residues }, id) =>
    cached ? [] : [{ id, readyAt: submittedAt, duration: START_SECONDS + searchSeconds(residues) }],
  );
  const cpu = simulateFleet(searched, CPU_FLEET);
  const foundAt = new Map(searched.map(({ id }, place) => [id, cpu.endedAt[place]]));
  const predicted = all.map((target, id) => ({
    id,
    readyAt: target.cached ? target.submittedAt : (foundAt.get(id) ?? Number.NaN),
    duration: gpuSeconds(target.residues) * scenario.gpuFactor,
  }));
  const gpu = simulateFleet(predicted, GPU_FLEET);
  return outcome(all, gpu.endedAt, gpu, cpu.instanceSeconds * cpuMachine.dollarsPerSecond);
}

function outcome(
  all: readonly Target[],
  endedAt: readonly number[],
  gpu: { readonly instanceSeconds: number; readonly busySeconds: number },
  cpuDollars: number,
): Outcome {
  const minutes = all.map(({ submittedAt }, place) => ((endedAt[place] ?? Number.NaN) - submittedAt) / 60);
  minutes.sort((a, b) => a - b);
  const quantile = (part: number) => minutes[Math.floor(part * (minutes.length - 1))] ?? Number.NaN;
  return {
    gpuDollars: gpu.instanceSeconds * gpuMachine.dollarsPerSecond,
    cpuDollars,
    gpuHours: (gpu.instanceSeconds * gpuMachine.gpus) / SECONDS_PER_HOUR,
    gpuBusyHours: gpu.busySeconds / SECONDS_PER_HOUR,
    medianMinutes: quantile(0.5),
    p90Minutes: quantile(0.9),
  };
}
