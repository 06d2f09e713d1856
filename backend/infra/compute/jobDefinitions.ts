import { CfnJobDefinition } from 'aws-cdk-lib/aws-batch';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { MachineRequest } from '../../api/machines.ts';
import type { FoldpadStack } from '../foldpadStack.ts';

/** A folder of the instance that a container sees. */
export interface HostFolder {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Where an instance keeps what a job needs no longer than it runs; made by boot.sh. */
export const SCRATCH: HostFolder = { name: 'scratch', source: '/scratch', target: '/scratch', readOnly: false };

export interface JobDefinitionOptions {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  /** What stands for `Ref::…` in the command when a job does not say. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly request: MachineRequest;
  readonly role: IRole;
  readonly timeoutSeconds: number;
  readonly folders: readonly HostFolder[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of the image's own user when left out. */
  readonly user?: string;
  /** Nothing outside the mounted folders and /tmp can be written. */
  readonly readOnlyRoot: boolean;
}

/** A Spot instance that was taken back may be replaced so often. */
const ATTEMPTS = 3;

/** Every job has the same priority: the fair share decides (and such queues refuse jobs that have none). */
const PRIORITY = 1;

/** One kind of job: what runs, with what, and what becomes of it when the machine is lost. */
export function jobDefinition(stack: FoldpadStack, id: string, options: JobDefinitionOptions): CfnJobDefinition {
  const { request, folders, readOnlyRoot } = options;
  return new CfnJobDefinition(stack, id, {
    type: 'container',
    jobDefinitionName: options.name,
    platformCapabilities: ['EC2'],
    propagateTags: true,
    schedulingPriority: PRIORITY,
    parameters: options.parameters,
    timeout: { attemptDurationSeconds: options.timeoutSeconds },
    // What is not matched would be tried again: a prediction that failed once fails again, at the user's cost.
    retryStrategy: {
      attempts: ATTEMPTS,
      evaluateOnExit: [
        { onStatusReason: 'Host EC2*', action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    },
    containerProperties: {
      image: options.image,
      command: [...options.command],
      jobRoleArn: options.role.roleArn,
      resourceRequirements: resourceRequirements(request),
      environment: Object.entries({
        AWS_REGION: stack.config.region,
        TMPDIR: SCRATCH.target,
        HOME: '/tmp',
        ...options.environment,
      }).map(([name, value]) => ({ name, value })),
      volumes: folders.map(({ name, source }) => ({ name, host: { sourcePath: source } })),
      mountPoints: folders.map(({ name, target, readOnly }) => ({
        sourceVolume: name,
        containerPath: target,
        readOnly,
      })),
      privileged: false,
      readonlyRootFilesystem: readOnlyRoot,
      ...(options.user !== undefined && { user: options.user }),
      linuxParameters: {
        // Ends what the runner's children leave behind, and hands SIGTERM on.
        initProcessEnabled: true,
        ...(readOnlyRoot && {
          tmpfs: [{ containerPath: '/tmp', size: 1024, mountOptions: ['rw', 'nosuid', 'nodev'] }],
        }),
      },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': stack.names.batchLogGroup,
          'awslogs-region': stack.config.region,
          'awslogs-stream-prefix': options.name,
          // A slow log service must not slow a GPU.
          mode: 'non-blocking',
          'max-buffer-size': '25m',
        },
      },
    },
  });
}

function resourceRequirements({
  vcpus,
  memoryMiB,
  gpus,
}: MachineRequest): CfnJobDefinition.ResourceRequirementProperty[] {
  return [
    { type: 'VCPU', value: String(vcpus) },
    { type: 'MEMORY', value: String(memoryMiB) },
    ...(gpus > 0 ? [{ type: 'GPU', value: String(gpus) }] : []),
  ];
}
