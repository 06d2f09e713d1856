import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { QueueInfo } from '../api/job.ts';
import { type EngineReport, engineReportSchema } from '../api/runner.ts';
import type { Logger } from '../core/ports.ts';

/** An engine that was not there is looked for again after this long. */
const LOOK_AGAIN_MS = 30_000;
const DOCTOR_TIMEOUT_MS = 60_000;

export interface EngineCheckOptions {
  /** Program and first arguments of the runner. */
  readonly runnerCommand: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly library: string;
  readonly log: Logger;
  readonly now?: () => number;
}

/** Knows whether predictions can run here, by asking the runner's doctor: once while all is well, and again if not. */
export class EngineCheck {
  readonly #options: EngineCheckOptions;
  readonly #now: () => number;
  readonly #closing = new AbortController();
  #report: Promise<EngineReport> | undefined;
  #looksAgainAt = Number.POSITIVE_INFINITY;

  constructor(options: EngineCheckOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The newest report. */
  report(): Promise<EngineReport> {
    if (!this.#report || this.#now() >= this.#looksAgainAt) this.#report = this.#ask();
    return this.#report;
  }

  async #ask(): Promise<EngineReport> {
    this.#looksAgainAt = Number.POSITIVE_INFINITY;
    const report = await askDoctor(this.#options, this.#closing.signal);
    if (!report.available) this.#looksAgainAt = this.#now() + LOOK_AGAIN_MS;
    const { available, reason, version } = report;
    this.#options.log.info('engine checked', { available, reason, version });
    return report;
  }

  /** Ends a check that is under way. */
  close(): void {
    this.#closing.abort();
  }
}

/** What a report says of the queue. */
export function availabilityOf(report: EngineReport): Pick<QueueInfo, 'available' | 'reason' | 'remedy'> {
  if (report.available) return { available: true };
  return {
    available: false,
    reason: report.reason ?? 'The homology engine is not installed.',
    remedy: report.remedy ?? 'Run "npm run engine:install", then try again.',
  };
}

async function askDoctor(
  { runnerCommand, environment, library }: EngineCheckOptions,
  signal: AbortSignal,
): Promise<EngineReport> {
  const unavailable = (reason: string): EngineReport => ({
    engine: 'homology',
    available: false,
    reason,
    software: {},
  });
  if (process.platform === 'win32') {
    return {
      ...unavailable('Predictions run on Linux and macOS only.'),
      remedy: 'Use Foldpad in the Windows Subsystem for Linux (WSL), or connect to a remote backend.',
    };
  }
  const [program = process.execPath, ...first] = runnerCommand;
  const args = [...first, 'doctor', '--engine', 'homology', '--library', library, '--json'];
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      timeout: DOCTOR_TIMEOUT_MS,
      signal,
      env: { ...process.env, ...environment },
    });
    return parseReport(stdout);
  } catch (error) {
    // An engine that is missing is told by exit code 1, together with the report.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    try {
      return parseReport(stdout);
    } catch {
      const why = stderr.trim().split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
      return unavailable(`The engine could not be checked: ${why}`);
    }
  }
}

function parseReport(stdout: string): EngineReport {
  return engineReportSchema.parse(JSON.parse(stdout));
}
