/**
 * The name of everything that one stack makes and another uses. Stacks are linked by these names and not by
 * CloudFormation exports, so that each can be deployed, changed and removed alone.
 *
 * Everything here is a pure function of the deployment's `name` (the prefix). Functions take what they need as strings,
 * so CDK tokens (`Aws.ACCOUNT_ID`) work as well as real values.
 */

/** The parts of a deployment; each is one CloudFormation stack. */
export const STACK_PARTS = [
  'Network',
  'Storage',
  'Images',
  'Notify',
  'Compute',
  'Databases',
  'Api',
  'Operations',
  'Workstation',
] as const;

export type StackPart = (typeof STACK_PARTS)[number];

/** The Lambda functions; each is bundled to `dist/lambda/<name>/`. */
export const FUNCTIONS = ['authorizer', 'query', 'command', 'dispatcher', 'tracker', 'reconciler'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** @returns for example `Foldpad-Network` */
export function stackName(prefix: string, part: StackPart): string {
  return `${prefix.charAt(0).toUpperCase()}${prefix.slice(1)}-${part}`;
}

/** The bucket with `input/`, `output/`, `features/` and `databases/`. */
export function bucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-${account}-${region}`;
}

/** The bucket that receives the first one's access logs. */
export function accessLogBucketName(prefix: string, account: string, region: string): string {
  return `${prefix}-logs-${account}-${region}`;
}

/**
 * A job queue of AWS Batch; its compute environments are named after it.
 *
 * @param queue name in the catalogue of machines, with `-spot` for the Spot twin: `low`, `p4-spot`
 */
export function batchQueueName(prefix: string, queue: string): string {
  return `${prefix}-${queue}`;
}

export function functionName(prefix: string, name: FunctionName): string {
  return `${prefix}-${name}`;
}

/** The images: one per engine, and one that stages the databases. */
export const IMAGES = ['alphafold', 'homology', 'databases'] as const;

export type ImageName = (typeof IMAGES)[number];

function perImage(name: (image: ImageName) => string): Readonly<Record<ImageName, string>> {
  return { alphafold: name('alphafold'), homology: name('homology'), databases: name('databases') };
}

export interface ResourceNames {
  readonly table: string;
  readonly workQueue: string;
  readonly deadQueue: string;
  /** Events that the tracker or the reconciler failed on. */
  readonly deadEvents: string;
  readonly topic: string;
  /** The HTTP API itself. */
  readonly api: string;
  /** Where runs write their logs. */
  readonly batchLogGroup: string;
  readonly apiLogGroup: string;
  readonly flowLogGroup: string;
  readonly schedulingPolicy: string;
  readonly jobDefinitions: { readonly features: string; readonly predict: string; readonly homology: string };
  readonly repositories: Readonly<Record<ImageName, string>>;
  /** CodeBuild projects that build the images. */
  readonly imageBuilds: Readonly<Record<ImageName, string>>;
  /** Queue and definition of the one job that stages AlphaFold's databases. */
  readonly databaseQueue: string;
  readonly databaseJobDefinition: string;
  /** SecureString with the key that signs share links; made by the deploy program, never by CloudFormation. */
  readonly shareKeyParameter: string;
  /** What has no name of its own that could be known in advance is told through SSM parameters. */
  readonly parameters: {
    readonly vpcId: string;
    /** StringList, in the order of the zones. */
    readonly subnetIds: string;
    /** StringList, the zone of each subnet. */
    readonly zones: string;
    /** Of everything that computes: nothing may connect to it. */
    readonly computeSecurityGroupId: string;
    /** Of the file system: Lustre's ports, from what computes. */
    readonly lustreSecurityGroupId: string;
    readonly lustreFileSystemId: string;
    readonly lustreDnsName: string;
    readonly lustreMountName: string;
    readonly apiUrl: string;
    readonly apiId: string;
  };
}

export function resourceNames(prefix: string): ResourceNames {
  return {
    table: prefix,
    workQueue: `${prefix}-work`,
    deadQueue: `${prefix}-work-dead`,
    deadEvents: `${prefix}-events-dead`,
    topic: `${prefix}-mail`,
    api: prefix,
    batchLogGroup: `/${prefix}/batch`,
    apiLogGroup: `/${prefix}/api`,
    flowLogGroup: `/${prefix}/network`,
    schedulingPolicy: `${prefix}-fair-share`,
    jobDefinitions: { features: `${prefix}-features`, predict: `${prefix}-predict`, homology: `${prefix}-homology` },
    repositories: perImage((image) => `${prefix}/${image}`),
    imageBuilds: perImage((image) => `${prefix}-build-${image}`),
    databaseQueue: `${prefix}-databases`,
    databaseJobDefinition: `${prefix}-databases`,
    shareKeyParameter: `/${prefix}/share-key`,
    parameters: {
      vpcId: `/${prefix}/network/vpc-id`,
      subnetIds: `/${prefix}/network/subnet-ids`,
      zones: `/${prefix}/network/zones`,
      computeSecurityGroupId: `/${prefix}/network/compute-security-group-id`,
      lustreSecurityGroupId: `/${prefix}/network/lustre-security-group-id`,
      lustreFileSystemId: `/${prefix}/lustre/file-system-id`,
      lustreDnsName: `/${prefix}/lustre/dns-name`,
      lustreMountName: `/${prefix}/lustre/mount-name`,
      apiUrl: `/${prefix}/api/url`,
      apiId: `/${prefix}/api/id`,
    },
  };
}

/** Folders of the bucket. */
export const BUCKET_FOLDERS = {
  input: 'input/',
  output: 'output/',
  features: 'features/',
  databases: 'databases/',
} as const;

/** Where the file system's folder that is linked to `databases/` of the bucket lies on a machine that mounted it. */
export const LUSTRE_MOUNT_POINT = '/fsx';

/** The folder of the file system that mirrors the bucket's `databases/`. */
export const LUSTRE_DATABASE_FOLDER = '/databases';

/** Tag keys; `owner` is activated as a cost allocation tag, so that the bill can be read by user. */
export const TAGS = { deployment: 'foldpad:deployment', part: 'foldpad:part', owner: 'foldpad:owner' } as const;

/** The key that mails are encrypted with between publisher and SNS. */
export function mailKeyAlias(prefix: string): string {
  return `alias/${prefix}-mail`;
}
