import { createHash } from 'node:crypto';
import { relativePathSchema } from '../../backend/api/result.ts';
import { type JobOrder, jobKeys, jobOrderSchema } from '../../backend/api/runner.ts';
import type { JobLocation } from './jobLocation.ts';
import { messageOf, RunnerError } from './runnerError.ts';

const RESUBMIT = 'Submit the job again.';

/** What the backend ordered. @throws RunnerError when there is no order, or not one that this runner understands */
export async function readOrder({ id, store }: JobLocation): Promise<JobOrder> {
  const key = jobKeys.order(id);
  const body = await store.read(key);
  if (!body) throw invalid(`The order ${key} is missing.`);
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    throw invalid(`The order ${key} is not JSON (${messageOf(error)}).`);
  }
  const parsed = jobOrderSchema.safeParse(json);
  if (!parsed.success) {
    const places = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'order'}: ${issue.message}`);
    throw invalid(`The order ${key} cannot be read: ${places.join('; ')}.`);
  }
  if (parsed.data.id !== id) throw invalid(`The order ${key} belongs to another job (${parsed.data.id}).`);
  return parsed.data;
}

/** The target's FASTA text, byte for byte as it was ordered. @throws RunnerError when it is missing or was changed */
export async function readTarget({ id, store }: JobLocation, order: JobOrder): Promise<Uint8Array> {
  const key = jobKeys.inputFolder(id) + order.fasta;
  if (!relativePathSchema.safeParse(order.fasta).success) throw invalid(`"${order.fasta}" is not a file of the job.`);
  const body = await store.read(key);
  if (!body) throw new RunnerError('input-missing', `The sequence ${key} is missing.`, { remedy: RESUBMIT });
  const sha256 = createHash('sha256').update(body).digest('hex');
  if (sha256 !== order.fasta_sha256) {
    throw new RunnerError(
      'input-changed',
      `The sequence ${key} is not the one that was submitted (its SHA-256 is ${sha256}, ordered was ${order.fasta_sha256}).`,
      { remedy: RESUBMIT },
    );
  }
  return body;
}

function invalid(message: string): RunnerError {
  return new RunnerError('invalid-order', message, { remedy: RESUBMIT });
}
