import assert from 'node:assert/strict';
import { INDEX_PROJECTION, TABLE_INDEXES, TABLE_KEY, TTL_ATTRIBUTE } from '../../backend/api/tableSchema.ts';
import { parseConfig } from '../../backend/infra/config.ts';
import { lustreSize } from '../../backend/infra/lustre.ts';
import { BUCKET_FOLDERS } from '../../backend/infra/names.ts';
import { assemblyOf } from '../support/infraAssemblies.ts';

function properties(type: string) {
  return assemblyOf('virginia')
    .resources(type, 'Storage')
    .map(({ Properties }) => Properties);
}

describe('the buckets', function () {
  this.timeout(120_000);

  it('are closed to the public, encrypted, and kept when their stack goes', () => {
    const buckets = assemblyOf('virginia').resources('AWS::S3::Bucket', 'Storage');
    assert.equal(buckets.length, 2);
    for (const { Properties, DeletionPolicy } of buckets) {
      assert.deepEqual(Object.values(Properties.PublicAccessBlockConfiguration), [true, true, true, true]);
      const [rule] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      assert.equal(rule.ServerSideEncryptionByDefault.SSEAlgorithm, 'AES256');
      assert.equal(Properties.OwnershipControls.Rules[0].ObjectOwnership, 'BucketOwnerEnforced');
      assert.equal(DeletionPolicy, 'Retain');
    }
  });

  it('take encrypted connections only, of a version that is not broken', () => {
    const policies = properties('AWS::S3::BucketPolicy');
    assert.equal(policies.length, 2);
    for (const { PolicyDocument } of policies) {
      const denied = PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Deny');
      const conditions = denied.map(({ Condition }: { Condition: unknown }) => JSON.stringify(Condition));
      assert.ok(conditions.includes('{"Bool":{"aws:SecureTransport":"false"}}'), conditions.join());
      assert.ok(conditions.includes('{"NumericLessThan":{"s3:TlsVersion":1.2}}'), conditions.join());
      for (const { Principal, Action } of denied) assert.deepEqual([Principal, Action], [{ AWS: '*' }, 's3:*']);
    }
  });

  it('move what nobody reads to cheaper storage, log who reads, and tell EventBridge', () => {
    const [bucket] = properties('AWS::S3::Bucket').filter(({ LoggingConfiguration }) => LoggingConfiguration);
    assert.ok(bucket);
    const rules = bucket.LifecycleConfiguration.Rules;
    for (const prefix of Object.values(BUCKET_FOLDERS)) {
      const rule = rules.find(({ Prefix }: { Prefix?: string }) => Prefix === prefix);
      assert.deepEqual(rule?.Transitions, [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 7 }], prefix);
      // Only what can be computed again is ever thrown away.
      assert.equal(rule?.ExpirationInDays !== undefined, prefix === BUCKET_FOLDERS.features, prefix);
    }
    assert.ok(
      rules.some(({ AbortIncompleteMultipartUpload }: Record<string, unknown>) => AbortIncompleteMultipartUpload),
    );
    assert.deepEqual(bucket.NotificationConfiguration, { EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });
});

describe('the table', function () {
  this.timeout(120_000);

  it('is laid out as the store expects', () => {
    const [table, ...more] = properties('AWS::DynamoDB::Table');
    assert.ok(table && more.length === 0);
    const key = (partition: string, sort: string) => [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ];
    assert.equal(table.TableName, 'foldpad');
    assert.deepEqual(table.KeySchema, key(TABLE_KEY.partition, TABLE_KEY.sort));
    assert.deepEqual(
      table.GlobalSecondaryIndexes,
      Object.values(TABLE_INDEXES).map(({ name, partition, sort }) => ({
        IndexName: name,
        KeySchema: key(partition, sort),
        Projection: { ProjectionType: INDEX_PROJECTION },
      })),
    );
    assert.deepEqual(table.TimeToLiveSpecification, { AttributeName: TTL_ATTRIBUTE, Enabled: true });
  });

  it('costs nothing while nobody asks, and survives mistakes', () => {
    const [table] = properties('AWS::DynamoDB::Table');
    assert.equal(table?.BillingMode, 'PAY_PER_REQUEST');
    assert.equal(table?.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
    assert.equal(table?.DeletionProtectionEnabled, true);
  });
});

describe('the file system', function () {
  this.timeout(120_000);

  it('is fast, compressed and of the version of its clients', () => {
    const [fileSystem, ...more] = properties('AWS::FSx::FileSystem');
    assert.ok(fileSystem && more.length === 0);
    assert.equal(fileSystem.FileSystemType, 'LUSTRE');
    assert.equal(fileSystem.FileSystemTypeVersion, '2.15');
    assert.equal(fileSystem.StorageType, 'SSD');
    assert.equal(fileSystem.StorageCapacity, 2400);
    assert.equal(fileSystem.SubnetIds.length, 1);
    assert.deepEqual(fileSystem.LustreConfiguration, {
      DeploymentType: 'PERSISTENT_2',
      PerUnitStorageThroughput: 250,
      DataCompressionType: 'LZ4',
      WeeklyMaintenanceStartTime: '7:03:00',
    });
  });

  it('has a size that FSx makes, for every preset and partition', () => {
    for (const region of ['us-east-1', 'cn-northwest-1', 'cn-north-1']) {
      for (const preset of ['reduced', 'full'] as const) {
        const { deploymentType, capacityGiB, throughputPerTiB } = lustreSize(
          parseConfig({ region, databases: { preset } }),
        );
        assert.ok(capacityGiB === 1200 || capacityGiB % 2400 === 0, `${capacityGiB}`);
        const allowed = { SCRATCH_2: [200], PERSISTENT_1: [50, 100, 200], PERSISTENT_2: [125, 250, 500, 1000] };
        assert.ok(allowed[deploymentType].includes(throughputPerTiB), `${deploymentType} ${throughputPerTiB}`);
        if (region.startsWith('cn-')) assert.equal(deploymentType, 'PERSISTENT_1');
      }
    }
    assert.equal(lustreSize(parseConfig({})).deploymentType, 'SCRATCH_2');
  });

  it('mirrors the databases of the bucket, and cannot empty it', () => {
    const [link] = properties('AWS::FSx::DataRepositoryAssociation');
    assert.equal(link?.FileSystemPath, '/databases');
    assert.match(JSON.stringify(link?.DataRepositoryPath), /"s3:\/\/foldpad-",.*"-us-east-1\/databases\/"/);
    assert.equal(link?.BatchImportMetaDataOnCreate, true);
    assert.deepEqual(link?.S3.AutoImportPolicy.Events, ['NEW', 'CHANGED', 'DELETED']);
    assert.deepEqual(link?.S3.AutoExportPolicy.Events, ['NEW', 'CHANGED']);
  });
});
