/** Tells the backend that the databases are others now: features that were found with the old ones are asked for no more. */
import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { changeMarkText, featuresKeys } from '../../backend/api/featuresIndex.ts';

/**
 * @param env `FOLDPAD_BUCKET` names the deployment's bucket; without it there is nobody to tell
 * @param log is told what could not be written. The databases are worth more than the mark: until the next features run
 * has seen them, or the trust in what an earlier one saw is over, a job may get features of the old ones.
 */
export async function markChange(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<void> {
  const bucket = env.FOLDPAD_BUCKET;
  if (!bucket) return;
  const mark = changeMarkText(randomUUID());
  try {
    await new S3Client().send(new PutObjectCommand({ Bucket: bucket, Key: featuresKeys.changed, Body: mark }));
    log('features of other databases are used no more');
  } catch (error) {
    log(`that the databases have changed could not be written to ${bucket}: ${(error as Error).message}`);
  }
}
