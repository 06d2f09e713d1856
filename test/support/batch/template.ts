/** What a synthesized CloudFormation template tells AWS Batch to be: queues, the machines behind them, job definitions. */
import * as z from 'zod';
import { type InstanceType, MACHINES } from '../../../backend/api/machines.ts';
import { type DeployedAs, evaluate, type ResourceNaming } from './intrinsics.ts';

const resourceSchema = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() });
export const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).optional(),
});
export type Template = z.infer<typeof templateSchema>;
type Resource = z.infer<typeof resourceSchema>;

const nameValue = z.object({ Name: z.string(), Value: z.string() });

const environmentSchema = z.object({
  ComputeEnvironmentName: z.string().optional(),
  State: z.string().default('ENABLED'),
  ComputeResources: z.object({
    Type: z.enum(['EC2', 'SPOT']),
    MinvCpus: z.number().default(0),
    MaxvCpus: z.number(),
    InstanceTypes: z.array(z.string()).min(1),
  }),
});

const queueSchema = z.object({
  JobQueueName: z.string(),
  Priority: z.number(),
  State: z.string().default('ENABLED'),
  SchedulingPolicyArn: z.string().optional(),
  ComputeEnvironmentOrder: z.array(z.object({ ComputeEnvironment: z.string(), Order: z.number() })),
  JobStateTimeLimitActions: z
    .array(z.object({ Action: z.string(), MaxTimeSeconds: z.number(), Reason: z.string(), State: z.string() }))
    .default([]),
});

const definitionSchema = z.object({
  JobDefinitionName: z.string(),
  Type: z.literal('container'),
  Parameters: z.record(z.string(), z.string()).default({}),
  RetryStrategy: z
    .object({
      Attempts: z.number().optional(),
      EvaluateOnExit: z
        .array(
          z.object({
            Action: z.string(),
            OnExitCode: z.string().optional(),
            OnReason: z.string().optional(),
            OnStatusReason: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  Timeout: z.object({ AttemptDurationSeconds: z.number() }).optional(),
  ContainerProperties: z.object({
    Image: z.string(),
    Command: z.array(z.string()).default([]),
    Environment: z.array(nameValue).default([]),
    ResourceRequirements: z.array(z.object({ Type: z.enum(['VCPU', 'MEMORY', 'GPU']), Value: z.string() })).default([]),
    LogConfiguration: z
      .object({ LogDriver: z.string(), Options: z.record(z.string(), z.string()).default({}) })
      .optional(),
  }),
});

const INSTANCES = MACHINES.flatMap(({ instances }) => instances);

export interface ComputeEnvironment {
  readonly name: string;
  readonly arn: string;
  readonly state: string;
  readonly type: 'EC2' | 'SPOT';
  readonly maxvCpus: number;
  readonly instanceTypes: readonly string[];
  /** Those of them whose size is known; jobs are put on no others. */
  readonly instances: readonly InstanceType[];
}

export type JobQueue = z.infer<typeof queueSchema> & {
  readonly arn: string;
  readonly environments: readonly ComputeEnvironment[];
};

export type JobDefinition = z.infer<typeof definitionSchema> & { readonly arn: string };

export interface BatchResources {
  readonly deployed: DeployedAs;
  readonly environments: readonly ComputeEnvironment[];
  readonly queues: readonly JobQueue[];
  readonly definitions: readonly JobDefinition[];
}

const NAMED_BY: Readonly<Record<string, { readonly property: string; readonly kind: string }>> = {
  'AWS::Batch::ComputeEnvironment': { property: 'ComputeEnvironmentName', kind: 'compute-environment' },
  'AWS::Batch::JobQueue': { property: 'JobQueueName', kind: 'job-queue' },
  'AWS::Batch::JobDefinition': { property: 'JobDefinitionName', kind: 'job-definition' },
  'AWS::Batch::SchedulingPolicy': { property: 'Name', kind: 'scheduling-policy' },
};

/**
 * Reads what templates define for AWS Batch, the way CloudFormation would deploy it.
 *
 * @param templates of one deployment; they may refer to each other by names only
 * @throws Error naming the resource that is not as AWS Batch wants it
 */
export function readBatchTemplate(templates: readonly unknown[], deployed: DeployedAs): BatchResources {
  const parts = templates.map((template) => readOne(templateSchema.parse(template), deployed));
  const environments = parts.flatMap((part) => part.environments);
  const queues = parts.flatMap((part) => part.queues).map((queue) => connect(queue, environments));
  return { deployed, environments, queues, definitions: parts.flatMap((part) => part.definitions) };
}

interface Parts {
  readonly environments: readonly ComputeEnvironment[];
  readonly queues: readonly Omit<JobQueue, 'environments'>[];
  readonly definitions: readonly JobDefinition[];
}

function readOne(template: Template, deployed: DeployedAs): Parts {
  const naming = namingOf(template, deployed);
  const read = <T>(type: string, schema: z.ZodType<T>): readonly (T & { readonly arn: string })[] =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => {
        const checked = schema.safeParse(evaluate(resource.Properties ?? {}, deployed, naming));
        if (!checked.success) throw new Error(`${type} ${id}: ${z.prettifyError(checked.error)}`);
        return { ...checked.data, arn: arnOf(id, resource, deployed, naming) ?? '' };
      });
  const environments = read('AWS::Batch::ComputeEnvironment', environmentSchema).map((each) => ({
    name: each.arn.slice(each.arn.lastIndexOf('/') + 1),
    arn: each.arn,
    state: each.State,
    type: each.ComputeResources.Type,
    maxvCpus: each.ComputeResources.MaxvCpus,
    instanceTypes: each.ComputeResources.InstanceTypes,
    instances: INSTANCES.filter(({ name }) => each.ComputeResources.InstanceTypes.includes(name)),
  }));
  return {
    environments,
    queues: read('AWS::Batch::JobQueue', queueSchema),
    definitions: read('AWS::Batch::JobDefinition', definitionSchema),
  };
}

/** `Ref` of a Batch resource gives its ARN; what other resources are called hardly matters here. */
function namingOf(template: Template, deployed: DeployedAs): ResourceNaming {
  const naming: ResourceNaming = {
    ref: (id) => {
      const resource = template.Resources[id];
      const value = template.Parameters?.[id]?.Default;
      return (resource && arnOf(id, resource, deployed, naming)) ?? (typeof value === 'string' ? value : undefined);
    },
    attribute: (id, attribute) => {
      const resource = template.Resources[id];
      return resource && /Arn$/.test(attribute) ? arnOf(id, resource, deployed, naming) : undefined;
    },
  };
  return naming;
}

/** What has no name of its own is named by CloudFormation, after its logical id. */
function arnOf(id: string, resource: Resource, deployed: DeployedAs, naming: ResourceNaming): string | undefined {
  const how = NAMED_BY[resource.Type];
  if (!how) return undefined;
  const name = evaluate(resource.Properties?.[how.property] ?? id, deployed, naming);
  const { partition, region, account } = deployed;
  const revision = how.kind === 'job-definition' ? ':1' : '';
  return `arn:${partition}:batch:${region}:${account}:${how.kind}/${name}${revision}`;
}

function connect(queue: Omit<JobQueue, 'environments'>, environments: readonly ComputeEnvironment[]): JobQueue {
  const order = queue.ComputeEnvironmentOrder.toSorted((a, b) => a.Order - b.Order);
  const connected = order.map(({ ComputeEnvironment: wanted }) => {
    const found = environments.find(({ arn, name }) => arn === wanted || name === wanted);
    if (!found) throw new Error(`Job queue ${queue.JobQueueName}: there is no compute environment ${wanted}`);
    return found;
  });
  return { ...queue, environments: connected };
}
