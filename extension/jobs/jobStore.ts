/**
 * What the server said last about the jobs. Asks only while somebody looks or a job is live (see `pollSchedule.ts`), and
 * tells what changed. Knows nothing of VS Code.
 */

import { isLive, type Job, type JobStatus, LIVE_STATUSES } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { isCancellation, isProblem } from '../base/errors.ts';
import { nextPoll } from './pollSchedule.ts';

/** Where jobs come from; the API's client is one. */
export interface JobSource {
  list(query: { readonly statuses?: readonly JobStatus[]; readonly limit: number }): Promise<{
    readonly jobs: readonly Job[];
    readonly next?: string;
  }>;
  get(id: string): Promise<{ readonly job: Job }>;
}

/** What one answer changed. */
export interface JobsChange {
  /** Jobs came, went or changed places: the list must be drawn again. */
  readonly listChanged: boolean;
  /** Jobs that are still in the list and are different now. */
  readonly changed: readonly Job[];
  /** Jobs that were live when last seen and have ended now. */
  readonly ended: readonly Job[];
}

/** How fresh the list is. */
export type StoreState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'current' }
  /** The last question failed; what is known is from before. */
  | { readonly kind: 'stale'; readonly error: unknown };

const PAGE = 50;
const MOST_JOBS = 1000;
/** Jobs beyond the page that are asked for one by one in a poll. */
const MOST_SINGLE_QUESTIONS = 20;

export class JobStore extends Disposable {
  readonly #source: JobSource;
  readonly #changed = this._register(new Emitter<JobsChange>());
  readonly #stateChanged = this._register(new Emitter<StoreState>());
  readonly #watchers = new Set<string>();
  /** Newest first. */
  #jobs: readonly Job[] = [];
  /** Jobs that must be followed even when they have left the page. */
  readonly #followed = new Set<string>();
  #limit = PAGE;
  #hasMore = false;
  #state: StoreState = { kind: 'unknown' };
  #quiet = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<void> | undefined;
  /** Counts what was said by others than the poll: an older answer must not undo it. */
  #edition = 0;

  constructor(source: JobSource) {
    super();
    this.#source = source;
    this._register({ dispose: () => clearTimeout(this.#timer) });
  }

  get onDidChange() {
    return this.#changed.event;
  }

  get onDidChangeState() {
    return this.#stateChanged.event;
  }

  /** Newest first. */
  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  get state(): StoreState {
    return this.#state;
  }

  /** There are older jobs than those in the list. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  get live(): readonly Job[] {
    return this.#jobs.filter((job) => isLive(job.status));
  }

  find(id: string): Job | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  /** Somebody (named, for example `view`) looks at the jobs, or does no longer. */
  setVisible(who: string, visible: boolean): void {
    if (visible === this.#watchers.has(who)) return;
    if (visible) this.#watchers.add(who);
    else this.#watchers.delete(who);
    if (visible) void this.refresh();
    else this.#schedule();
  }

  /** Follows jobs that were submitted earlier, wherever they are in the list. */
  follow(ids: readonly string[]): void {
    for (const id of ids) this.#followed.add(id);
    if (ids.length > 0) void this.refresh();
  }

  /** Asks now, and more often from now on. Never rejects: a failure becomes the state. */
  refresh(): Promise<void> {
    this.#quiet = 0;
    return this.#poll();
  }

  #poll(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
      this.#schedule();
    });
    return this.#asking;
  }

  /** Makes the list longer. */
  async loadMore(): Promise<void> {
    this.#limit = Math.min(this.#limit * 2, MOST_JOBS);
    await this.#asking;
    await this.refresh();
  }

  /** Takes over what an answer to a command said (submit, cancel), before the next poll. */
  apply(jobs: readonly Job[]): void {
    this.#edition++;
    const news = new Map(jobs.map((job) => [job.id, job]));
    for (const job of jobs) if (isLive(job.status)) this.#followed.add(job.id);
    const kept = this.#jobs.map((job) => news.get(job.id) ?? job);
    const added = jobs.filter((job) => !this.find(job.id));
    this.#become([...added, ...kept].sort(newestFirst));
    this.#quiet = 0;
    this.#schedule();
  }

  /** Takes jobs that were deleted out of the list. */
  drop(ids: readonly string[]): void {
    this.#edition++;
    for (const id of ids) this.#followed.delete(id);
    this.#become(this.#jobs.filter((job) => !ids.includes(job.id)));
  }

  /** Forgets everything: another backend was chosen. */
  clear(): void {
    this.#edition++;
    this.#followed.clear();
    this.#failures = 0;
    this.#hasMore = false;
    this.#become([]);
    this.#enter({ kind: 'unknown' });
    this.#schedule();
  }

  async #ask(): Promise<void> {
    const edition = this.#edition;
    try {
      const page = await this.#source.list({ limit: this.#limit });
      const { jobs, unasked } =
        page.next === undefined ? { jobs: page.jobs, unasked: [] } : await this.#withFollowed(page.jobs);
      if (this.isDisposed) return;
      this.#failures = 0;
      // A command was answered while this question was on its way: what it said is newer. Ask again soon.
      if (edition !== this.#edition) return;
      this.#hasMore = page.next !== undefined && this.#limit < MOST_JOBS;
      this.#quiet = this.#become([...jobs].sort(newestFirst)) ? 0 : this.#quiet + 1;
      this.#unfollowEnded(unasked);
      this.#enter({ kind: 'current' });
    } catch (error) {
      if (this.isDisposed || edition !== this.#edition || isCancellation(error)) return;
      this.#failures++;
      this.#enter({ kind: 'stale', error });
    }
  }

  /** The page, and the followed jobs that are older than it. */
  async #withFollowed(page: readonly Job[]): Promise<{ jobs: readonly Job[]; unasked: readonly string[] }> {
    const known = new Map(page.map((job) => [job.id, job]));
    const missing = () =>
      [...new Set([...this.#followed, ...this.live.map((job) => job.id)])].filter((id) => !known.has(id));
    if (missing().length === 0) return { jobs: page, unasked: [] };
    const live = await this.#source.list({ statuses: LIVE_STATUSES, limit: MOST_JOBS });
    for (const job of live.jobs) known.set(job.id, job);
    const rest = missing();
    const single = await Promise.all(rest.slice(0, MOST_SINGLE_QUESTIONS).map((id) => this.#single(id)));
    for (const job of single) if (job) known.set(job.id, job);
    return { jobs: [...known.values()], unasked: rest.slice(MOST_SINGLE_QUESTIONS) };
  }

  async #single(id: string): Promise<Job | undefined> {
    try {
      return (await this.#source.get(id)).job;
    } catch (error) {
      if (isProblem(error) && error.kind === 'not-found') return undefined;
      throw error;
    }
  }

  #unfollowEnded(unasked: readonly string[]): void {
    for (const id of this.#followed) {
      const job = this.find(id);
      if (!unasked.includes(id) && !(job && isLive(job.status))) this.#followed.delete(id);
    }
  }

  /** @returns whether anything is different */
  #become(jobs: readonly Job[]): boolean {
    const before = new Map(this.#jobs.map((job) => [job.id, job]));
    const changed = jobs.filter((job) => {
      const old = before.get(job.id);
      return old !== undefined && old.version !== job.version;
    });
    const listChanged =
      jobs.length !== this.#jobs.length || jobs.some((job, index) => job.id !== this.#jobs[index]?.id);
    const ended = jobs.filter((job) => {
      const old = before.get(job.id);
      const wasLive = old ? isLive(old.status) : this.#followed.has(job.id);
      return wasLive && !isLive(job.status);
    });
    this.#jobs = jobs;
    if (!listChanged && changed.length === 0) return false;
    this.#changed.fire({ listChanged, changed, ended });
    return true;
  }

  #enter(state: StoreState): void {
    const same = state.kind === this.#state.kind && state.kind !== 'stale';
    this.#state = state;
    if (!same) this.#stateChanged.fire(state);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.isDisposed || this.#asking) return;
    const live = Math.max(this.live.length, this.#followed.size);
    const situation = { visible: this.#watchers.size > 0, live, quiet: this.#quiet, failures: this.#failures };
    const delay = nextPoll(situation, Math.random());
    if (delay === undefined) return;
    this.#timer = setTimeout(() => void this.#poll(), delay);
  }
}

function newestFirst(a: Job, b: Job): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
