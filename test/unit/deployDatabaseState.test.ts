import assert from 'node:assert/strict';
import type { BatchClient, JobSummary, ListJobsCommandInput } from '@aws-sdk/client-batch';
import { NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { checkDatabases } from '../../scripts/backend/checks/databases.ts';
import { databaseState } from '../../scripts/backend/databaseJob.ts';

const PLACE = { bucket: 'b', queue: 'foldpad-databases' } as const;

/** @param manifest what lies in the bucket; @param jobs of the queue, by status */
function account(manifest: object | undefined, jobs: Readonly<Record<string, JobSummary[]>> = {}) {
  const s3 = {
    send: async () => {
      if (manifest === undefined) throw new NoSuchKey({ message: 'none', $metadata: { httpStatusCode: 404 } });
      return { Body: { transformToString: async () => JSON.stringify(manifest) }, LastModified: new Date(0) };
    },
  };
  const batch = {
    send: async ({ input }: { input: ListJobsCommandInput }) => ({ jobSummaryList: jobs[input.jobStatus ?? ''] ?? [] }),
  };
  return { s3: s3 as unknown as S3Client, batch: batch as unknown as BatchClient };
}

describe('state of the databases', () => {
  const job = (statusReason?: string): JobSummary => ({
    jobId: 'j1',
    jobName: 'stage',
    createdAt: 1,
    ...(statusReason !== undefined && { statusReason }),
  });

  it('is staged when all databases of the preset, or of the larger one, are there', async () => {
    for (const [staged, preset] of [
      ['reduced', 'reduced'],
      ['full', 'full'],
      ['full', 'reduced'],
    ] as const) {
      const aws = account({ schema: 1, preset: staged, complete: true });
      assert.equal((await databaseState(aws, { ...PLACE, preset })).kind, 'staged');
    }
  });

  it('is not staged while some are missing', async () => {
    const aws = account({ schema: 1, preset: 'full', complete: false }, { RUNNING: [job()] });
    assert.deepEqual(await databaseState(aws, { ...PLACE, preset: 'full' }), {
      kind: 'running',
      jobId: 'j1',
      status: 'RUNNING',
    });
  });

  it('tells that the full set was asked for and the reduced one is there', async () => {
    const aws = account({ schema: 1, preset: 'reduced', complete: true });
    const [finding] = await checkDatabases(aws, { ...PLACE, preset: 'full' });
    assert.equal(finding?.state, 'missing');
    assert.match(JSON.stringify(finding), /only the reduced ones are there.*--stage-databases/);
  });

  it('tells why the last job failed, or that there never was one', async () => {
    const failed = account(undefined, { FAILED: [job('Essential container exited')] });
    assert.equal((await databaseState(failed, { ...PLACE, preset: 'full' })).kind, 'failed');
    assert.equal((await databaseState(account(undefined), { ...PLACE, preset: 'full' })).kind, 'absent');
  });
});
