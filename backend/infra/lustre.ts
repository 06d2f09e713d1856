/** The file system that all jobs read AlphaFold's databases from. */
import { Tags } from 'aws-cdk-lib';
import { CfnDataRepositoryAssociation, CfnFileSystem } from 'aws-cdk-lib/aws-fsx';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type DeploymentConfig, isChina } from './config.ts';
import type { FoldpadStack } from './foldpadStack.ts';
import { BUCKET_FOLDERS, LUSTRE_DATABASE_FOLDER } from './names.ts';
import { NetworkLinks } from './networkLinks.ts';

export interface LustreSize {
  readonly deploymentType: 'SCRATCH_2' | 'PERSISTENT_1' | 'PERSISTENT_2';
  /** GiB; 1,200 or a multiple of 2,400. */
  readonly capacityGiB: number;
  /** MB/s for each TiB: fixed at 200 for SCRATCH_2, chosen for the persistent types. */
  readonly throughputPerTiB: number;
  /** US dollars for a GiB and month in us-east-1, SSD (FSx for Lustre's price page, November 2026). */
  readonly dollarsPerGiBMonth: number;
}

/**
 * The size per database preset (ADR 021).
 *
 * `reduced` (about 0.6 TB) is on the cheapest type: when one of its servers fails, the bucket fills a new one within
 * minutes. `full` (2.6 TB unpacked, less with LZ4) takes hours to fill, so its servers are replaced when they fail, and
 * its searches read more, so it is faster. The file systems of the China regions are of the first persistent generation.
 */
const SIZES = {
  reduced: { deploymentType: 'SCRATCH_2', capacityGiB: 1_200, throughputPerTiB: 200, dollarsPerGiBMonth: 0.14 },
  full: { deploymentType: 'PERSISTENT_2', capacityGiB: 2_400, throughputPerTiB: 250, dollarsPerGiBMonth: 0.21 },
} as const satisfies Record<DeploymentConfig['databases']['preset'], LustreSize>;

const CHINA_TYPE = { deploymentType: 'PERSISTENT_1', throughputPerTiB: 200, dollarsPerGiBMonth: 0.29 } as const;

export function lustreSize({ region, databases }: DeploymentConfig): LustreSize {
  const size = SIZES[databases.preset];
  return isChina(region) ? { ...size, ...CHINA_TYPE } : size;
}

/** Of the client that Amazon Linux 2023 installs; without it FSx makes one of the oldest version it still has. */
const LUSTRE_VERSION = '2.15';

/** Sunday, 03:00 UTC. */
const MAINTENANCE = '7:03:00';

/**
 * FSx for Lustre, linked to the bucket's `databases/`: what the bucket holds appears at once and is fetched when first
 * read; what is written here is copied there. So it can be removed when nobody predicts, and made again from the bucket.
 */
export class LustreFileSystem extends Construct {
  constructor(stack: FoldpadStack, id: string) {
    super(stack, id);
    const network = new NetworkLinks(stack);
    const size = lustreSize(stack.config);
    const fileSystem = new CfnFileSystem(this, 'FileSystem', {
      fileSystemType: 'LUSTRE',
      fileSystemTypeVersion: LUSTRE_VERSION,
      storageType: 'SSD',
      storageCapacity: size.capacityGiB,
      subnetIds: network.subnetIds.slice(0, 1),
      securityGroupIds: [network.lustreSecurityGroupId],
      lustreConfiguration: {
        deploymentType: size.deploymentType,
        ...(size.deploymentType === 'SCRATCH_2' ? {} : { perUnitStorageThroughput: size.throughputPerTiB }),
        dataCompressionType: 'LZ4',
        weeklyMaintenanceStartTime: MAINTENANCE,
      },
    });
    Tags.of(fileSystem).add('Name', `${stack.config.name}-databases`);

    new CfnDataRepositoryAssociation(this, 'Databases', {
      fileSystemId: fileSystem.ref,
      fileSystemPath: LUSTRE_DATABASE_FOLDER,
      dataRepositoryPath: `s3://${stack.bucketName}/${BUCKET_FOLDERS.databases}`,
      batchImportMetaDataOnCreate: true,
      s3: {
        autoImportPolicy: { events: ['NEW', 'CHANGED', 'DELETED'] },
        // Not DELETED: the bucket is what a lost file system is filled from.
        autoExportPolicy: { events: ['NEW', 'CHANGED'] },
      },
    });

    const { parameters } = stack.names;
    const tell = (name: string, parameterName: string, stringValue: string) =>
      new StringParameter(this, name, { parameterName, stringValue });
    tell('FileSystemId', parameters.lustreFileSystemId, fileSystem.ref);
    tell('DnsName', parameters.lustreDnsName, fileSystem.attrDnsName);
    tell('MountName', parameters.lustreMountName, fileSystem.attrLustreMountName);
  }
}
