/**
 * What a deployment is: the schema of `foldpad.config.json`, whose every field has a default that needs no reading.
 * The same fields can be given to the CDK as context (`-c region=cn-northwest-1`).
 */
import { z } from 'zod';
import { findMachine, needsNamedImage, QUEUE_NAMES, type QueueName, SPOT_SUFFIX } from '../api/machines.ts';
import { knownZones } from './zones.ts';

const cidr = z.string().regex(/^(\d{1,3}\.){3}\d{1,3}\/(3[0-2]|[12]\d|[89])$/, {
  error: 'must be an IPv4 range such as 203.0.113.7/32, no larger than /8',
});
const narrowCidr = z.string().regex(/^(\d{1,3}\.){3}\d{1,3}\/(3[0-2]|2[4-9])$/, {
  error: 'must be your own address such as 203.0.113.7/32, or a range no larger than /24',
});
const mailAddress = z.email({ error: 'must be a mail address such as ada@example.org' });
const imageUri = z.string().regex(/^[^\s/]+\/[^\s]+$/, {
  error: 'must be an image such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/alphafold:2.3.2',
});
const machineImage = z.string().regex(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, {
  error: 'must be the id of an AMI such as ami-0a1b2c3d4e5f60718',
});
const queueList = z.array(z.enum(QUEUE_NAMES));

/** Queues where nobody names others; those of p3 machines only together with `images.p3Machine`. */
const DEFAULT_QUEUES: readonly QueueName[] = ['low', 'mid', 'high', 'p4', 'g5', 'g6', 'g6e', 'cpu'];

/** CloudWatch Logs accepts these numbers of days only. */
const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

/** The parameter in which ECS publishes its newest AMI for GPUs. */
const NEWEST_GPU_IMAGE = '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id';

/** Who publishes AlphaFold's databases; see `container/databases/catalogue.ts`. */
export const DATABASE_HOSTS = ['google', 'uniprot', 'hhsuite', 'pdb'] as const;

const mirror = z.string().regex(/^https:\/\/[^\s=]+[^\s=/]$/, {
  error: 'must be an https address without a slash at its end, such as https://mirror.example.org/uniprot',
});

const existingVpc = z.strictObject({
  id: z.string().regex(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, { error: 'must be a VPC id such as vpc-0a1b2c3d' }),
  /** Subnets in which instances start; they need a way out (NAT, or public addresses) and S3's gateway endpoint. */
  subnetIds: z
    .array(
      z.string().regex(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/, { error: 'must be a subnet id such as subnet-0a1b2c3d' }),
    )
    .min(1, { error: 'must name at least one subnet' }),
  /** The zone of each subnet, in the same order. */
  zones: z.array(z.string()).min(1, { error: 'must name the zone of each subnet, such as us-east-1a' }),
});

export const deploymentSchema = z
  .strictObject({
    /** Prefix of every resource's name; a second deployment in the account needs another one. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{1,14}[a-z0-9]$/, {
        error: 'must be 3 to 16 lower-case letters, digits and hyphens, starting with a letter',
      })
      .default('foldpad'),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'must be an AWS region such as us-east-1 or cn-northwest-1' })
      .default('us-east-1'),
    /** Only this account is deployed to. Default: the one that the credentials belong to. */
    account: z
      .string()
      .regex(/^\d{12}$/, { error: 'must be an account number of 12 digits, in quotes' })
      .optional(),
    /** Who is told when a prediction ends or an alarm rings. Each address has to confirm once. */
    mail: z.array(mailAddress).default([]),
    databases: z
      .strictObject({
        /** `full` is AlphaFold's complete set (2.6 TB unpacked), `reduced` the one with the small BFD (about 0.6 TB). */
        preset: z.enum(['reduced', 'full']).default('reduced'),
        /** False removes the file system, and its standing cost; the bucket keeps the databases to fill a new one. */
        fileSystem: z.boolean().default(true),
        /** Mirrors with the same paths as the publishers have, where those are slow or out of reach. */
        mirrors: z.partialRecord(z.enum(DATABASE_HOSTS), mirror).default({}),
        /** Date of PDB's snapshot, such as 20260101. Default: the newest. */
        snapshot: z
          .string()
          .regex(/^\d{8}$/, { error: "must be the date of one of PDB's snapshots, such as 20260101" })
          .optional(),
      })
      .prefault({}),
    /** Queues on demand. Default: see {@link defaultQueues}. */
    queues: queueList.min(1, { error: 'must name at least one queue' }).optional(),
    /** Queues that also get a Spot twin, `<name>-spot`. Default: those of `g5`, `g6`, `g6e`, `cpu` that are deployed. */
    spot: queueList.optional(),
    /** At most so many vCPUs at the same time in each queue. */
    maxVcpus: z.int().min(8).max(100_000).default(768),
    network: z
      .strictObject({
        vpc: z
          .union([z.literal('new'), existingVpc], { error: 'must be "new" or an object with id, subnetIds and zones' })
          .default('new'),
        /** Range of a new VPC. */
        cidr: cidr.default('10.80.0.0/16'),
        /** Zones of a new VPC. Default: all of the region. */
        zones: z.array(z.string()).min(1, { error: 'must name at least one zone' }).optional(),
      })
      .prefault({}),
    images: z
      .strictObject({
        /** An image of your own in place of the one that is built from `container/alphafold`. */
        alphafold: imageUri.optional(),
        homology: imageUri.optional(),
        /** The AMI of the p3 machines (`low`, `mid`, `high`), which AWS Batch has none for; without it they are left out. */
        p3Machine: machineImage.optional(),
      })
      .prefault({}),
    /** US dollars a month; a mail is sent at 80 % and 100 %, and when the forecast passes it. 0 makes no budget. */
    budget: z.number().min(0).default(500),
    logRetentionDays: z
      .literal(LOG_RETENTION_DAYS, { error: `must be one of ${LOG_RETENTION_DAYS.join(', ')}` })
      .default(90),
    /** Requests a second that the API takes from everyone together, and how many at once. */
    throttling: z
      .strictObject({ rate: z.int().min(1).max(10_000).default(50), burst: z.int().min(1).max(5_000).default(100) })
      .prefault({}),
    /** A remote desktop with PyMOL (Amazon DCV). */
    workstation: z
      .strictObject({
        enabled: z.boolean().default(false),
        instanceType: z.string().default('g4dn.xlarge'),
        /** The one range that may connect directly. Default: none, only through Session Manager. */
        allowedCidr: narrowCidr.optional(),
        stopAfterIdleMinutes: z.int().min(10).max(1_440).default(60),
      })
      .prefault({}),
    /** Keeps the bucket and the table when their stack is removed. */
    keepData: z.boolean().default(true),
    /** Address of an AWS emulator, for tests: leaves out what it cannot make. Never set for a real account. */
    emulator: z.url({ error: 'must be an address such as http://127.0.0.1:4566' }).optional(),
  })
  .superRefine((config, context) => {
    const queues = config.queues ?? defaultQueues(config.images);
    config.spot?.forEach((queue, index) => {
      if (!queues.includes(queue))
        context.addIssue({
          code: 'custom',
          path: ['spot', index],
          message: `"${queue}" is not among "queues"; add it there`,
        });
    });
    if (queues.some((queue) => queue !== 'cpu') && !queues.includes('cpu'))
      context.addIssue({
        code: 'custom',
        path: ['queues'],
        message: 'must hold "cpu": AlphaFold prepares its features there, whatever GPU predicts',
      });
    const unsupported = [...new Set([...queues, ...(config.spot ?? [])])].filter(isWithoutImage);
    if (unsupported.length > 0 && config.images.p3Machine === undefined)
      context.addIssue({
        code: 'custom',
        path: ['images', 'p3Machine'],
        message: `is missing, and AWS calls p3 machines (${unsupported.join(', ')}) unsupported with AWS Batch's own image. Leave ${unsupported.join(', ')} out of "queues" and "spot", or give the id of an AMI that drives them; the newest of ECS for GPUs is printed by: aws ssm get-parameter --name ${NEWEST_GPU_IMAGE} --region ${config.region} --query Parameter.Value --output text`,
      });
    const { vpc, zones } = config.network;
    if (vpc === 'new' && zones === undefined && knownZones(config.region) === undefined)
      context.addIssue({
        code: 'custom',
        path: ['network', 'zones'],
        message: `must list the zones of ${config.region}; "aws ec2 describe-availability-zones" prints them`,
      });
    if (vpc !== 'new' && vpc.zones.length !== vpc.subnetIds.length)
      context.addIssue({
        code: 'custom',
        path: ['network', 'vpc', 'zones'],
        message: `must have as many entries as "subnetIds" (${vpc.subnetIds.length}), the zone of each`,
      });
  });

/** A deployment with every default filled in. */
export interface DeploymentConfig extends Omit<z.output<typeof deploymentSchema>, 'queues'> {
  readonly queues: readonly QueueName[];
}

export type ExistingVpc = z.output<typeof existingVpc>;

/** What may be written in `foldpad.config.json`: every field can be left out. */
export type DeploymentInput = z.input<typeof deploymentSchema>;

/** The configuration cannot be used; the message has one line per problem: field, and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * @param input the parsed file, with what was given on the command line laid over it
 * @param source what the error calls it
 * @throws ConfigError naming every field that is wrong
 */
export function parseConfig(input: unknown, source = 'foldpad.config.json'): DeploymentConfig {
  const parsed = deploymentSchema.safeParse(input);
  if (parsed.success) return { ...parsed.data, queues: parsed.data.queues ?? defaultQueues(parsed.data.images) };
  const lines = parsed.error.issues
    .flatMap(withoutUnions)
    .map((issue) => `  ${fieldName(issue.path)}: ${describe(issue)}`);
  throw new ConfigError(`${source} cannot be used:\n${lines.join('\n')}`);
}

/** What is wrong inside the object that a union allows; the union itself if something else was given. */
function withoutUnions(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inner = issue.errors.flat().filter(({ path, code }) => path.length > 0 || code === 'unrecognized_keys');
  return inner.length === 0 ? [issue] : inner.map((found) => ({ ...found, path: [...issue.path, ...found.path] }));
}

const ARTICLES: Readonly<Record<string, string>> = { array: 'an array, […]', object: 'an object, {…}' };

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the file)';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index ? '.' : ''}${String(part)}`))
    .join('');
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `does not know ${issue.keys.map((key) => `"${key}"`).join(', ')}; remove it or mend the spelling`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_type') return `must be ${ARTICLES[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'too_small' && issue.origin !== 'array') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message;
}

/** The zones that a deployment spreads over. */
export function zonesOf(config: DeploymentConfig): readonly string[] {
  const { vpc, zones } = config.network;
  if (vpc !== 'new') return vpc.zones;
  return zones ?? knownZones(config.region) ?? [];
}

/** Queues of a deployment that names none. One that AWS refuses in part would be refused as a whole. */
export function defaultQueues({ p3Machine }: { readonly p3Machine?: unknown }): readonly QueueName[] {
  return DEFAULT_QUEUES.filter((queue) => p3Machine !== undefined || !isWithoutImage(queue));
}

/** Whether the queue is deployed only where somebody names the AMI of its machines. */
export function isWithoutImage(queue: QueueName): boolean {
  const found = findMachine(queue);
  return found !== undefined && needsNamedImage(found.machine);
}

/** Queues that get a Spot twin. */
export function spotQueues({ queues, spot }: DeploymentConfig): readonly QueueName[] {
  return spot ?? queues.filter((queue) => ['g5', 'g6', 'g6e', 'cpu'].includes(queue));
}

/** Every queue that is deployed, Spot twins after their originals: `low`, `g5`, `g5-spot`. */
export function deployedQueues(config: DeploymentConfig): readonly string[] {
  return config.queues.flatMap((queue) =>
    spotQueues(config).includes(queue) ? [queue, `${queue}${SPOT_SUFFIX}`] : [queue],
  );
}

/** True in the two regions run by AWS China, which are a partition of their own. */
export function isChina(region: string): boolean {
  return region.startsWith('cn-');
}
