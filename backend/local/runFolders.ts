import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Run ids become folder names. */
const RUN_ID = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const LOG_NAME = /^attempt-([1-9][0-9]{0,5})\.log$/;

export interface AttemptPaths {
  readonly attempt: number;
  /** Standard output and standard error of the attempt. */
  readonly log: string;
  /** Written by the runner as its last act. */
  readonly status: string;
  /** Scratch space of the run. */
  readonly work: string;
}

/** Where the files of runs are: `DIR/<runId>/attempt-<n>.log`, `status-<n>.json`, `work/`. */
export class RunFolders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Whether the id can be a folder's name. */
  accepts(runId: string): boolean {
    return RUN_ID.test(runId);
  }

  /** @throws RangeError if the id cannot be a folder's name */
  folder(runId: string): string {
    if (!this.accepts(runId)) throw new RangeError(`${JSON.stringify(runId)} cannot be the id of a local run`);
    return path.join(this.#root, runId);
  }

  attempt(runId: string, attempt: number): AttemptPaths {
    const folder = this.folder(runId);
    return {
      attempt,
      log: path.join(folder, `attempt-${attempt}.log`),
      status: path.join(folder, `status-${attempt}.json`),
      work: path.join(folder, 'work'),
    };
  }

  /** Attempts of a run that have a log, oldest first. */
  attempts(runId: string): readonly number[] {
    let names: string[];
    try {
      names = readdirSync(this.folder(runId));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
    return names.flatMap((name) => Number(LOG_NAME.exec(name)?.[1] ?? Number.NaN) || []).sort((a, b) => a - b);
  }
}
