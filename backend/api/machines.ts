/**
 * The machines behind the queues of the AWS backend: which EC2 instances a queue may start, what to ask of AWS Batch so
 * that a job really fits on one, and what an hour costs. Pure facts, shared by the infrastructure (compute
 * environments), the scheduler (what a job asks for), the estimates and the deployment checks (quotas).
 *
 * Sources: instance sizes and prices from the EC2 instance-type and on-demand price pages (us-east-1, Linux), as known
 * in November 2026; the article gives the four queues of its own, 8 vCPU and 61 GB per V100, the price of an A100 hour
 * in us-east-1 ($4.10) and of a V100 hour in Ningxia (¥24.25).
 */
import type { Engine, Stage } from './job.ts';

/** One EC2 instance type. */
export interface InstanceType {
  readonly name: string;
  readonly vcpus: number;
  /** Installed memory in MiB; a job gets less, see {@link usableMemoryMiB}. */
  readonly memoryMiB: number;
  readonly gpus: number;
  /** US dollars for an hour on demand in us-east-1. */
  readonly dollarsPerHour: number;
}

/** What one job asks AWS Batch for. */
export interface MachineRequest {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
}

/** Which of EC2's quotas (in vCPUs) a family counts against. */
export type QuotaFamily = 'P' | 'G' | 'Standard';

export interface Machine {
  /** Name of the queue, without the suffix of its Spot twin. */
  readonly queue: QueueName;
  /** What the queue's jobs are predicted with. `cpu` also serves the `features` stage of AlphaFold. */
  readonly engine: Engine;
  /** One line for people. */
  readonly description: string;
  /** Cheapest first; Batch picks the smallest that a job fits on. */
  readonly instances: readonly InstanceType[];
  readonly gpuModel?: string;
  /** Memory of one GPU in GB. */
  readonly gpuMemoryGB?: number;
  readonly quota: QuotaFamily;
  /** One of the four queues of the article. */
  readonly isFromArticle: boolean;
  /** Yuan for an hour of one GPU on demand in cn-northwest-1, where the article tells it. */
  readonly yuanPerGpuHour?: number;
  /** Said beside every price that comes from here. */
  readonly priceNote?: string;
}

export const QUEUE_NAMES = ['low', 'mid', 'high', 'p4', 'p5', 'g5', 'g6', 'g6e', 'cpu'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** A queue's twin on Spot instances is called `<name>-spot`. */
export const SPOT_SUFFIX = '-spot';

const GiB = 1024;

/**
 * Memory that the kernel, its page tables and the GPU driver keep of what is installed: the operating system sees
 * between 1.6 and 3.5 % less, the more the larger the machine. (Batch's guide: an m4.large of 8192 MiB offers 7985.)
 */
const KERNEL_SHARE = 0.045;
/** `ECS_RESERVED_MEMORY` of our instances, in MiB: for the agent, CloudWatch's logger and the Lustre client. */
export const ECS_RESERVED_MEMORY_MIB = 512;

/** Memory of an instance in MiB that ECS surely offers to jobs. A job that asks for more may wait for ever. */
export function usableMemoryMiB(instance: InstanceType): number {
  return Math.floor(instance.memoryMiB * (1 - KERNEL_SHARE)) - ECS_RESERVED_MEMORY_MIB;
}

function instance(name: string, vcpus: number, gib: number, gpus: number, dollarsPerHour: number): InstanceType {
  return { name, vcpus, memoryMiB: gib * GiB, gpus, dollarsPerHour };
}

const ARTICLE_V100 = {
  engine: 'alphafold2',
  gpuModel: 'V100',
  gpuMemoryGB: 16,
  quota: 'P',
  isFromArticle: true,
  yuanPerGpuHour: 24.25,
} as const;

/** Every queue that can be deployed, in the order in which people are shown them. */
export const MACHINES: readonly Machine[] = [
  {
    ...ARTICLE_V100,
    queue: 'low',
    description: 'p3.2xlarge: 1 NVIDIA V100 (16 GB)',
    instances: [instance('p3.2xlarge', 8, 61, 1, 3.06)],
  },
  {
    ...ARTICLE_V100,
    queue: 'mid',
    description: 'p3.8xlarge: 4 NVIDIA V100 (16 GB each)',
    instances: [instance('p3.8xlarge', 32, 244, 4, 12.24)],
  },
  {
    ...ARTICLE_V100,
    queue: 'high',
    description: 'p3.16xlarge: 8 NVIDIA V100 (16 GB each)',
    instances: [instance('p3.16xlarge', 64, 488, 8, 24.48)],
  },
  {
    queue: 'p4',
    engine: 'alphafold2',
    description: 'p4d.24xlarge: 8 NVIDIA A100 (40 GB each)',
    // The article's $4.10 for an hour of one A100.
    instances: [instance('p4d.24xlarge', 96, 1152, 8, 32.8)],
    gpuModel: 'A100',
    gpuMemoryGB: 40,
    quota: 'P',
    isFromArticle: true,
    priceNote: 'The price is the article’s; AWS has lowered it by up to a third since.',
  },
  {
    queue: 'p5',
    engine: 'alphafold2',
    description: 'p5.48xlarge: 8 NVIDIA H100 (80 GB each)',
    instances: [instance('p5.48xlarge', 192, 2048, 8, 55.04)],
    gpuModel: 'H100',
    gpuMemoryGB: 80,
    quota: 'P',
    isFromArticle: false,
  },
  {
    queue: 'g5',
    engine: 'alphafold2',
    description: 'g5: 1, 4 or 8 NVIDIA A10G (24 GB each)',
    instances: [
      instance('g5.4xlarge', 16, 64, 1, 1.624),
      instance('g5.12xlarge', 48, 192, 4, 5.672),
      instance('g5.48xlarge', 192, 768, 8, 16.288),
    ],
    gpuModel: 'A10G',
    gpuMemoryGB: 24,
    quota: 'G',
    isFromArticle: false,
  },
  {
    queue: 'g6',
    engine: 'alphafold2',
    description: 'g6: 1, 4 or 8 NVIDIA L4 (24 GB each)',
    instances: [
      instance('g6.4xlarge', 16, 64, 1, 1.3232),
      instance('g6.12xlarge', 48, 192, 4, 4.6016),
      instance('g6.48xlarge', 192, 768, 8, 13.3504),
    ],
    gpuModel: 'L4',
    gpuMemoryGB: 24,
    quota: 'G',
    isFromArticle: false,
  },
  {
    queue: 'g6e',
    engine: 'alphafold2',
    description: 'g6e: 1, 4 or 8 NVIDIA L40S (48 GB each)',
    instances: [
      instance('g6e.4xlarge', 16, 128, 1, 3.00424),
      instance('g6e.12xlarge', 48, 384, 4, 10.49264),
      instance('g6e.48xlarge', 192, 1536, 8, 30.13118),
    ],
    gpuModel: 'L40S',
    gpuMemoryGB: 48,
    quota: 'G',
    isFromArticle: false,
  },
  {
    queue: 'cpu',
    engine: 'homology',
    description: 'homology modelling on CPU machines; also the sequence searches of AlphaFold',
    instances: [
      instance('m6i.4xlarge', 16, 64, 0, 0.768),
      instance('m5.4xlarge', 16, 64, 0, 0.768),
      instance('m7i.4xlarge', 16, 64, 0, 0.8064),
      instance('m6i.8xlarge', 32, 128, 0, 1.536),
      instance('m7i.8xlarge', 32, 128, 0, 1.6128),
    ],
    quota: 'Standard',
    isFromArticle: false,
  },
];

/** A machine and whether its Spot twin was meant. */
export interface QueueMachine {
  readonly machine: Machine;
  readonly isSpot: boolean;
}

/** What stands behind a queue name such as `p4` or `p4-spot`; `undefined` for names that are not of the catalogue. */
export function findMachine(queue: string): QueueMachine | undefined {
  const isSpot = queue.endsWith(SPOT_SUFFIX);
  const name = isSpot ? queue.slice(0, -SPOT_SUFFIX.length) : queue;
  const machine = MACHINES.find((candidate) => candidate.queue === name);
  return machine && { machine, isSpot };
}

/**
 * Whether AWS Batch has no machine image for the instances: its one for GPUs, ECS_AL2023_NVIDIA, "doesn't support p3 and
 * g3 instance types" (AWS Batch API reference, Ec2Configuration). Somebody has to name an AMI for them (ADR 032).
 */
export function needsNamedImage({ instances }: Pick<Machine, 'instances'>): boolean {
  return instances.some(({ name }) => /^(p3|g3)[a-z]*\./.test(name));
}

/** Most GPUs that one job of the queue can have: those of its largest instance. */
export function maxGpus({ instances }: Machine): number {
  return Math.max(...instances.map(({ gpus }) => gpus));
}

/** What the `features` stage of AlphaFold asks for: three searches at once (8 + 8 CPUs of jackhmmer, 4 of hhblits). */
const FEATURES_REQUEST: MachineRequest = { vcpus: 16, memoryMiB: 58 * GiB, gpus: 0 };
/** A homology model needs less than 2 GB and uses up to four threads; see docs/homology-accuracy.md. */
const HOMOLOGY_REQUEST: MachineRequest = { vcpus: 4, memoryMiB: 8 * GiB, gpus: 0 };

/**
 * What a job asks Batch for, so that it fits on an instance of the queue: on GPU queues vCPUs and memory grow with the
 * number of GPUs, as in the article (there 8 vCPU and 61 GB per V100), but leave what the machine keeps for itself.
 *
 * @param gpu 1 – {@link maxGpus}; of no meaning on queues without GPUs
 */
export function machineRequest(machine: Machine, stage: Stage, gpu: number): MachineRequest {
  if (machine.gpuModel === undefined) return stage === 'features' ? FEATURES_REQUEST : HOMOLOGY_REQUEST;
  const { vcpus, memoryMiB } = perGpu(machine);
  return { vcpus: vcpus * gpu, memoryMiB: memoryMiB * gpu, gpus: gpu };
}

/** vCPUs and memory (whole GiB) for one GPU: what the queue's scarcest instance has for each of its GPUs. */
function perGpu({ instances }: Machine): Omit<MachineRequest, 'gpus'> {
  const memory = Math.min(...instances.map((each) => usableMemoryMiB(each) / each.gpus));
  return {
    vcpus: Math.min(...instances.map(({ vcpus, gpus }) => Math.floor(vcpus / gpus))),
    memoryMiB: Math.floor(memory / GiB) * GiB,
  };
}

/** Whether the instance has room for the request. */
export function fitsOn(each: InstanceType, request: MachineRequest): boolean {
  return request.vcpus <= each.vcpus && request.gpus <= each.gpus && request.memoryMiB <= usableMemoryMiB(each);
}

/** The cheapest instance of the machine that the request fits on. */
export function instanceFor(machine: Machine, request: MachineRequest): InstanceType | undefined {
  return machine.instances
    .filter((each) => fitsOn(each, request))
    .sort((a, b) => a.dollarsPerHour - b.dollarsPerHour)[0];
}

/** The part of an instance that a request keeps others from using, 0–1: what its hour is to be charged with. */
export function shareOf(each: InstanceType, { vcpus, memoryMiB, gpus }: MachineRequest): number {
  // GPU machines are paid for their GPUs: what is left of CPU and memory beside them serves nobody.
  if (each.gpus > 0) return Math.min(1, gpus / each.gpus);
  return Math.min(1, Math.max(vcpus / each.vcpus, memoryMiB / usableMemoryMiB(each)));
}
