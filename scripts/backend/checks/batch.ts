// Whether Batch can start machines, and whether jobs get through its queues.
import {
  type ComputeEnvironmentDetail,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  type JobQueueDetail,
  type JobSummary,
  ListJobsCommand,
} from '@aws-sdk/client-batch';
import type { AwsClients } from '../clients.ts';
import { advice, type Finding, missing, ok } from '../findings.ts';

type Batch = Pick<AwsClients, 'batch'>;

/** How long the first job of a queue may wait for a machine before that is worth a word. GPUs take ten minutes. */
const PATIENCE_MS = 20 * 60_000;

/** A compute environment and the queue that it serves. */
interface Served {
  readonly queue: string;
  readonly arn: string;
  /** Absent when Batch does not know it any more. */
  readonly environment: ComputeEnvironmentDetail | undefined;
}

async function describeQueues({ batch }: Batch, queues: readonly string[]): Promise<readonly JobQueueDetail[]> {
  // An empty list would ask for every queue of the account.
  if (queues.length === 0) return [];
  const { jobQueues = [] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: [...queues] }));
  return jobQueues;
}

/** They have names that CloudFormation made up (see `environments.ts`): only their queues tell which are ours. */
async function computeEnvironments(aws: Batch, queues: readonly string[]): Promise<readonly Served[]> {
  const listed = (await describeQueues(aws, queues)).flatMap(({ jobQueueName = '', computeEnvironmentOrder = [] }) =>
    computeEnvironmentOrder.flatMap(({ computeEnvironment: arn }) => (arn ? [{ queue: jobQueueName, arn }] : [])),
  );
  if (listed.length === 0) return [];
  const arns = [...new Set(listed.map(({ arn }) => arn))];
  const { computeEnvironments: found = [] } = await aws.batch.send(
    new DescribeComputeEnvironmentsCommand({ computeEnvironments: arns }),
  );
  return listed
    .map(({ queue, arn }) => ({
      queue,
      arn,
      environment: found.find(({ computeEnvironmentArn }) => computeEnvironmentArn === arn),
    }))
    .sort((a, b) => queues.indexOf(a.queue) - queues.indexOf(b.queue));
}

function environmentFinding({ queue, arn, environment }: Served): Finding {
  const name = `compute environment of ${queue}`;
  if (environment === undefined) {
    return missing(name, `Batch has no ${arn}, and starts no machine.`, 'Run: npm run deploy:backend');
  }
  const { computeEnvironmentName = '', status, state, statusReason = '' } = environment;
  if (status === 'INVALID') {
    return missing(
      name,
      `Batch calls ${computeEnvironmentName} INVALID and starts no machine: ${statusReason || 'it gives no reason'}.`,
      'Mend what the reason names (a role, a subnet, a launch template), then run: npm run deploy:backend',
    );
  }
  if (state === 'DISABLED') {
    const remedy = `Run: aws batch update-compute-environment --compute-environment ${computeEnvironmentName} --state ENABLED`;
    return missing(name, `${computeEnvironmentName} is switched off, and starts no machine.`, remedy);
  }
  if (status !== 'VALID') return advice(name, `${status}: ${statusReason || 'being changed'}. Look again in a minute.`);
  const { maxvCpus, desiredvCpus } = environment.computeResources ?? {};
  return ok(name, `valid, ${desiredvCpus ?? 0} of up to ${maxvCpus ?? '?'} vCPUs wanted now.`);
}

/** One finding for each compute environment behind the queues; a queue that is not there is told of by its own check. */
export async function checkComputeEnvironments(aws: Batch, queues: readonly string[]): Promise<readonly Finding[]> {
  const found = await computeEnvironments(aws, queues);
  if (found.length > 0) return found.map(environmentFinding);
  return [missing('compute environments', 'none is behind any queue.', 'Run: npm run deploy:backend')];
}

/**
 * Batch writes into the job at the head of a queue why it does not start.
 * Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck.html
 */
function blockedRemedy(reason: string): string {
  if (reason.includes('INSUFFICIENT_INSTANCE_CAPACITY')) {
    return 'AWS has no such machine free now. Wait, or submit to another queue (also one without "-spot").';
  }
  if (reason.includes('COMPUTE_ENVIRONMENT_MAX_RESOURCE')) {
    return 'The job asks for more than the environment may ever have. Raise "maxVcpus" in foldpad.config.json and deploy.';
  }
  if (reason.includes('JOB_RESOURCE_REQUIREMENT')) {
    return 'No machine of the queue is large enough for the job. Ask for fewer GPUs or for a larger queue.';
  }
  if (reason.includes('SERVICE_ROLE') || reason.includes('ASG')) {
    return 'The role or the scaling group behind the environment was changed. Run: npm run deploy:backend';
  }
  return 'See the quotas above and the compute environment; the Batch console shows the queue’s "Status reason".';
}

async function headOfQueue({ batch }: Batch, queue: string): Promise<JobSummary | undefined> {
  let oldest: JobSummary | undefined;
  let next: string | undefined;
  do {
    const page = await batch.send(
      new ListJobsCommand({
        jobQueue: queue,
        jobStatus: 'RUNNABLE',
        ...(next === undefined ? {} : { nextToken: next }),
      }),
    );
    for (const job of page.jobSummaryList ?? []) {
      if (oldest === undefined || (job.createdAt ?? 0) < (oldest.createdAt ?? 0)) oldest = job;
    }
    next = page.nextToken;
  } while (next !== undefined);
  return oldest;
}

async function queueFinding(aws: Batch, queue: JobQueueDetail, now: number): Promise<Finding> {
  const { jobQueueName = '', state, status, statusReason } = queue;
  const name = `queue ${jobQueueName}`;
  if (status === 'INVALID') {
    const remedy = 'Mend its compute environment (above), then run: npm run deploy:backend';
    return missing(name, `Batch calls it INVALID: ${statusReason || 'it gives no reason'}.`, remedy);
  }
  if (state === 'DISABLED') {
    const remedy = `Run: aws batch update-job-queue --job-queue ${jobQueueName} --state ENABLED`;
    return missing(name, 'it is switched off: no job is taken.', remedy);
  }
  const head = await headOfQueue(aws, jobQueueName);
  if (head === undefined) return ok(name, 'nothing waits for a machine.');
  const minutes = Math.round((now - (head.createdAt ?? now)) / 60_000);
  const reason = head.statusReason ?? '';
  const waits = `the first job (${head.jobName}) has been waiting for a machine for ${minutes} min`;
  if (/^(CAPACITY|MISCONFIGURATION|UNDETERMINED)/.test(reason)) {
    return missing(name, `${waits}. Batch says: ${reason}.`, blockedRemedy(reason));
  }
  if (now - (head.createdAt ?? now) < PATIENCE_MS) return advice(name, `${waits}.`);
  return missing(name, `${waits}, and Batch does not say why.`, blockedRemedy(reason));
}

/** One finding for each job queue of the deployment. `now`: milliseconds since 1970. */
export async function checkJobQueues(aws: Batch, queues: readonly string[], now: number): Promise<readonly Finding[]> {
  const jobQueues = await describeQueues(aws, queues);
  const findings: Finding[] = [];
  for (const wanted of queues) {
    const queue = jobQueues.find(({ jobQueueName }) => jobQueueName === wanted);
    findings.push(
      queue === undefined
        ? missing(`queue ${wanted}`, 'Batch has no such queue.', 'Run: npm run deploy:backend')
        : await queueFinding(aws, queue, now),
    );
  }
  return findings;
}
