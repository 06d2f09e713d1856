/**
 * What the server said last about the jobs. Asks only while somebody looks or a job is live (see `pollSchedule.ts`), and
 * tells what changed. Knows nothing of VS Code.
 */

import { isLive, type Job } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { isCancellation } from '../base/errors.ts';
import type { JobSource } from './jobSource.ts';
import { firstOlder, newestFirst } from './newestFirst.ts';
import { nextPoll } from './pollSchedule.ts';
import { PAGE, readFollowed, readList } from './readList.ts';

/** What one answer changed. */
export interface JobsChange {
  /** Jobs came, went or changed places: the list must be drawn again. */
  readonly listChanged: boolean;
  /** Jobs that are still in the list and are different now. */
  readonly changed: readonly Job[];
  /** What {@link changed} were before, by their ids. */
  readonly before: ReadonlyMap<string, Job>;
  /** Jobs that were live when last seen and have ended now. */
  readonly ended: readonly Job[];
}

/** How fresh the list is. */
export type StoreState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'current' }
  /** The last question failed; what is known is from before. */
  | { readonly kind: 'stale'; readonly error: unknown };

/** Jobs in the list at most. */
const MOST_JOBS = 10_000;

export class JobStore extends Disposable {
  readonly #source: JobSource;
  readonly #changed = this._register(new Emitter<JobsChange>());
  readonly #stateChanged = this._register(new Emitter<StoreState>());
  readonly #read = this._register(new Emitter<void>());
  readonly #watchers = new Set<string>();
  /** Newest first. */
  #jobs: readonly Job[] = [];
  #byId = new Map<string, Job>();
  #live: readonly Job[] = [];
  /** Jobs that must be followed even when they have left the page. */
  readonly #followed = new Set<string>();
  #limit = PAGE;
  #hasMore = false;
  #state: StoreState = { kind: 'unknown' };
  #quiet = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<void> | undefined;
  /** The next question is for the whole list, and not only for its newest page. */
  #askAll = true;
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

  /** The backend has answered, whether or not anything is new. */
  get onDidRead() {
    return this.#read.event;
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
    return this.#live;
  }

  /** Whether a job that is not in the list is still asked for. */
  isFollowed(id: string): boolean {
    return this.#followed.has(id);
  }

  find(id: string): Job | undefined {
    return this.#byId.get(id);
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

  /** Asks now, for the whole list, and more often from now on. Never rejects: a failure becomes the state. */
  refresh(): Promise<void> {
    this.#quiet = 0;
    this.#askAll = true;
    return this.poll();
  }

  /** Asks for what may be new: the newest jobs and those that are live. The clock does it, too. */
  poll(): Promise<void> {
    if (this.#asking) return this.#asking;
    const asking = this.#ask().finally(() => {
      // Since another backend was chosen, another question may be on its way.
      if (this.#asking !== asking) return;
      this.#asking = undefined;
      this.#schedule();
    });
    this.#asking = asking;
    return asking;
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
    this.#limit = PAGE;
    this.#askAll = true;
    // Nobody waits for the answer of the former backend any more.
    this.#asking = undefined;
    this.#become([]);
    this.#enter({ kind: 'unknown' });
    if (this.#watchers.size > 0) void this.refresh();
    else this.#schedule();
  }

  async #ask(): Promise<void> {
    const edition = this.#edition;
    try {
      const { asked, kept, hasMore } = await readList(this.#source, {
        jobs: this.#jobs,
        hasMore: this.#hasMore,
        wanted: Math.min(Math.max(this.#limit, this.#jobs.length), MOST_JOBS),
        all: this.#askAll,
      });
      const isWhole = !hasMore && kept.length === 0;
      const { jobs, unasked } = isWhole
        ? { jobs: asked, unasked: [] }
        : await readFollowed(this.#source, asked, {
            ids: [...this.#followed, ...this.live.map(({ id }) => id)],
            all: this.#askAll,
            most: MOST_JOBS,
          });
      if (this.isDisposed) return;
      this.#failures = 0;
      // A command was answered while this question was on its way: what it said is newer. Ask again soon.
      if (edition !== this.#edition) return;
      this.#askAll = false;
      this.#hasMore = hasMore && this.#limit < MOST_JOBS;
      if (kept.length > 0 && this.#isSameList(asked, jobs, unasked)) {
        this.#quiet = this.#patch(jobs) ? 0 : this.#quiet + 1;
        this.#answered(unasked);
        return;
      }
      const still = kept.filter(({ id, status }) => !isLive(status) || unasked.includes(id));
      const all = new Map([...still, ...jobs].map((job) => [job.id, job]));
      this.#quiet = this.#become([...all.values()].sort(newestFirst)) ? 0 : this.#quiet + 1;
      this.#answered(unasked);
    } catch (error) {
      if (this.isDisposed || edition !== this.#edition || isCancellation(error)) return;
      this.#failures++;
      this.#enter({ kind: 'stale', error });
    }
  }

  #answered(unasked: readonly string[]): void {
    for (const id of this.#followed) {
      const job = this.find(id);
      if (!unasked.includes(id) && !(job && isLive(job.status))) this.#followed.delete(id);
    }
    this.#enter({ kind: 'current' });
    this.#read.fire();
  }

  /** Whether an answer has the same jobs at the same places as the list, if some of them in another state. */
  #isSameList(head: readonly Job[], answered: readonly Job[], unasked: readonly string[]): boolean {
    const there = new Set([...answered.map(({ id }) => id), ...unasked]);
    return (
      head.every(({ id }, index) => id === this.#jobs[index]?.id) &&
      answered.every(({ id }) => this.#byId.has(id)) &&
      this.#live.every(({ id }) => there.has(id))
    );
  }

  /** Puts jobs of the list into their places, however long it is. @returns whether anything is different */
  #patch(answered: readonly Job[]): boolean {
    const changed = answered.filter((job) => this.#byId.get(job.id)?.version !== job.version);
    if (changed.length === 0) return false;
    const jobs = this.#jobs.slice();
    const before = new Map<string, Job>();
    for (const job of changed) {
      const old = this.#byId.get(job.id);
      if (!old) continue;
      before.set(job.id, old);
      jobs[firstOlder(jobs, old) - 1] = job;
      this.#byId.set(job.id, job);
    }
    const ended = changed.filter(({ id, status }) => !isLive(status) && isLive(before.get(id)?.status ?? status));
    const ids = new Set([...this.#live, ...changed].map(({ id }) => id));
    this.#jobs = jobs;
    this.#live = [...ids]
      .flatMap((id) => this.#byId.get(id) ?? [])
      .filter(({ status }) => isLive(status))
      .sort(newestFirst);
    this.#changed.fire({ listChanged: false, changed, before, ended });
    return true;
  }

  /** @returns whether anything is different */
  #become(jobs: readonly Job[]): boolean {
    const before = this.#byId;
    const changed = jobs.filter((job) => {
      const old = before.get(job.id);
      return old !== undefined && old.version !== job.version;
    });
    const listChanged =
      jobs.length !== this.#jobs.length || jobs.some((job, index) => job.id !== this.#jobs[index]?.id);
    if (!listChanged && changed.length === 0) return false;
    const ended = jobs.filter((job) => {
      if (isLive(job.status)) return false;
      const old = before.get(job.id);
      return old ? isLive(old.status) : this.#followed.has(job.id);
    });
    this.#jobs = jobs;
    this.#byId = new Map(jobs.map((job) => [job.id, job]));
    this.#live = jobs.filter((job) => isLive(job.status));
    const old = new Map(changed.flatMap(({ id }) => [[id, before.get(id)] as const]));
    this.#changed.fire({ listChanged, changed, before: old as Map<string, Job>, ended });
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
    this.#timer = setTimeout(() => void this.poll(), delay);
  }
}
