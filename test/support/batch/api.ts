/** The operations of the Batch API that the stand-in knows, as pure JSON in and JSON out. */
import * as z from 'zod';
import { submitSchema } from './batchJob.ts';
import { BatchClientError, type BatchEngine } from './engine.ts';
import type { BatchResources, ComputeEnvironment, JobDefinition, JobQueue } from './template.ts';

type Operation = (body: unknown) => Readonly<Record<string, unknown>>;

const namesSchema = <K extends string>(key: K) => z.object({ [key]: z.array(z.string()).max(100).optional() });

/** DescribeJobs takes at most 100 ids. */
const describeSchema = z.object({ jobs: z.array(z.string()).max(100) });
const endSchema = z.object({ jobId: z.string(), reason: z.string().min(1).max(1024) });
const listSchema = z.object({
  jobQueue: z.string(),
  jobStatus: z.string().optional(),
  filters: z.array(z.object({ name: z.string(), values: z.array(z.string()) })).optional(),
  maxResults: z.number().int().min(1).max(100).default(100),
  nextToken: z.string().optional(),
});

/** Operations by the path that the API has for them. */
export function batchOperations(engine: BatchEngine, resources: BatchResources): ReadonlyMap<string, Operation> {
  const operations: Readonly<Record<string, Operation>> = {
    submitjob: (body) => {
      const job = engine.submit(checked(submitSchema, body));
      return { jobArn: job.arn, jobId: job.id, jobName: job.request.jobName };
    },
    describejobs: (body) => ({
      jobs: checked(describeSchema, body).jobs.flatMap((id) => engine.find(id)?.detail() ?? []),
    }),
    listjobs: (body) => listJobs(engine, body),
    terminatejob: (body) => {
      const { jobId, reason } = checked(endSchema, body);
      engine.end(jobId, reason, 'terminate');
      return {};
    },
    canceljob: (body) => {
      const { jobId, reason } = checked(endSchema, body);
      engine.end(jobId, reason, 'cancel');
      return {};
    },
    describejobqueues: (body) => ({
      jobQueues: named(resources.queues, checked(namesSchema('jobQueues'), body).jobQueues, (queue) => [
        queue.JobQueueName,
        queue.arn,
      ]).map(queueDetail),
    }),
    describecomputeenvironments: (body) => ({
      computeEnvironments: named(
        resources.environments,
        checked(namesSchema('computeEnvironments'), body).computeEnvironments,
        ({ name, arn }) => [name, arn],
      ).map((environment) => environmentDetail(engine, resources, environment)),
    }),
    describejobdefinitions: (body) => {
      const wanted = checked(
        z.object({ jobDefinitionName: z.string().optional(), jobDefinitions: z.array(z.string()).optional() }),
        body,
      );
      const names = wanted.jobDefinitionName === undefined ? wanted.jobDefinitions : [wanted.jobDefinitionName];
      return {
        jobDefinitions: named(resources.definitions, names, ({ JobDefinitionName: name, arn }) => [
          name,
          `${name}:1`,
          arn,
        ]).map(definitionDetail),
      };
    },
  };
  return new Map(Object.entries(operations).map(([name, operation]) => [`/v1/${name}`, operation]));
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw new BatchClientError(z.prettifyError(result.error));
  return result.data;
}

function named<T>(
  all: readonly T[],
  wanted: readonly string[] | undefined,
  names: (each: T) => readonly string[],
): T[] {
  if (!wanted || wanted.length === 0) return [...all];
  return all.filter((each) => names(each).some((name) => wanted.includes(name)));
}

function listJobs(engine: BatchEngine, body: unknown): Readonly<Record<string, unknown>> {
  const { jobQueue, jobStatus, filters = [], maxResults, nextToken } = checked(listSchema, body);
  const asked = engine.queue(jobQueue);
  const byName = filters.find(({ name }) => name === 'JOB_NAME')?.values[0]?.toLowerCase();
  if (filters.length > 0 && byName === undefined) throw new BatchClientError('Only JOB_NAME can be filtered by here.');
  const found = engine.jobs.filter(({ queue, request, status }) => {
    if (queue !== asked) return false;
    // With a filter, the status plays no part.
    if (byName === undefined) return status === (jobStatus ?? 'RUNNING');
    const name = request.jobName.toLowerCase();
    return byName.endsWith('*') ? name.startsWith(byName.slice(0, -1)) : name === byName;
  });
  const start = Number(nextToken ?? 0);
  const next = start + maxResults;
  return {
    jobSummaryList: found.slice(start, next).map((job) => job.summary()),
    ...(next < found.length && { nextToken: `${next}` }),
  };
}

function queueDetail(queue: JobQueue): Readonly<Record<string, unknown>> {
  return {
    jobQueueName: queue.JobQueueName,
    jobQueueArn: queue.arn,
    state: queue.State,
    schedulingPolicyArn: queue.SchedulingPolicyArn,
    status: 'VALID',
    statusReason: 'JobQueue Healthy',
    priority: queue.Priority,
    computeEnvironmentOrder: queue.environments.map(({ arn }, index) => ({
      order: index + 1,
      computeEnvironment: arn,
    })),
    jobStateTimeLimitActions: queue.JobStateTimeLimitActions.map((limit) => ({
      reason: limit.Reason,
      state: limit.State,
      maxTimeSeconds: limit.MaxTimeSeconds,
      action: limit.Action,
    })),
  };
}

function environmentDetail(
  engine: BatchEngine,
  { queues }: BatchResources,
  environment: ComputeEnvironment,
): Readonly<Record<string, unknown>> {
  const own = queues.filter(({ environments }) => environments.includes(environment));
  const isInvalid = own.some((queue) => engine.conditionOf(queue).invalid);
  return {
    computeEnvironmentName: environment.name,
    computeEnvironmentArn: environment.arn,
    type: 'MANAGED',
    state: environment.state,
    status: isInvalid ? 'INVALID' : 'VALID',
    statusReason: isInvalid ? 'CLIENT_ERROR - The launch template is not valid' : 'ComputeEnvironment Healthy',
    computeResources: {
      type: environment.type,
      minvCpus: 0,
      maxvCpus: environment.maxvCpus,
      desiredvCpus: 0,
      instanceTypes: environment.instanceTypes,
    },
  };
}

function definitionDetail(definition: JobDefinition): Readonly<Record<string, unknown>> {
  const { ContainerProperties: container } = definition;
  return {
    jobDefinitionName: definition.JobDefinitionName,
    jobDefinitionArn: definition.arn,
    revision: 1,
    status: 'ACTIVE',
    type: 'container',
    parameters: definition.Parameters,
    containerProperties: {
      image: container.Image,
      command: container.Command,
      environment: container.Environment.map(({ Name, Value }) => ({ name: Name, value: Value })),
      resourceRequirements: container.ResourceRequirements.map(({ Type, Value }) => ({ type: Type, value: Value })),
    },
  };
}
