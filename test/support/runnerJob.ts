import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JobOrder } from '../../backend/api/runner.ts';

const TEST_RUNNER = path.join(import.meta.dirname, 'testRunner.ts');
/** Human myoglobin (UniProt P02144), 154 residues: has many good templates. */
export const MYOGLOBIN =
  'MGLSDGEWQLVLNVWGKVEADIPGHGQEVLIRLFKGHPETLEKFDKFKHLKSEDEMKASEDLKKHGATVLTALGGILKKKGHHEAEIKPLAQSHATKHKIPVKYLEFISEC' +
  'IIQVLQSKHPGDFGADAQGAMNKALELFRKDMASNYKELGFQG';

export interface RunningRunner {
  readonly child: ChildProcess;
  /** stdout so far. */
  output(): string;
  /** Resolves when stdout matches. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string; errors: string }>;
}

/** A store on disk with one job in it, and runners started on that job. */
export class RunnerJob {
  readonly folder: string;
  readonly id: string;
  readonly order: JobOrder;
  readonly #started: ChildProcess[] = [];

  private constructor(folder: string, order: JobOrder) {
    this.folder = folder;
    this.order = order;
    this.id = order.id;
  }

  /**
   * @param told what the test engine shall do: words of the FASTA header, see `testEngineProgram.ts`
   */
  static async create(
    told: string,
    options: { sequence?: string; order?: Partial<JobOrder> } = {},
  ): Promise<RunnerJob> {
    const fasta = `>target ${told}\n${options.sequence ?? MYOGLOBIN}\n`;
    const order: JobOrder = {
      schema: 1,
      id: randomUUID(),
      name: 'Myoglobin',
      engine: 'homology',
      fasta: 'target.fasta',
      fasta_sha256: createHash('sha256').update(fasta).digest('hex'),
      parameters: {
        db_preset: 'full_dbs',
        model_preset: 'monomer',
        model_names: ['model_1'],
        max_template_date: '2020-05-14',
        gpu: 1,
        models_to_relax: 'best',
        num_multimer_predictions_per_model: 5,
        exclude_templates: [],
      },
      ...options.order,
    };
    const job = new RunnerJob(await mkdtemp(path.join(tmpdir(), 'foldpad test ü-')), order);
    await mkdir(job.path('store/input', job.id), { recursive: true });
    await writeFile(job.path('store/input', job.id, 'target.fasta'), fasta);
    await writeFile(job.path('store/input', job.id, 'job.json'), JSON.stringify(order));
    return job;
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  get uri(): string {
    return pathToFileURL(`${this.path('store/input', this.id)}/`).href;
  }

  get statusFile(): string {
    return this.path('status.json');
  }

  /** Starts the runner with the test engine. */
  start(
    options: { attempt?: number; args?: string[]; runner?: string; env?: Record<string, string>; uri?: string } = {},
  ): RunningRunner {
    const { attempt = 1, args = [], runner = TEST_RUNNER, uri = this.uri } = options;
    const common = ['--job', uri, '--stage', 'predict', '--work', this.path('work'), '--threads', '2'];
    const status = ['--status-file', this.statusFile, '--attempt', String(attempt)];
    const child = spawn(process.execPath, [runner, 'run', ...common, ...status, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    this.#started.push(child);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ended: RunningRunner['ended'] = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, output, errors }));
    });
    const says = (pattern: RegExp) =>
      new Promise<RegExpMatchArray>((resolve, reject) => {
        const look = () => {
          const match = output.match(pattern);
          if (match) resolve(match);
        };
        child.stdout.on('data', look);
        child.once('close', () => reject(new Error(`the runner ended without saying ${pattern}:\n${output}${errors}`)));
        look();
      });
    return { child, output: () => output, says, ended };
  }

  async run(options: Parameters<RunnerJob['start']>[0] = {}): ReturnType<() => RunningRunner['ended']> {
    return this.start(options).ended;
  }

  /** Published files below `output/{id}/`, relative and sorted. */
  async published(): Promise<string[]> {
    const folder = this.path('store/output', this.id);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
      .sort();
  }

  async outputJson(name: string): Promise<unknown> {
    return JSON.parse(await readFile(this.path('store/output', this.id, name), 'utf8'));
  }

  async statusJson(): Promise<unknown> {
    return JSON.parse(await readFile(this.statusFile, 'utf8'));
  }

  /** Everything that is left in the work folder. */
  async leftovers(): Promise<string[]> {
    return readdir(this.path('work')).catch(() => []);
  }

  /** Ends what still runs and removes the folder. */
  async dispose(): Promise<void> {
    for (const child of this.#started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Whether a process is there and not just waiting to be reaped. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/^\d+ \(.*\) Z/.test(stat);
}

/** Waits until the process is gone. @throws after ten seconds */
export async function waitUntilGone(pid: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (!(await isRunning(pid))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`process ${pid} is still running`);
}
