import assert from 'node:assert/strict';
import { checkKey } from '../../../backend/core/keys.ts';
import type { KeyRecord } from '../../../backend/core/ports.ts';
import { ensureAdminKey } from '../../../scripts/backend/adminKey.ts';
import { checkDatabases } from '../../../scripts/backend/checks/databases.ts';
import { buildReason, followBuilds } from '../../../scripts/backend/imageBuilds.ts';
import { emptyBucket, emptyRepository, endJobs, removeStack } from '../../../scripts/backend/removal.ts';
import { ensureShareKey } from '../../../scripts/backend/shareKey.ts';
import { fakeAws, refusal } from '../../support/fakeAws.ts';

describe('deploy: the share key', () => {
  it('is random, encrypted and never overwritten', async () => {
    const { aws, calls } = fakeAws({ 'ssm:PutParameter': () => ({}) });
    assert.equal(await ensureShareKey(aws, '/foldpad/share-key'), true);
    await ensureShareKey(aws, '/foldpad/share-key');
    const inputs = calls.map(({ input }) => input as { Value: string; Type: string; Overwrite: boolean });
    assert.ok(inputs.every(({ Type, Overwrite }) => Type === 'SecureString' && Overwrite === false));
    assert.equal(Buffer.from(inputs[0]?.Value ?? '', 'base64url').length, 32);
    assert.notEqual(inputs[0]?.Value, inputs[1]?.Value);
  });

  it('one that is there stays', async () => {
    const { aws } = fakeAws({
      'ssm:PutParameter': () => {
        throw refusal('ParameterAlreadyExists');
      },
    });
    assert.equal(await ensureShareKey(aws, '/foldpad/share-key'), false);
  });
});

describe('deploy: the first admin key', () => {
  function store() {
    const keys: KeyRecord[] = [];
    return {
      keys,
      create: async (key: KeyRecord) => void keys.push(key),
      list: async () => keys,
      find: async (id: string) => keys.find((key) => key.id === id),
      noteUse: async () => {},
    };
  }
  const clock = { now: () => '2026-11-22T12:00:00.000Z' };
  const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

  it('opens the door, and only its hash is kept', async () => {
    const keys = store();
    const text = await ensureAdminKey(keys, clock);
    assert.ok(text);
    const verdict = await checkKey(keys, text, clock.now(), isSame);
    assert.deepEqual(verdict.ok && verdict.principal, { owner: 'admin', role: 'admin' });
    // All that follows the id: a secret may hold `_`, too.
    assert.ok(!JSON.stringify(keys.keys).includes(text.slice(16)));
  });

  it('is made once, unless another is asked for or all were revoked', async () => {
    const keys = store();
    await ensureAdminKey(keys, clock);
    assert.equal(await ensureAdminKey(keys, clock), undefined);
    assert.ok(await ensureAdminKey(keys, clock, true));
    keys.keys.splice(0, 2, ...keys.keys.map((key) => ({ ...key, revokedAt: clock.now() })));
    assert.ok(await ensureAdminKey(keys, clock));
  });
});

describe('deploy: image builds', () => {
  const image = { engine: 'AlphaFold', repository: 'foldpad/alphafold', project: 'build' };
  const account = (pushed: boolean, last: object | undefined, source = 'source-2.zip') =>
    fakeAws({
      'ecr:DescribeImages': () => ({ imageDetails: pushed ? [{ imageTags: ['1'] }] : [] }),
      'codeBuild:BatchGetProjects': () => ({ projects: [{ source: { location: source } }] }),
      'codeBuild:ListBuildsForProject': () => ({ ids: last ? ['b'] : [] }),
      'codeBuild:BatchGetBuilds': () => ({ builds: [last] }),
    }).aws;
  const built = { buildStatus: 'SUCCEEDED', source: { location: 'source-2.zip' } };

  it('are needed without an image and for new source, and not otherwise', async () => {
    assert.equal(await buildReason(account(false, undefined), image), 'no image');
    assert.equal(await buildReason(account(true, built), image), undefined);
    assert.equal(
      await buildReason(account(true, { ...built, source: { location: 'source-1.zip' } }), image),
      'new source',
    );
    assert.equal(await buildReason(account(false, { ...built, buildStatus: 'IN_PROGRESS' }), image), undefined);
    assert.equal(await buildReason(account(false, { ...built, buildStatus: 'FAILED' }), image), 'no image');
    assert.equal(await buildReason(account(false, undefined), { ...image, own: 'mine:1' }), undefined);
  });

  it('are followed to their end, each phase told once', async () => {
    const phases = ['PROVISIONING', 'PROVISIONING', 'BUILD', 'COMPLETED'];
    const { aws } = fakeAws({
      'codeBuild:BatchGetBuilds': () => {
        const currentPhase = phases.shift();
        const buildComplete = currentPhase === 'COMPLETED';
        return {
          builds: [{ id: 'b', currentPhase, buildComplete, buildStatus: buildComplete ? 'FAILED' : 'IN_PROGRESS' }],
        };
      },
    });
    const told: unknown[] = [];
    const [build] = await followBuilds(aws, ['b'], ({ currentPhase }) => told.push(currentPhase), 1);
    assert.deepEqual(told, ['PROVISIONING', 'BUILD', 'COMPLETED']);
    assert.equal(build?.buildStatus, 'FAILED');
  });
});

describe('doctor: databases', () => {
  const place = { bucket: 'b', preset: 'reduced', queue: 'foldpad-databases' } as const;
  const notThere = () => {
    throw refusal('NotFound');
  };

  it('staged, the others only, downloading, failed, never asked for', async () => {
    const jobs = (status: string | undefined, fields = {}) =>
      fakeAws({
        's3:GetObject': notThere,
        'batch:ListJobs': ({ jobStatus }) => ({
          jobSummaryList: jobStatus === status ? [{ jobId: 'j', ...fields }] : [],
        }),
      }).aws;
    const staged = (manifest: object) =>
      fakeAws({
        's3:GetObject': () => ({
          Body: { transformToString: async () => JSON.stringify(manifest) },
          LastModified: new Date('2026-11-01'),
        }),
        'batch:ListJobs': () => ({ jobSummaryList: [] }),
      }).aws;
    const found = async (aws: ReturnType<typeof jobs>, wanted: 'reduced' | 'full' = 'reduced') =>
      (await checkDatabases(aws, { ...place, preset: wanted }))[0];
    assert.equal((await found(staged({ preset: 'reduced', complete: true })))?.found, 'staged 2026-11-01.');
    assert.match((await found(staged({ preset: 'reduced', complete: true }), 'full'))?.found ?? '', /only the reduced/);
    assert.match((await found(staged({ preset: 'reduced', complete: false })))?.found ?? '', /never downloaded/);
    assert.match((await found(jobs('RUNNING')))?.found ?? '', /being downloaded \(job j, RUNNING\)/);
    assert.match((await found(jobs('FAILED', { statusReason: 'disk full' })))?.found ?? '', /\(job j\): disk full/);
    assert.match((await found(jobs(undefined)))?.remedy ?? '', /--stage-databases/);
  });
});

describe('destroy: what must be empty', () => {
  it('a bucket loses every version and marker, page by page', async () => {
    const versions = Array.from({ length: 5 }, (_, index) => ({ Key: `k${index}`, VersionId: `${index}` }));
    const { aws } = fakeAws({
      's3:ListObjectVersions': () => ({ Versions: versions.slice(0, 2), DeleteMarkers: versions.slice(2, 3) }),
      's3:DeleteObjects': ({ Delete: { Objects: objects } }) => {
        versions.splice(0, objects.length);
        return {};
      },
    });
    const told: number[] = [];
    assert.equal(await emptyBucket(aws, 'b', (count) => told.push(count)), 5);
    assert.deepEqual(told, [3, 5]);
  });

  it('says what could not be removed, and takes a bucket that is gone for empty', async () => {
    const { aws } = fakeAws({
      's3:ListObjectVersions': () => ({ Versions: [{ Key: 'k', VersionId: '1' }] }),
      's3:DeleteObjects': () => ({ Errors: [{ Key: 'k', Message: 'locked' }] }),
    });
    await assert.rejects(emptyBucket(aws, 'b'), /1 objects of b could not be removed: k: locked/);
    const gone = fakeAws({
      's3:ListObjectVersions': () => {
        throw refusal('NoSuchBucket');
      },
    });
    assert.equal(await emptyBucket(gone.aws, 'b'), 0);
  });

  it('a repository loses what an index lists after the index', async () => {
    let left = ['sha256:index', 'sha256:child'];
    const { aws } = fakeAws({
      'ecr:ListImages': () => ({ imageIds: left.map((imageDigest) => ({ imageDigest })) }),
      'ecr:BatchDeleteImage': ({ imageIds: ids }) => {
        const failures = ids.length === 2 ? [{ imageId: ids[1], failureReason: 'referenced' }] : [];
        left = left.slice(ids.length - failures.length);
        return { failures };
      },
    });
    assert.equal(await emptyRepository(aws, 'r'), 2);
  });

  it('live jobs are ended in every state', async () => {
    const ended: string[] = [];
    const { aws } = fakeAws({
      'batch:ListJobs': ({ jobStatus, nextToken }) =>
        nextToken
          ? { jobSummaryList: [{ jobId: `${jobStatus}-2` }] }
          : { jobSummaryList: [{ jobId: jobStatus }], nextToken: 'n' },
      'batch:TerminateJob': ({ jobId }) => {
        ended.push(jobId);
        return {};
      },
    });
    assert.equal(await endJobs(aws, 'q'), 10);
    assert.ok(ended.includes('RUNNABLE-2'));
  });

  it('a stack that will not go tells the first reason', async () => {
    const { aws } = fakeAws({
      'cloudFormation:DescribeStacks': () => ({ Stacks: [{ StackId: 'id', StackStatus: 'DELETE_FAILED' }] }),
      'cloudFormation:DeleteStack': () => ({}),
      'cloudFormation:DescribeStackEvents': () => ({
        StackEvents: [
          { ResourceStatus: 'DELETE_FAILED', LogicalResourceId: 'F-Network', ResourceStatusReason: 'because of Vpc' },
          { ResourceStatus: 'DELETE_FAILED', LogicalResourceId: 'Vpc', ResourceStatusReason: 'it has dependencies' },
        ],
      }),
    });
    await assert.rejects(removeStack(aws, 'F-Network', 1), /F-Network could not be removed\. Vpc: it has dependencies/);
  });
});
