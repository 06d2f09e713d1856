import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type Attribute, AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { TABLE_INDEXES, TABLE_KEY, TTL_ATTRIBUTE } from '../api/tableSchema.ts';
import type { DeploymentConfig } from './config.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { LustreFileSystem } from './lustre.ts';
import { BUCKET_FOLDERS } from './names.ts';

/** Days after which objects go to a class that moves what nobody reads to cheaper storage, without a fee for reading. */
const TIER_AFTER_DAYS = 7;

/** Features can be computed again. */
const KEEP_FEATURES_DAYS = 365;

/** Everything that outlives a job: the bucket, the table, and the file system with the databases. */
export class StorageStack extends FoldpadStack {
  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Storage', config, 'the bucket, the table, and the databases of predictions');
    const bucket = this.#bucket();
    this.#table();
    if (config.emulator === undefined && config.databases.fileSystem) {
      // The link is to a bucket that exists.
      new LustreFileSystem(this, 'Lustre').node.addDependency(bucket);
    }
  }

  get #removalPolicy(): RemovalPolicy {
    return this.config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  #bucket(): Bucket {
    const common = {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: this.enforceSSL,
      ...(this.enforceSSL && { minimumTLSVersion: 1.2 }),
      removalPolicy: this.#removalPolicy,
    } satisfies BucketProps;
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...common,
      bucketName: this.accessLogBucketName,
      lifecycleRules: [{ id: 'forget', expiration: Duration.days(this.config.logRetentionDays) }],
    });
    const bucket = new Bucket(this, 'Bucket', {
      ...common,
      bucketName: this.bucketName,
      // The CDK's own types differ in what may be left out.
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'data/',
      lifecycleRules: [
        { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        tiered('inputs', BUCKET_FOLDERS.input),
        tiered('results', BUCKET_FOLDERS.output),
        tiered('databases', BUCKET_FOLDERS.databases),
        { ...tiered('features', BUCKET_FOLDERS.features), expiration: Duration.days(KEEP_FEATURES_DAYS) },
      ],
    });
    // The construct's own way would bring a function with rights over the bucket's notifications.
    const resource = bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    return bucket;
  }

  #table(): void {
    const table = new Table(this, 'Table', {
      tableName: this.names.table,
      partitionKey: { name: TABLE_KEY.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEY.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      deletionProtection: this.config.keepData,
      removalPolicy: this.#removalPolicy,
    });
    for (const { name, partition, sort } of Object.values(TABLE_INDEXES)) {
      table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: text(partition),
        sortKey: text(sort),
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}

function tiered(id: string, prefix: string): LifecycleRule {
  const transitionAfter = Duration.days(TIER_AFTER_DAYS);
  return { id, prefix, transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter }] };
}
