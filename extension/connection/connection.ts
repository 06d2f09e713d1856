/** The one way to the backend: connects when it is first needed, connects again when it was lost, and says how it stands. */

import * as vscode from 'vscode';
import type { FoldpadClient } from '../../backend/api/client.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { describeError, isConnectionError, isProblem, join, UserError } from '../base/errors.ts';
import { type BackendId, backendIdOf } from './address.ts';
import { BackendClients } from './backendClients.ts';
import { type ConnectionFailure, explainFailure, failureError, failureStory } from './connectionFailure.ts';
import type { KeyRing } from './keyRing.ts';
import type { LocalBackend } from './localBackend.ts';
import { allProfiles, concernsConnection, readProfile } from './profile.ts';
import { backendOf, type Profile } from './profiles.ts';

/** How the connection stands. Only `ready` has a backend that answered. */
export type ConnectionState =
  /** Nothing has asked for the backend yet. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly profile: 'local' | 'remote'; readonly queues: readonly QueueInfo[] }
  | ({ readonly kind: 'failed' } & ConnectionFailure);

/** An engine that is not there is looked for again no more often than this (ms). */
const QUEUES_AGAIN_MS = 30_000;

/** Settings of the local backend that have not changed for so long (ms) are taken up. */
const SETTLE_MS = 2_000;

export class Connection extends Disposable {
  readonly #local: LocalBackend;
  readonly #clients: BackendClients;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = this._register(new Emitter<ConnectionState>());
  readonly #switched = this._register(new Emitter<void>());
  #profile = readProfile();
  #state: ConnectionState = { kind: 'idle' };
  #client: FoldpadClient | undefined;
  #connecting: Promise<FoldpadClient> | undefined;
  /** Clients for what is open of other backends than the chosen one. */
  readonly #others = new Map<BackendId, Promise<FoldpadClient>>();
  #queuesReadAt = 0;
  #lastLogged = '';
  /** A backend whose user has read that it is away, and wants it all the same. */
  #keptThoughAway: BackendId | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** Counts profiles: an answer that belongs to an earlier one is dropped. */
  #generation = 0;

  constructor(options: {
    readonly local: LocalBackend;
    readonly keys: KeyRing;
    readonly log: vscode.LogOutputChannel;
    readonly userAgent: string;
  }) {
    super();
    this.#local = options.local;
    this.#clients = new BackendClients(options);
    this.#log = options.log;
    this._register(
      vscode.workspace.onDidChangeConfiguration((change) => {
        const concerned = concernsConnection(change);
        if (concerned === 'profiles' || (concerned === 'local' && this.#profile.kind === 'remote')) this.reconsider();
        else if (concerned === 'local') this.#resetSoon();
      }),
    );
    this._register({ dispose: () => clearTimeout(this.#settling) });
    this._register(
      options.keys.onDidChange((concerns) => {
        this.#others.clear();
        if (this.#profile.kind === 'remote' && concerns(this.#profile.url)) this.reset();
      }),
    );
  }

  /** The state changed. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** Another backend was chosen: everything known of the former one is void. */
  get onDidSwitch() {
    return this.#switched.event;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The chosen backend. */
  get profile(): Profile {
    return this.#profile;
  }

  /** Names the chosen backend in addresses inside the editor. */
  get backend(): BackendId {
    return backendOf(this.#profile);
  }

  /** The user has just read why the backend cannot be reached, and keeps it: its failing is no news until another is chosen. */
  keepThoughAway(url: string): void {
    this.#keptThoughAway = backendIdOf(url);
  }

  /** Whether the user knows that the chosen backend is away. */
  get isKnownToBeAway(): boolean {
    return this.#keptThoughAway === this.backend;
  }

  /**
   * @param remedy what has not happened, and what to do
   * @throws UserError when another backend was chosen since something was prepared, or asked, for this one
   */
  mustBe(backend: BackendId, remedy = vscode.l10n.t('Nothing was submitted; submit it again.')): void {
    if (backend === this.backend) return;
    throw new UserError(join(vscode.l10n.t('Another backend was chosen in the meantime.'), remedy));
  }

  /** The first queue whose engine is not there, when no queue has one. */
  get missingEngine(): QueueInfo | undefined {
    if (this.#state.kind !== 'ready' || this.#state.queues.some((queue) => queue.available)) return undefined;
    return this.#state.queues[0];
  }

  /**
   * Does something with the chosen backend, after connecting to it if need be. When it went away in the meantime (the
   * local one ends itself when idle), it is connected to again, once.
   * @throws CancellationError when another backend was chosen before the answer came: it belongs to none that is shown
   */
  async use<T>(action: (client: FoldpadClient) => Promise<T>): Promise<T> {
    const generation = this.#generation;
    const stillChosen = () => {
      if (generation !== this.#generation) throw new vscode.CancellationError();
    };
    const client = await this.#connect();
    try {
      const answer = await action(client);
      stillChosen();
      return answer;
    } catch (error) {
      if (!isStale(error)) throw error;
      stillChosen();
      this.#log.info(`The backend was lost: ${describeError(error)}`);
      if (this.#client === client) this.#client = undefined;
      const answer = await action(await this.#connect());
      stillChosen();
      return answer;
    }
  }

  /**
   * Does something with a certain backend, chosen or not: what is open of it stays readable when another is chosen.
   * @throws UserError when it is no longer among the user's profiles
   */
  async useAt<T>(backend: BackendId, action: (client: FoldpadClient) => Promise<T>): Promise<T> {
    const client = await this.#clientOf(backend);
    try {
      return await action(client);
    } catch (error) {
      if (!isStale(error)) throw error;
      this.#others.delete(backend);
      if (this.#client === client) this.#client = undefined;
      return action(await this.#clientOf(backend));
    }
  }

  /** Looks again whether the engines are there, if that was long ago or `force` is given. */
  async checkEngines(force = false): Promise<void> {
    if (this.#state.kind !== 'ready') return;
    if (!force && (!this.missingEngine || Date.now() - this.#queuesReadAt < QUEUES_AGAIN_MS)) return;
    this.#queuesReadAt = Date.now();
    const queues = await this.use((client) => client.queues());
    if (this.#state.kind === 'ready') this.#become({ ...this.#state, queues });
  }

  /** Takes up what the settings say now; what is connected to the same backend stays so. */
  reconsider(): void {
    const former = this.#profile;
    this.#profile = readProfile();
    this.#others.clear();
    const [a, b] = [former, this.#profile];
    if (a.kind !== b.kind || (a.kind === 'remote' && b.kind === 'remote' && a.url !== b.url)) this.reset();
    // It may have another name.
    else this.#become(this.#state);
  }

  /** Forgets the connection and earlier failures; the next use connects anew. */
  reset(): void {
    this.#generation++;
    this.#others.clear();
    this.#client = undefined;
    this.#connecting = undefined;
    this.#local.forgive();
    if (!this.isKnownToBeAway) this.#keptThoughAway = undefined;
    this.#become({ kind: 'idle' });
    this.#switched.fire();
  }

  /** The settings editor writes while one types: no backend is started on each beginning of a path. */
  #resetSoon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      // Another backend that was chosen meanwhile has nothing to do with them.
      if (this.#profile.kind === 'local') this.reset();
    }, SETTLE_MS);
  }

  /** Tries again after a failure, because the user asked for it. */
  async retry(): Promise<void> {
    this.#local.forgive();
    this.#client = undefined;
    if (this.#state.kind === 'failed') this.#become({ kind: 'idle' });
    await this.#connect();
  }

  /** Ends the local backend and starts it again. Predictions that run go on. */
  async restart(): Promise<void> {
    if (this.#profile.kind === 'local') await this.#local.stop();
    await this.retry();
  }

  #connect(): Promise<FoldpadClient> {
    if (this.#client) return Promise.resolve(this.#client);
    const generation = this.#generation;
    this.#connecting ??= this.#open(generation).finally(() => {
      if (generation === this.#generation) this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(generation: number): Promise<FoldpadClient> {
    const profile = this.#profile;
    // A failure stays in sight while it is tried again in the background; the user's own retry begins at idle.
    if (this.#state.kind === 'idle') this.#become({ kind: 'starting' });
    try {
      const client = await this.#clients.open(profile);
      const queues = await client.queues();
      if (generation !== this.#generation) throw new vscode.CancellationError();
      this.#client = client;
      this.#queuesReadAt = Date.now();
      this.#lastLogged = '';
      this.#keptThoughAway = undefined;
      this.#become({ kind: 'ready', profile: profile.kind, queues });
      return client;
    } catch (error) {
      if (generation !== this.#generation) throw new vscode.CancellationError();
      this.#logOnce(error);
      const failure = explainFailure(error, profile);
      this.#become({ kind: 'failed', ...failure });
      throw failureError(failure, () => this.#log.show(), error);
    }
  }

  #clientOf(backend: BackendId): Promise<FoldpadClient> {
    if (backend === this.backend) return this.#connect();
    let client = this.#others.get(backend);
    if (!client) {
      client = this.#openOther(backend);
      this.#others.set(backend, client);
      client.catch(() => this.#others.delete(backend));
    }
    return client;
  }

  async #openOther(backend: BackendId): Promise<FoldpadClient> {
    const all: readonly Profile[] = [
      { kind: 'local' },
      ...allProfiles().endpoints.map((endpoint) => ({ kind: 'remote', ...endpoint }) as const),
    ];
    const profile = all.find((one) => backendOf(one) === backend);
    const connect = {
      title: vscode.l10n.t('Connect…'),
      run: () => vscode.commands.executeCommand('foldpad.connectBackend'),
    };
    if (!profile) {
      const text = vscode.l10n.t(
        'This belongs to the endpoint {0}, which is not among yours. Choose Connect… and add it to go on.',
        backend,
      );
      throw new UserError(text, [connect]);
    }
    try {
      return await this.#clients.open(profile);
    } catch (error) {
      const { reason, remedy } = explainFailure(error, profile);
      throw new UserError(join(reason, remedy), [connect], { cause: error });
    }
  }

  /** The same failure again and again is written down once. */
  #logOnce(error: unknown): void {
    const story = failureStory(error, this.#local.logFile);
    if (story !== this.#lastLogged) this.#log.error(story);
    this.#lastLogged = story;
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#changed.fire(state);
  }
}

/** Whether a new connection may help. */
function isStale(error: unknown): boolean {
  return isConnectionError(error) || (isProblem(error) && error.kind === 'unauthorized');
}
