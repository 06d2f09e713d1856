import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Stage } from '../../backend/api/job.ts';
import { EXIT, type FailureFile, type JobOrder, jobKeys } from '../../backend/api/runner.ts';
import type { Engine, EngineOutcome } from '../engines/engine.ts';
import { readOrder, readTarget } from './jobInput.ts';
import { type JobLocation, openJob } from './jobLocation.ts';
import type { Journal } from './journal.ts';
import { OutputPublisher } from './outputPublisher.ts';
import { publishResult } from './publishResult.ts';
import { messageOf, RunnerError, Terminated } from './runnerError.ts';
import { earlierFiles, sharedObjects } from './sharedObjects.ts';
import { supervise } from './supervise.ts';

export interface RunOptions {
  /** URI of the job's folder: `file:///…/input/{id}/` or `s3://…/input/{id}/`. */
  readonly jobUri: string;
  readonly stage: Stage;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly libraryFolder?: string;
  /** Where this attempt may make its scratch folder. Default: the system's. */
  readonly workFolder?: string;
  readonly threads: number;
}

/** How a run ended: the exit code, and one sentence why. */
export interface RunEnd {
  readonly exitCode: number;
  readonly reason: string;
}

/**
 * Runs one attempt of one stage of a job and publishes what came of it. Never throws: every way of ending is an answer.
 *
 * @param signal aborted with `Terminated` when the run must end
 */
export async function runJob(
  engines: readonly Engine[],
  options: RunOptions,
  journal: Journal,
  signal: AbortSignal,
): Promise<RunEnd> {
  let job: JobLocation | undefined;
  try {
    job = await openJob(options.jobUri);
    if (await job.store.read(jobKeys.result(job.id))) {
      return { exitCode: EXIT.done, reason: 'An earlier attempt has published the result; nothing was left to do.' };
    }
    const order = await readOrder(job);
    return await inWorkFolder(options, (folder) =>
      new Attempt(job as JobLocation, order, options, journal, signal, folder).run(engines),
    );
  } catch (error) {
    if (error instanceof Terminated) return { exitCode: EXIT.terminated, reason: error.message };
    return await fail(job, toFailure(error), EXIT.failed, journal);
  }
}

function toFailure(error: unknown): FailureFile {
  if (error instanceof RunnerError) return error.failure;
  return {
    code: 'runner-failed',
    message: `The run failed: ${messageOf(error)}.`,
    remedy: 'Check free disk space and permissions of the data folder, and submit the job again.',
  };
}

/**
 * Tells why in `failure.json`, unless the job was deleted. Where another attempt has succeeded meanwhile, this one has
 * not failed: that one's tidying up may even have been the cause.
 */
async function fail(
  job: JobLocation | undefined,
  failure: FailureFile,
  exitCode: number,
  journal: Journal,
): Promise<RunEnd> {
  try {
    if (job && (await job.store.read(jobKeys.result(job.id)))) {
      return {
        exitCode: EXIT.done,
        reason: `Another attempt has published the result; this one ended: ${failure.message}`,
      };
    }
    if (job && (await job.store.read(jobKeys.order(job.id)))) {
      await job.store.write(jobKeys.failure(job.id), Buffer.from(`${JSON.stringify(failure, undefined, 2)}\n`));
    }
  } catch (error) {
    journal.log(`the reason could not be stored: ${messageOf(error)}`);
  }
  return { exitCode, reason: [failure.message, failure.remedy].filter(Boolean).join(' ') };
}

async function inWorkFolder(options: RunOptions, act: (folder: string) => Promise<RunEnd>): Promise<RunEnd> {
  const parent = options.workFolder ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, `foldpad-attempt-${options.attempt}-`));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

class Attempt {
  readonly #job: JobLocation;
  readonly #order: JobOrder;
  readonly #options: RunOptions;
  readonly #journal: Journal;
  readonly #signal: AbortSignal;
  readonly #folder: string;
  readonly #keyPrefix: string;

  constructor(
    job: JobLocation,
    order: JobOrder,
    options: RunOptions,
    journal: Journal,
    signal: AbortSignal,
    folder: string,
  ) {
    this.#job = job;
    this.#order = order;
    this.#options = options;
    this.#journal = journal;
    this.#signal = signal;
    this.#folder = folder;
    this.#keyPrefix = jobKeys.attemptFolder(job.id, options.attempt, randomBytes(6).toString('hex'));
  }

  async run(engines: readonly Engine[]): Promise<RunEnd> {
    const engine = engines.find((candidate) => candidate.name === this.#order.engine);
    if (!engine) {
      throw new RunnerError('engine-missing', `This runner has no engine called "${this.#order.engine}".`, {
        remedy: `It has: ${engines.map(({ name }) => name).join(', ')}. Send the job to a queue of one of them.`,
      });
    }
    const target = await readTarget(this.#job, this.#order);
    for (const name of ['out', 'work']) await mkdir(path.join(this.#folder, name));
    await writeFile(path.join(this.#folder, 'target.fasta'), target);
    this.#journal.log(`attempt ${this.#options.attempt} of "${this.#order.name}" with the ${engine.name} engine`);
    const publisher = new OutputPublisher({
      store: this.#job.store,
      outFolder: path.join(this.#folder, 'out'),
      keyPrefix: this.#keyPrefix,
      privateFiles: engine.privateFiles,
      log: (line) => this.#journal.log(line),
    });
    const prepared = await this.#readPrepared();
    const outcome = await this.#predict(engine, publisher, prepared);
    this.#signal.throwIfAborted();
    return this.#finish(outcome, publisher);
  }

  /** Runs the engine while its files are published; when publishing fails, there is no use in going on. */
  async #predict(engine: Engine, publisher: OutputPublisher, prepared: unknown): Promise<EngineOutcome> {
    const publishing = new AbortController();
    const broken = new AbortController();
    const signal = AbortSignal.any([this.#signal, broken.signal]);
    const published = publisher.watch(publishing.signal).catch((error: unknown) => broken.abort(error));
    try {
      return await engine.predict({
        order: this.#order,
        stage: this.#options.stage,
        attempt: this.#options.attempt,
        fastaFile: path.join(this.#folder, 'target.fasta'),
        outFolder: path.join(this.#folder, 'out'),
        workFolder: path.join(this.#folder, 'work'),
        ...(this.#options.libraryFolder === undefined ? {} : { libraryFolder: this.#options.libraryFolder }),
        threads: this.#options.threads,
        shared: sharedObjects(this.#job.store),
        prepared,
        earlier: () => earlierFiles(this.#job, this.#keyPrefix),
        signal,
        log: (line) => this.#journal.log(line),
        progress: (progress) => this.#journal.progress(progress),
        run: (command) => supervise(command, { signal, onLine: (line) => this.#journal.engineLine(line) }),
      });
    } finally {
      publishing.abort();
      await published;
      broken.signal.throwIfAborted();
    }
  }

  /** What the stage before has handed over. */
  async #readPrepared(): Promise<unknown> {
    const body = await this.#job.store.read(jobKeys.prepared(this.#job.id));
    if (!body) return undefined;
    try {
      return JSON.parse(Buffer.from(body).toString('utf8'));
    } catch (error) {
      throw new RunnerError('runner-failed', `${jobKeys.prepared(this.#job.id)} is not JSON (${messageOf(error)}).`, {
        remedy: 'Submit the job again.',
      });
    }
  }

  async #finish(outcome: EngineOutcome, publisher: OutputPublisher): Promise<RunEnd> {
    if (outcome.kind === 'cannot-predict') {
      await this.#removeOwnFiles();
      return fail(this.#job, outcome.failure, EXIT.cannotPredict, this.#journal);
    }
    if (outcome.kind === 'prepared') {
      await this.#job.store.write(jobKeys.prepared(this.#job.id), Buffer.from(`${JSON.stringify(outcome.handover)}\n`));
      return { exitCode: EXIT.done, reason: outcome.reason };
    }
    if (outcome.kind === 'failed') return fail(this.#job, outcome.failure, EXIT.failed, this.#journal);
    const files = await publisher.publishNew();
    this.#signal.throwIfAborted();
    const won = await publishResult(this.#job.store, {
      order: this.#order,
      attempt: this.#options.attempt,
      prediction: outcome.prediction,
      files,
      keyPrefix: this.#keyPrefix,
      log: (line) => this.#journal.log(line),
    });
    if (!won) {
      await this.#removeOwnFiles();
      return { exitCode: EXIT.done, reason: 'Another attempt published the result first; this one was taken back.' };
    }
    this.#journal.progress({ step: 'published', fraction: 1 });
    return { exitCode: EXIT.done, reason: 'The result was published.' };
  }

  /** No reason to fail: in AWS a run has no right to delete, and what is left behind goes when the job is deleted. */
  async #removeOwnFiles(): Promise<void> {
    try {
      await this.#job.store.removeAll(this.#keyPrefix);
    } catch (error) {
      this.#journal.log(`files of this attempt stay until the job is deleted: ${messageOf(error)}`);
    }
  }
}
