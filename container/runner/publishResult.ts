import { type Result, type ResultFile, type ResultModel, resultSchema } from '../../backend/api/result.ts';
import { type JobOrder, jobKeys } from '../../backend/api/runner.ts';
import type { Prediction } from '../engines/engine.ts';
import { messageOf, RunnerError } from './runnerError.ts';
import { RUNNER_VERSION } from './runnerVersion.ts';
import type { Store } from './store.ts';

export interface FinishedAttempt {
  readonly order: JobOrder;
  readonly attempt: number;
  readonly prediction: Prediction;
  /** Published files, by path in the engine's out folder. */
  readonly files: ReadonlyMap<string, ResultFile>;
  /** `jobKeys.attemptFolder(…)`: where they were published. */
  readonly keyPrefix: string;
  readonly log: (line: string) => void;
}

/**
 * Makes this attempt's files the job's result, unless another attempt's are.
 *
 * @returns whether they are the result now
 * @throws RunnerError when the engine names a file that it has not written
 */
export async function publishResult(store: Store, finished: FinishedAttempt): Promise<boolean> {
  const { id } = finished.order;
  const body = Buffer.from(`${JSON.stringify(toResult(finished), undefined, 2)}\n`);
  if (!(await store.writeIfAbsent(jobKeys.result(id), body))) return false;
  try {
    await removeOtherAttempts(store, id, finished.keyPrefix);
  } catch (error) {
    // The result stands. In AWS a run has no right to delete; what is left behind goes when the job is deleted.
    finished.log(`files of earlier attempts stay until the job is deleted: ${messageOf(error)}`);
  }
  return true;
}

/** What earlier attempts left behind. One that is still at work finds the result there, and clears up after itself. */
async function removeOtherAttempts(store: Store, id: string, keyPrefix: string): Promise<void> {
  const folder = jobKeys.outputFolder(id);
  const others = (await store.list(`${folder}attempt-`))
    .filter((key) => !key.startsWith(keyPrefix))
    .map((key) => folder + key.slice(folder.length).split('/', 1)[0]);
  for (const other of new Set(others)) await store.removeAll(`${other}/`);
  await store.removeAll(jobKeys.failure(id));
}

function toResult({ order, attempt, prediction, files, keyPrefix }: FinishedAttempt): Result {
  const folder = keyPrefix.slice(jobKeys.outputFolder(order.id).length);
  const { software, databases, seed, ...rest } = prediction;
  const result: Result = {
    schema: 1,
    job_id: order.id,
    name: order.name,
    engine: order.engine,
    ...rest,
    models: prediction.models.map((model) => ({ ...model, files: modelFiles(model, files, folder) })),
    files: [...files.values()].map((file) => ({ ...file, path: folder + file.path })),
    provenance: {
      software,
      databases,
      ...(seed === undefined ? {} : { seed }),
      created_at: new Date().toISOString(),
      attempt,
      runner_version: RUNNER_VERSION,
    },
  };
  return resultSchema.parse(result);
}

function modelFiles(
  model: ResultModel,
  published: ReadonlyMap<string, ResultFile>,
  folder: string,
): ResultModel['files'] {
  for (const file of Object.values(model.files)) {
    if (file === undefined || published.has(file)) continue;
    throw new RunnerError(
      'engine-failed',
      `The engine says that ${model.name} is in "${file}", but wrote no such file.`,
    );
  }
  const { pdb, ...others } = model.files;
  return {
    pdb: folder + pdb,
    ...Object.fromEntries(
      Object.entries(others).flatMap(([role, file]) => (file === undefined ? [] : [[role, folder + file]])),
    ),
  };
}
