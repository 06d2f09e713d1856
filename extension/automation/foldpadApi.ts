/**
 * What other extensions may use: `activate()` returns it. Described for them in docs/extension-api.md. Within a version
 * only optional things are added; anything else makes a new version.
 */

import type * as vscode from 'vscode';

/** A sequence to predict. Either `sequence` or `uri`. */
export interface PredictionInput {
  /** FASTA text, or the bare residues of one chain in one-letter code. */
  readonly sequence?: string;
  /** A FASTA file, also gzipped, of any file system that VS Code reads. */
  readonly uri?: vscode.Uri;
  /** What the prediction is called, if there is one. Default: the file's name, or that of the record. */
  readonly name?: string;
  /** Needed for several records: `monomer` predicts each by itself, `multimer` all together as one complex. */
  readonly mode?: 'monomer' | 'multimer';
  /** Name of a queue. Default: the one that the user chose last. */
  readonly queue?: string;
  readonly comment?: string;
}

/** A prediction as the backend knows it. Times are ISO 8601, UTC. */
export interface FoldpadJob {
  readonly id: string;
  readonly name: string;
  readonly engine: 'alphafold2' | 'homology';
  readonly queue: string;
  readonly comment: string;
  readonly status:
    | 'QUEUED'
    | 'SUBMITTED'
    | 'PENDING'
    | 'RUNNABLE'
    | 'STARTING'
    | 'RUNNING'
    | 'CANCELLING'
    | 'SUCCEEDED'
    | 'FAILED'
    | 'CANCELLED'
    | 'DELETING';
  /** Why it is in this state. */
  readonly statusReason?: string;
  /** `fraction` is the done part of the stage, 0–1. */
  readonly progress?: { readonly stage: string; readonly step: string; readonly fraction: number };
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy?: string };
  /** `meanConfidence` of the best model, 0–100, in the metric named. The two metrics are not to be compared. */
  readonly result?: {
    readonly confidenceMetric: 'pLDDT' | 'estimated CA-lDDT';
    readonly meanConfidence: number;
    readonly models: number;
    readonly bestModel: string;
  };
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** What one prediction would take. */
export interface FoldpadEstimate {
  readonly name: string;
  readonly engine: FoldpadJob['engine'];
  readonly queue: string;
  /** Residues in all chains. */
  readonly length: number;
  readonly minutes: { readonly low: number; readonly likely: number; readonly high: number };
  /** Absent where running is free or the price unknown. */
  readonly cost?: { readonly currency: string; readonly low: number; readonly likely: number; readonly high: number };
  readonly memory: { readonly verdict: 'fits' | 'tight' | 'too-large'; readonly reason: string };
  readonly warnings: readonly string[];
}

/** Ranked models and files of a job that has succeeded. */
export interface FoldpadResult {
  readonly job_id: string;
  readonly name: string;
  readonly method: string;
  readonly confidence_metric: 'pLDDT' | 'estimated CA-lDDT';
  readonly sequence_length: number;
  readonly models: readonly {
    readonly rank: number;
    readonly name: string;
    /** 0–100 */
    readonly mean_confidence: number;
    readonly residues_modelled: number;
    readonly files: { readonly pdb: string; readonly cif?: string | undefined; readonly pae?: string | undefined };
  }[];
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  readonly warnings: readonly string[];
}

export interface JobsChanged {
  /** New, or different from what was known before. */
  readonly changed: readonly FoldpadJob[];
  /** Ids of those that are no longer in the list. */
  readonly removed: readonly string[];
}

/** The backend that the user has chosen. Jobs and results of one are unknown to the others. */
export interface FoldpadProfile {
  readonly kind: 'local' | 'remote';
  /** What the user calls it, in the user's language for the one on this machine. */
  readonly name: string;
  /** Address of a remote one. Its key is not to be had. */
  readonly endpoint?: string;
}

export interface FoldpadApi {
  readonly version: 1;
  /** Where jobs come from and go to. Not in the first releases of version 1. */
  profile?(): FoldpadProfile;
  /** The user has chosen another backend; the jobs of the former one are gone from `jobs()`. Came with `profile`. */
  readonly onDidChangeProfile?: vscode.Event<FoldpadProfile>;
  /** The jobs as they were when the backend was last asked, newest first. */
  jobs(): readonly FoldpadJob[];
  /** Asks the backend now. Does not reject: what could not be asked stays as it was. */
  refresh(): Promise<void>;
  readonly onDidChangeJobs: vscode.Event<JobsChanged>;
  /** Time, cost and memory, one for each prediction that `submit` would make. Nothing is stored or spent. */
  estimate(input: PredictionInput): Promise<readonly FoldpadEstimate[]>;
  /**
   * Submits all predictions of an input, or none. Where running may cost money the user is asked first.
   * @returns the jobs; empty when the user said no
   * @throws Error whose message says what is wrong with the input or the backend, and what to do
   */
  submit(input: PredictionInput): Promise<readonly FoldpadJob[]>;
  /** Waits until a job has succeeded, failed or been cancelled. @throws when there is none, or the token is cancelled */
  whenEnded(jobId: string, cancel?: vscode.CancellationToken): Promise<FoldpadJob>;
  /** Shows the structure of a job that has succeeded in the viewer. */
  openStructure(jobId: string): Promise<void>;
  results(jobId: string): Promise<FoldpadResult>;
  /** The bytes of a file that `results` names. */
  readResultFile(jobId: string, path: string): Promise<Uint8Array>;
}
