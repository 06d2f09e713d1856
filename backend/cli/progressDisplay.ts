/** Shows what jobs are doing while they are waited for: bars where a person watches, lines elsewhere. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { isFinished, type Job } from '../api/job.ts';
import { describeActivity } from './describe.ts';
import type { Output } from './output.ts';
import { shorten } from './table.ts';

export interface ProgressDisplay {
  update(job: Job): void;
  /** Something to say that must not be drawn over. */
  say(text: string): void;
  stop(): void;
}

/** More bars than this do not fit on a screen; then there is one for all. */
const MAX_BARS = 12;
const NAME_PLACES = 20;

export function createProgressDisplay(output: Output, jobs: readonly Job[]): ProgressDisplay {
  if (!output.hasBars) return new ProgressLines(output);
  return jobs.length > MAX_BARS ? new OneBar(output, jobs) : new JobBars(output, jobs);
}

function makeMultiBar(output: Output): MultiBar {
  return new MultiBar(
    {
      format: '{name} {bar} {percentage} % {what}',
      barsize: 20,
      hideCursor: true,
      linewrap: false,
      stopOnComplete: false,
      clearOnComplete: false,
      stream: output.streams.stderr,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
}

function percent(job: Job): number {
  if (job.status === 'SUCCEEDED') return 100;
  return Math.floor((job.progress?.fraction ?? 0) * 100);
}

/** `RUNNING searching 20661 templates`, `FAILED`; why it failed is said afterwards, in full. */
function whatItDoes(job: Job): string {
  if (isFinished(job.status)) return job.status;
  const activity = job.status === 'RUNNING' ? (job.progress?.message ?? job.progress?.step) : job.statusReason;
  return activity ? `${job.status} ${activity}` : job.status;
}

class JobBars implements ProgressDisplay {
  readonly #output: Output;
  readonly #multi: MultiBar;
  readonly #bars: ReadonlyMap<string, SingleBar>;

  constructor(output: Output, jobs: readonly Job[]) {
    this.#output = output;
    this.#multi = makeMultiBar(output);
    const places = Math.min(NAME_PLACES, Math.max(...jobs.map(({ name }) => name.length)));
    this.#bars = new Map(
      jobs.map((job) => {
        const name = shorten(job.name, places).padEnd(places);
        return [job.id, this.#multi.create(100, percent(job), { name, what: whatItDoes(job) })];
      }),
    );
  }

  update(job: Job): void {
    const room = Math.max(10, (this.#output.streams.stderr.columns || 80) - NAME_PLACES - 32);
    this.#bars.get(job.id)?.update(percent(job), { what: shorten(whatItDoes(job), room) });
  }

  say(text: string): void {
    this.#multi.log(`${text}\n`);
    this.#multi.update();
  }

  stop(): void {
    this.#multi.stop();
  }
}

class OneBar implements ProgressDisplay {
  readonly #multi: MultiBar;
  readonly #bar: SingleBar;
  readonly #percents: Map<string, number>;
  readonly #finished = new Set<string>();

  constructor(output: Output, jobs: readonly Job[]) {
    this.#multi = makeMultiBar(output);
    this.#percents = new Map(jobs.map((job) => [job.id, percent(job)]));
    this.#bar = this.#multi.create(100 * jobs.length, 0, { name: `${jobs.length} jobs`, what: '' });
  }

  update(job: Job): void {
    if (isFinished(job.status)) this.#finished.add(job.id);
    this.#percents.set(job.id, this.#finished.has(job.id) ? 100 : percent(job));
    const total = [...this.#percents.values()].reduce((sum, value) => sum + value, 0);
    this.#bar.update(total, { what: `${this.#finished.size} of ${this.#percents.size} have ended` });
  }

  say(text: string): void {
    this.#multi.log(`${text}\n`);
    this.#multi.update();
  }

  stop(): void {
    this.#multi.stop();
  }
}

/** One line when what a job does changes, and for every further tenth of the way. */
class ProgressLines implements ProgressDisplay {
  readonly #output: Output;
  readonly #shown = new Map<string, string>();

  constructor(output: Output) {
    this.#output = output;
  }

  update(job: Job): void {
    const state = `${job.status}/${job.progress?.step}/${Math.floor(percent(job) / 10)}/${job.statusReason}`;
    if (this.#shown.get(job.id) === state) return;
    this.#shown.set(job.id, state);
    const activity = isFinished(job.status) ? '' : describeActivity(job);
    this.say(`${job.id.slice(0, 8)} ${job.name}: ${job.status}${activity ? ` – ${activity}` : ''}`);
  }

  say(text: string): void {
    this.#output.note(text);
  }

  stop(): void {}
}
