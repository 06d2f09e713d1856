/**
 * What an engine is to the runner. An engine knows which programs to start and what their files mean; the runner feeds
 * it a checked target and takes care of processes, signals, logs, progress and publishing.
 */
import * as z from 'zod';
import { CONFIDENCE_METRICS, type Engine as EngineName, type Progress, type Stage } from '../../backend/api/job.ts';
import { modelSchema } from '../../backend/api/result.ts';
import type { EngineReport, FailureFile, JobOrder } from '../../backend/api/runner.ts';

/** A program to start. */
export interface EngineCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the program; without it, that of the runner less its secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Run when the program had to be killed: what it left behind elsewhere (a container) goes too. */
  readonly release?: { readonly file: string; readonly args: readonly string[] };
}

/** How a program ended: `code` is null when a signal ended it. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote (stdout and stderr as they came), progress lines left out. */
  readonly lastLines: readonly string[];
}

/** A file that an earlier attempt of the same run has published. */
export interface EarlierFile {
  /** The attempt's folder, `attempt-1-9f3c2a`. */
  readonly attempt: string;
  /** Path below it. */
  readonly path: string;
  /** Brings it to this machine. @returns whether it was still there */
  fetch(file: string): Promise<boolean>;
}

/** Objects that jobs share: what was computed for one serves another. Keys are below `features/`. */
export interface SharedObjects {
  /** The object as a local file, whole or not at all. @returns whether there is one */
  fetch(key: string, file: string): Promise<boolean>;
  /** Atomic: others see nothing or the whole object. */
  publish(key: string, file: string): Promise<void>;
  /** A small object. */
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, body: Uint8Array): Promise<void>;
  /** Of several callers at once, exactly one gets `true`. */
  writeIfAbsent(key: string, body: Uint8Array): Promise<boolean>;
}

/** Everything one prediction may use. All paths are absolute and lie in folders of this attempt alone. */
export interface EngineContext {
  readonly order: JobOrder;
  readonly stage: Stage;
  /** 1 for the first try of this run. */
  readonly attempt: number;
  /** The target: its SHA-256 is that of the order. */
  readonly fastaFile: string;
  /**
   * Files that appear here complete are published at once and are never changed afterwards; names that begin with a dot
   * are work in progress.
   */
  readonly outFolder: string;
  /** Scratch; removed at the end. */
  readonly workFolder: string;
  /** Template library or databases, kept between runs; `undefined` leaves the choice to the engine. */
  readonly libraryFolder?: string;
  /** CPU threads that may be busy at the same time. */
  readonly threads: number;
  readonly shared: SharedObjects;
  /** What this job's `features` stage has made, as it handed it over; `undefined` before that. */
  readonly prepared: unknown;
  /** Published files of earlier attempts, by path. They may have been cut off in the middle of a set. */
  earlier(): Promise<readonly EarlierFile[]>;
  /** Aborted when the run must end; `run` ends its programs by itself. */
  readonly signal: AbortSignal;
  log(line: string): void;
  progress(progress: Omit<Progress, 'stage'>): void;
  /**
   * Starts a program and waits for its end, forwarding its lines to the log and its progress lines as progress.
   *
   * @throws when the program cannot be started, and the abort reason after the run was ended
   */
  run(command: EngineCommand): Promise<CommandEnd>;
}

/** What an engine says about a finished prediction. Paths are relative to the out folder. */
export const predictionSchema = z.object({
  engine_version: z.string(),
  method: z.string(),
  confidence_metric: z.enum(CONFIDENCE_METRICS),
  /** Residues in the target. */
  sequence_length: z.number().int().min(1),
  models: z.array(modelSchema).min(1),
  /** Seconds by step. */
  timings: z.record(z.string(), z.number()),
  /** Name → version. */
  software: z.record(z.string(), z.string()),
  databases: z.array(z.object({ name: z.string(), version: z.string(), chains: z.number().int().optional() })),
  seed: z.number().int().optional(),
  warnings: z.array(z.string()),
});
export type Prediction = z.infer<typeof predictionSchema>;

export type EngineOutcome =
  | { readonly kind: 'predicted'; readonly prediction: Prediction }
  /** The stage is done, and another one goes on with what it hands over (JSON). */
  | { readonly kind: 'prepared'; readonly handover: unknown; readonly reason: string }
  /** The honest "cannot predict this": exit 3, never tried again. */
  | { readonly kind: 'cannot-predict'; readonly failure: FailureFile }
  /** Something went wrong: exit 1. */
  | { readonly kind: 'failed'; readonly failure: FailureFile };

export interface DoctorOptions {
  readonly libraryFolder?: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Engine {
  readonly name: EngineName;
  /** Files in the out folder that are for this engine alone and are not published. */
  readonly privateFiles: readonly string[];
  /** Can this engine predict on this machine? Never throws for what is missing: it says so. */
  doctor(options: DoctorOptions): Promise<EngineReport>;
  predict(context: EngineContext): Promise<EngineOutcome>;
}
