import type { Progress } from '../api/job.ts';
import { attemptProcesses, type ProcessIdentity, signalProcess } from './processes.ts';
import { ProgressTail } from './progressTail.ts';
import type { AttemptPaths } from './runFolders.ts';
import { type AttemptEnd, attemptMark, type RunRecord } from './runRecord.ts';

const FIRST_NAP_MS = 10;
const LONGEST_NAP_MS = 500;

/** What the scheduler keeps in memory of an attempt whose processes may be alive. */
export class LiveAttempt {
  /** Leader of the process group. */
  readonly leader: ProcessIdentity;
  /** Whether this server started it and so hears of its end; an adopted one must be looked at. */
  readonly isOwnChild: boolean;
  /** Milliseconds since 1970 when its time is up. */
  readonly deadline: number;
  /** How its leader ended, once that is known. */
  end: AttemptEnd | 'never began' | undefined;
  /** While its last processes are being removed and its end is recorded. */
  isEnding = false;
  progress: Progress | undefined;
  readonly #mark: string;
  readonly #tail: ProgressTail;

  /** @param record of a run that has a process */
  constructor(record: RunRecord, isOwnChild: boolean, paths: AttemptPaths) {
    if (!record.process) throw new Error(`run ${record.spec.runId} has no process`);
    this.leader = record.process;
    this.isOwnChild = isOwnChild;
    this.deadline = Date.parse(record.startedAt ?? '') + record.spec.timeoutSeconds * 1000;
    this.#mark = attemptMark(record);
    this.#tail = new ProgressTail(paths.log);
  }

  /** Reads what was added to the log. @returns whether there is news */
  lookForProgress(): boolean {
    const found = this.#tail.look();
    if (!found) return false;
    const before = this.progress;
    this.progress = found;
    return (
      before?.step !== found.step ||
      before.fraction !== found.fraction ||
      before.stage !== found.stage ||
      before.message !== found.message
    );
  }

  /** Sends SIGKILL to every process of the attempt. @returns how many there were */
  kill(): number {
    const alive = attemptProcesses(this.leader, this.#mark);
    for (const each of alive) signalProcess(each, 'SIGKILL');
    return alive.length;
  }

  /**
   * Resolves when no process of the attempt is left, killing those that are.
   *
   * @param goOn asked before each look; `false` gives up
   * @returns whether all are dead
   */
  async killUntilGone(goOn: () => boolean): Promise<boolean> {
    for (let nap = FIRST_NAP_MS; goOn(); nap = Math.min(nap * 2, LONGEST_NAP_MS)) {
      if (this.kill() === 0) return true;
      await new Promise((resolve) => setTimeout(resolve, nap));
    }
    return false;
  }

  close(): void {
    this.#tail.close();
  }
}
