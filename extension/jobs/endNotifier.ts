/**
 * Tells the user when a job has ended: once per job, several together, and also when the window was reloaded or closed
 * in between. A window tells of the jobs that were submitted from its workspace, while their backend is the chosen one.
 */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { said } from '../base/said.ts';
import { type BackendId, LOCAL_BACKEND } from '../connection/address.ts';
import type { JobStore } from './jobStore.ts';
import { confidenceText } from './jobText.ts';

const MEMORY = 'foldpad.awaitedJobs';
/** Jobs that end within this time (ms) are told of together. */
const GATHER_MS = 1500;
/** The same while a message is young: many jobs that end one after the other give few messages. */
const GATHER_MORE_MS = 20_000;
/** A message is young for this long (ms). */
const YOUNG_MS = 60_000;
/** More awaited jobs than this are not kept; the oldest are forgotten. */
const MOST_AWAITED = 2000;

/** What the buttons of a notification do. */
export interface EndActions {
  openStructure(jobId: string): void;
  showLog(jobId: string): void;
  showJobs(): void;
}

export class EndNotifier extends Disposable {
  readonly #memory: vscode.Memento;
  readonly #store: JobStore;
  readonly #actions: EndActions;
  readonly #backend: () => BackendId;
  #gathered: Job[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** @param backend the chosen one; each has its own awaited jobs */
  constructor(
    memory: vscode.Memento,
    store: JobStore,
    actions: EndActions,
    backend: () => BackendId = () => LOCAL_BACKEND,
  ) {
    super();
    this.#backend = backend;
    this.#memory = memory;
    this.#store = store;
    this.#actions = actions;
    this._register(store.onDidChange(({ ended }) => this.#gather(ended)));
    this._register(store.onDidRead(() => this.#forgetGone()));
    this._register({ dispose: () => clearTimeout(this.#timer) });
  }

  /** Ids of the jobs whose end the user has not been told of. */
  get awaited(): readonly string[] {
    return this.#awaitedOf(this.#backend());
  }

  #awaitedOf(backend: BackendId): readonly string[] {
    return this.#memory.get<string[]>(memoryName(backend), []);
  }

  /**
   * The user submitted these jobs here and wants to know how they end.
   * @param backend where they are; told of while it is the chosen one
   */
  async expect(jobs: readonly Job[], backend: BackendId = this.#backend()): Promise<void> {
    const ids = [...new Set([...this.#awaitedOf(backend), ...jobs.map(({ id }) => id)])];
    await this.#memory.update(memoryName(backend), ids.slice(-MOST_AWAITED));
    if (backend !== this.#backend()) return;
    // A job may have ended before this was written down.
    this.#gather(jobs.flatMap(({ id }) => this.#store.find(id) ?? []).filter(isTold));
  }

  /** Goes on with what was awaited when the window was closed, or another backend was chosen. */
  resume(): void {
    // What the former backend said is told when it is chosen again.
    clearTimeout(this.#timer);
    this.#gathered = [];
    this.#store.follow(this.awaited);
  }

  /** Nobody waits for these any more (they were deleted). */
  async forget(ids: readonly string[], backend: BackendId = this.#backend()): Promise<void> {
    const awaited = this.#awaitedOf(backend);
    const rest = awaited.filter((id) => !ids.includes(id));
    if (rest.length < awaited.length) await this.#memory.update(memoryName(backend), rest);
  }

  /** Jobs that the backend has no longer: deleted from elsewhere, nobody will ever hear of them. */
  #forgetGone(): void {
    const isGone = (id: string) =>
      !this.#store.find(id) && !this.#store.isFollowed(id) && !this.#gathered.some((job) => job.id === id);
    const gone = this.awaited.filter(isGone);
    if (gone.length > 0) void this.forget(gone);
  }

  #gather(ended: readonly Job[]): void {
    const awaited = this.awaited;
    const news = ended.filter((job) => awaited.includes(job.id) && !this.#gathered.some(({ id }) => id === job.id));
    if (news.length === 0) return;
    this.#gathered.push(...news);
    const isYoung = Date.now() - this.#toldAt < YOUNG_MS;
    // When nothing more is awaited, there is nothing to wait for.
    const isLast = awaited.length === this.#gathered.length;
    // The first that waits says when: a stream of endings must not put the message off for ever.
    if (isYoung && !isLast && this.#gathered.length > news.length) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), isYoung && !isLast ? GATHER_MORE_MS : GATHER_MS);
  }

  async #tell(): Promise<void> {
    const jobs = this.#gathered;
    this.#gathered = [];
    // First remember that they are told, so that a window that dies now does not tell twice.
    await this.forget(jobs.map(({ id }) => id));
    const told = jobs.filter(isTold);
    const [only] = told;
    const wanted = vscode.workspace.getConfiguration('foldpad').get<boolean>('notifications.jobEnded', true);
    if (!only || !wanted) return;
    this.#toldAt = Date.now();
    await (told.length === 1 ? this.#tellOne(only) : this.#tellMany(told));
  }

  async #tellOne(job: Job): Promise<void> {
    const log = vscode.l10n.t('Show Log');
    if (job.status === 'FAILED') {
      const why = job.failure?.message ?? job.statusReason;
      const reason = why === undefined ? vscode.l10n.t('no reason was given') : said(why);
      const chosen = await vscode.window.showWarningMessage(
        vscode.l10n.t('{0} could not be predicted: {1}', job.name, reason),
        log,
      );
      if (chosen === log) this.#actions.showLog(job.id);
      return;
    }
    const open = vscode.l10n.t('Open Structure');
    const text = job.result ? confidenceText(job.result) : vscode.l10n.t('the structure is ready');
    const chosen = await vscode.window.showInformationMessage(`${job.name}: ${text}`, open, log);
    if (chosen === open) this.#actions.openStructure(job.id);
    if (chosen === log) this.#actions.showLog(job.id);
  }

  async #tellMany(jobs: readonly Job[]): Promise<void> {
    const failed = jobs.filter(({ status }) => status === 'FAILED').length;
    const good = jobs.length - failed;
    const text =
      failed === 0
        ? vscode.l10n.t('{0} structures are predicted.', good)
        : vscode.l10n.t('Structures predicted: {0}; not predicted: {1}.', good, failed);
    const show = vscode.l10n.t('Show Jobs');
    const tell = failed === 0 ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    if ((await tell(text, show)) === show) this.#actions.showJobs();
  }
}

function memoryName(backend: BackendId): string {
  return backend === LOCAL_BACKEND ? MEMORY : `${MEMORY} ${backend}`;
}

/** A job that the user cancelled needs no message: they know. */
function isTold({ status }: Job): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}
