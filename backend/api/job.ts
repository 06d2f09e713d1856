/**
 * The words of Foldpad: a Job, its Runs and what is known about them. Pure types and tables; the wire names live in
 * `wire.ts`, the transitions in `core/job.ts`.
 */

/** Every state a job can be in. The first six are one way towards an end; see {@link LIVE_STATUSES}. */
export const JOB_STATUSES = [
  'QUEUED',
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'CANCELLING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'DELETING',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** States in which something may still happen by itself: they can be cancelled and cannot be deleted. */
export const LIVE_STATUSES = [
  'QUEUED',
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'CANCELLING',
] as const satisfies readonly JobStatus[];

/** Final states: never left except to be deleted. */
export const FINISHED_STATUSES = ['SUCCEEDED', 'FAILED', 'CANCELLED'] as const satisfies readonly JobStatus[];

export function isLive(status: JobStatus): boolean {
  return (LIVE_STATUSES as readonly JobStatus[]).includes(status);
}

export function isFinished(status: JobStatus): boolean {
  return (FINISHED_STATUSES as readonly JobStatus[]).includes(status);
}

/** States of one run, in the order in which the scheduler reports them (AWS Batch's own names). */
export const RUN_STATUSES = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const STAGES = ['features', 'predict'] as const;
/** `features`: MSA and template search on CPU. `predict`: inference and relaxation; the whole of a homology job. */
export type Stage = (typeof STAGES)[number];

export const ENGINES = ['alphafold2', 'homology'] as const;
export type Engine = (typeof ENGINES)[number];

/** What the confidence numbers are. The two are never mixed: neither name may stand for the other. */
export const CONFIDENCE_METRICS = ['pLDDT', 'estimated CA-lDDT'] as const;
export type ConfidenceMetric = (typeof CONFIDENCE_METRICS)[number];

export const DB_PRESETS = ['full_dbs', 'reduced_dbs'] as const;
export type DbPreset = (typeof DB_PRESETS)[number];
export const MODEL_PRESETS = ['monomer', 'monomer_casp14', 'monomer_ptm', 'multimer'] as const;
export type ModelPreset = (typeof MODEL_PRESETS)[number];
export const MODEL_NAMES = ['model_1', 'model_2', 'model_3', 'model_4', 'model_5'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];
export const RELAX_CHOICES = ['best', 'all', 'none'] as const;
export type RelaxChoice = (typeof RELAX_CHOICES)[number];

/** What to predict and how, after defaults are applied. */
export interface JobParameters {
  readonly dbPreset: DbPreset;
  readonly modelPreset: ModelPreset;
  /** Which of AlphaFold's five models to run. */
  readonly modelNames: readonly ModelName[];
  /** ISO date (YYYY-MM-DD); structures released later are not used as templates. */
  readonly maxTemplateDate: string;
  /** Number of GPUs; scales vCPU and memory. */
  readonly gpu: number;
  readonly modelsToRelax: RelaxChoice;
  readonly numMultimerPredictionsPerModel: number;
  readonly randomSeed?: number;
  /** Confidence (0–100) at which no further model is run. */
  readonly stopAtConfidence?: number;
  /** Upper-case PDB ids that must not serve as templates. */
  readonly excludeTemplates: readonly string[];
  /** Templates more identical than this fraction (0–1] to the target are not used. */
  readonly maxTemplateIdentity?: number;
}

/** Where the FASTA text comes from: an object under `input/`, or the request itself. */
export type SequenceSource =
  | { readonly kind: 'file'; readonly fileName: string }
  | { readonly kind: 'inline'; readonly sequence: string };

/** A checked request for one job. */
export interface JobRequest {
  readonly name: string;
  readonly source: SequenceSource;
  /** The queue asked for, in the caller's words; `undefined` lets the backend choose. */
  readonly queue?: string;
  readonly comment: string;
  readonly parameters: JobParameters;
  /** Names of parameters that the caller set, as on the wire; the rest are defaults. */
  readonly given: readonly string[];
}

/** One chain of the target. `length` in residues. */
export interface TargetChain {
  readonly id: string;
  readonly description: string;
  readonly length: number;
  /** By which the same sequence is recognised (`sequenceHash`); absent in jobs of earlier versions. */
  readonly sequenceHash?: string;
}

export interface Progress {
  readonly stage: Stage;
  readonly step: string;
  /** Done part of the whole run, 0–1. */
  readonly fraction: number;
  readonly message?: string;
}

/** One unit of work given to the scheduler for a job. Times are ISO 8601 UTC. */
export interface Run {
  readonly id: string;
  readonly stage: Stage;
  readonly status: RunStatus;
  /** The scheduler's own id (Batch job id, local run id) once it is known. */
  readonly schedulerId?: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly statusReason?: string;
  readonly exitCode?: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Where its log lines are kept, one stream for each attempt, oldest first; only where logs are found by name. */
  readonly logStreams?: readonly string[];
  /** Other runs of the job do its work anew: what becomes of it decides nothing any more. */
  readonly superseded?: true;
}

/** Why a job failed, what was found, what to do next. */
export interface Failure {
  /** Stable code: `no-template`, `engine-failed`, `timeout`, `no-result`, `dispatch-failed`, `lost` … */
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
}

/** The part of `result.json` that lists need. */
export interface ResultSummary {
  readonly confidenceMetric: ConfidenceMetric;
  /** Mean confidence of the best model, 0–100. */
  readonly meanConfidence: number;
  readonly models: number;
  /** Path of the best model's PDB below `output/{id}/`. */
  readonly bestModel: string;
}

/** Finished features in the cache: their key, and the SHA-256 of the file. */
export interface KnownFeatures {
  readonly key: string;
  readonly sha256: string;
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly engine: Engine;
  /** The queue that really serves the job. */
  readonly queue: string;
  readonly comment: string;
  readonly fileName?: string;
  readonly parameters: JobParameters;
  readonly chains: readonly TargetChain[];
  readonly status: JobStatus;
  /** Why it is in this state, in plain words ("waiting for a free CPU slot: 2 of 2 busy"). */
  readonly statusReason?: string;
  readonly progress?: Progress;
  readonly warnings: readonly string[];
  readonly runs: readonly Run[];
  readonly result?: ResultSummary;
  readonly failure?: Failure;
  /** By what the features of the same target are found in the cache (`featuresTarget`); stored, never on the wire. */
  readonly featuresTarget?: string;
  /** The plan's, if it found them: then there is no features run. Stored, never on the wire. */
  readonly knownFeatures?: KnownFeatures;
  /**
   * What its last attempts have cost, once they have ended; computed by the API for its answers, never stored. Absent where
   * running is free or the price unknown.
   */
  readonly cost?: {
    readonly currency: string;
    readonly amount: number;
    /** Spot machines were used: it was less, by how much only the bill tells. */
    readonly isAtMost: boolean;
  };
  readonly cancelRequestedAt?: string;
  readonly deleteRequestedAt?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Optimistic lock: the store accepts an update only of the version it holds. */
  readonly version: number;
}

/** One line of a run's log. `at` is ISO 8601 UTC when the line carries a time. */
export interface LogLine {
  readonly runId: string;
  readonly stage: Stage;
  readonly at?: string;
  readonly text: string;
}

/** Log lines after a cursor; `next` resumes exactly where this page ended; `done`: nothing will ever follow. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly next: string;
  readonly done: boolean;
}

/** A place where runs wait; on AWS it stands for an instance type. */
export interface QueueInfo {
  readonly name: string;
  readonly engine: Engine;
  readonly description: string;
  /** Other names under which requests may ask for this queue. */
  readonly aliases: readonly string[];
  readonly available: boolean;
  /** Why it is not available, and what to do. */
  readonly reason?: string;
  readonly remedy?: string;
  readonly gpuModel?: string;
  readonly maxGpu: number;
  /** Runs now running and waiting, when the scheduler knows. */
  readonly running?: number;
  readonly waiting?: number;
  /** Runs that can go on at the same time. */
  readonly slots?: number;
}

/** Time, cost and memory verdict before anything is paid for. */
export interface Estimate {
  readonly name: string;
  readonly engine: Engine;
  readonly queue: string;
  /** Residues in all chains. */
  readonly length: number;
  readonly minutes: { readonly low: number; readonly likely: number; readonly high: number };
  /** Cost in the currency named; `undefined` where running is free or the price unknown. */
  readonly cost?: { readonly currency: string; readonly low: number; readonly likely: number; readonly high: number };
  readonly memory: { readonly verdict: 'fits' | 'tight' | 'too-large'; readonly reason: string };
  readonly warnings: readonly string[];
}

/** Outcome of one item of a bulk cancel or delete. */
export interface BulkOutcome {
  readonly id: string;
  readonly outcome: 'cancelling' | 'cancelled' | 'deleting' | 'deleted' | 'unchanged' | 'refused';
  readonly reason?: string;
}
