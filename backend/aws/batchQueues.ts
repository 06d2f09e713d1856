/** The queues of a deployment: what the catalogue says of them, and what AWS Batch can tell about them now. */
import {
  type BatchClient,
  type ComputeEnvironmentDetail,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  type JobQueueDetail,
  type JobStatus,
  ListJobsCommand,
} from '@aws-sdk/client-batch';
import type { QueueInfo } from '../api/job.ts';
import { findMachine, type Machine, machineRequest, maxGpus, QUEUE_NAMES, SPOT_SUFFIX } from '../api/machines.ts';
import { dropUndefined } from '../api/optional.ts';
import { mapConcurrently } from '../core/pages.ts';
import { retryBatch } from './batchClient.ts';

export interface BatchQueueOptions {
  readonly prefix: string;
  /** Names of the queues that were deployed: `low`, `low-spot`, `cpu` … */
  readonly queues: readonly string[];
  /** Whether AlphaFold was deployed; without it the GPU queues have nothing to run. */
  readonly alphafold: boolean;
}

/**
 * The deployed queues as the catalogue describes them, without asking anybody.
 * @throws Error for a name that is not of the catalogue: the deployment is of another version
 */
export function catalogueQueues({ queues, alphafold }: BatchQueueOptions): readonly QueueInfo[] {
  return queues.map((name) => {
    const { machine, isSpot } = machineOf(name);
    const isMissing = machine.engine === 'alphafold2' && !alphafold;
    return dropUndefined({
      name,
      engine: machine.engine,
      description: isSpot ? `${machine.description}; Spot: cheaper, may be taken back` : machine.description,
      aliases: isSpot ? [] : aliasesOf(machine),
      available: !isMissing,
      reason: isMissing ? 'AlphaFold was left out when this backend was deployed' : undefined,
      remedy: isMissing ? 'Have the operator deploy it (npm run deploy:backend), or use queue cpu.' : undefined,
      gpuModel: machine.gpuModel,
      maxGpu: maxGpus(machine),
    });
  });
}

function machineOf(name: string): { readonly machine: Machine; readonly isSpot: boolean } {
  const found = findMachine(name);
  if (!found) {
    const known = QUEUE_NAMES.join(', ');
    throw new Error(`There is no queue "${name}"; there are ${known}, each also with ${SPOT_SUFFIX} (FOLDPAD_QUEUES).`);
  }
  return found;
}

function aliasesOf({ engine, instances }: Machine): readonly string[] {
  return engine === 'homology' ? ['homology', 'local'] : instances.map(({ name }) => name);
}

/** Queues asked about at the same time. */
const WIDTH = 4;
/** Somebody waits for the answer, and can do without. */
const FEW = { tries: 2 } as const;
/** ListJobs gives at most so many; more are not counted. */
const MAX_COUNTED = 100;

/** The catalogue's queues with what Batch says of them: whether they can start machines, what runs and waits. */
export async function inspectBatchQueues(
  client: BatchClient,
  options: BatchQueueOptions,
): Promise<readonly QueueInfo[]> {
  const infos = catalogueQueues(options);
  const names = infos.map(({ name }) => `${options.prefix}-${name}`);
  const { jobQueues = [] } = await retryBatch(
    () => client.send(new DescribeJobQueuesCommand({ jobQueues: names })),
    FEW,
  );
  const environments = await environmentsOf(client, jobQueues);
  return mapConcurrently(infos, WIDTH, async (info) => {
    const queue = jobQueues.find(({ jobQueueName }) => jobQueueName === `${options.prefix}-${info.name}`);
    const trouble = queue ? troubleOf(queue, environments) : 'it does not exist in this AWS account';
    if (!queue || trouble !== undefined) {
      const remedy = 'Tell the operator: npm run doctor:backend says what is wrong.';
      return { ...info, available: false, reason: trouble ?? 'it is not known', remedy };
    }
    const [running, starting, waiting] = await Promise.all(
      (['RUNNING', 'STARTING', 'RUNNABLE'] as const).map((status) => countJobs(client, queue, status)),
    );
    const slots = slotsOf(info.name, queue, environments);
    return dropUndefined({ ...info, running: (running ?? 0) + (starting ?? 0), waiting: waiting ?? 0, slots });
  });
}

async function environmentsOf(
  client: BatchClient,
  queues: readonly JobQueueDetail[],
): Promise<ReadonlyMap<string, ComputeEnvironmentDetail>> {
  const arns = [...new Set(queues.flatMap((queue) => environmentArns(queue)))];
  if (arns.length === 0) return new Map();
  const command = new DescribeComputeEnvironmentsCommand({ computeEnvironments: arns });
  const answer = await retryBatch(() => client.send(command), FEW);
  return new Map((answer.computeEnvironments ?? []).map((each) => [each.computeEnvironmentArn ?? '', each]));
}

function environmentArns(queue: JobQueueDetail): readonly string[] {
  return (queue.computeEnvironmentOrder ?? []).flatMap(({ computeEnvironment }) => computeEnvironment ?? []);
}

type Environments = ReadonlyMap<string, ComputeEnvironmentDetail>;

function troubleOf(queue: JobQueueDetail, environments: Environments): string | undefined {
  if (queue.state === 'DISABLED') return 'the operator has switched it off';
  if (queue.status === 'INVALID') return `AWS Batch calls it invalid (${queue.statusReason ?? 'no reason given'})`;
  const own = environmentArns(queue).flatMap((arn) => environments.get(arn) ?? []);
  const broken = own.filter(({ state, status }) => state === 'DISABLED' || status === 'INVALID');
  if (own.length === 0 || broken.length < own.length) return undefined;
  const [first] = broken;
  return first?.state === 'DISABLED'
    ? 'the operator has switched its machines off'
    : `its machines cannot be started (${first?.statusReason ?? 'no reason given'})`;
}

async function countJobs(client: BatchClient, queue: JobQueueDetail, jobStatus: JobStatus): Promise<number> {
  const request = { jobQueue: queue.jobQueueArn, jobStatus, maxResults: MAX_COUNTED };
  const { jobSummaryList = [] } = await retryBatch(() => client.send(new ListJobsCommand(request)), FEW);
  return jobSummaryList.length;
}

/** One-GPU predictions (or homology models) that fit into the queue's limit of vCPUs. */
function slotsOf(name: string, queue: JobQueueDetail, environments: Environments): number | undefined {
  const own = environmentArns(queue).flatMap((arn) => environments.get(arn)?.computeResources?.maxvCpus ?? []);
  if (own.length === 0) return undefined;
  const total = own.reduce((sum, vcpus) => sum + vcpus, 0);
  return Math.floor(total / machineRequest(machineOf(name).machine, 'predict', 1).vcpus);
}
