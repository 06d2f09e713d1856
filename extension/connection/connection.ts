/** The one way to the backend: connects when it is first needed, connects again when it was lost, and says how it stands. */

import * as vscode from 'vscode';
import type { FoldpadClient } from '../../backend/api/client.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/emitter.ts';
import { describeError, isConnectionError, isProblem } from '../base/errors.ts';
import {
  type ConnectionFailure,
  explainFailure,
  failureError,
  failureStory,
  ProfileError,
} from './connectionFailure.ts';
import type { LocalBackend } from './localBackend.ts';
import { checkUrl, concernsConnection, type KeyRing, readProfile } from './profile.ts';

/** How the connection stands. Only `ready` has a backend that answered. */
export type ConnectionState =
  /** Nothing has asked for the backend yet. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly profile: 'local' | 'remote'; readonly queues: readonly QueueInfo[] }
  | ({ readonly kind: 'failed' } & ConnectionFailure);

/** An engine that is not there is looked for again no more often than this (ms). */
const QUEUES_AGAIN_MS = 30_000;

export class Connection extends Disposable {
  readonly #local: LocalBackend;
  readonly #keys: KeyRing;
  readonly #log: vscode.LogOutputChannel;
  readonly #userAgent: string;
  readonly #changed = this._register(new Emitter<ConnectionState>());
  readonly #switched = this._register(new Emitter<void>());
  #state: ConnectionState = { kind: 'idle' };
  #client: FoldpadClient | undefined;
  #connecting: Promise<FoldpadClient> | undefined;
  #queuesReadAt = 0;
  #lastLogged = '';
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
    this.#keys = options.keys;
    this.#log = options.log;
    this.#userAgent = options.userAgent;
    this._register(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (concernsConnection(change)) this.reset();
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

  /** The first queue whose engine is not there, when no queue has one. */
  get missingEngine(): QueueInfo | undefined {
    if (this.#state.kind !== 'ready' || this.#state.queues.some((queue) => queue.available)) return undefined;
    return this.#state.queues[0];
  }

  /**
   * Does something with the backend, after connecting to it if need be. When it went away in the meantime (the local
   * one ends itself when idle), it is connected to again, once.
   */
  async use<T>(action: (client: FoldpadClient) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    try {
      return await action(client);
    } catch (error) {
      const stale = isConnectionError(error) || (isProblem(error) && error.kind === 'unauthorized');
      if (!stale) throw error;
      this.#log.info(`The backend was lost: ${describeError(error)}`);
      if (this.#client === client) this.#client = undefined;
      return await action(await this.#connect());
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

  /** Forgets the connection and earlier failures; the next use connects anew. */
  reset(): void {
    this.#generation++;
    this.#client = undefined;
    this.#connecting = undefined;
    this.#local.forgive();
    this.#become({ kind: 'idle' });
    this.#switched.fire();
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
    if (readProfile().kind === 'local') await this.#local.stop();
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
    const profile = readProfile();
    // A failure stays in sight while it is tried again in the background; the user's own retry begins at idle.
    if (this.#state.kind === 'idle') this.#become({ kind: 'starting' });
    try {
      const { url, key } = profile.kind === 'local' ? await this.#local.ensure() : await this.#remote(profile.url);
      const { FoldpadClient } = await import(/* webpackChunkName: "client" */ '../../backend/api/client.ts');
      const client = new FoldpadClient({ url, key: () => key, userAgent: this.#userAgent });
      const queues = await client.queues();
      if (generation !== this.#generation) throw new vscode.CancellationError();
      this.#client = client;
      this.#queuesReadAt = Date.now();
      this.#lastLogged = '';
      this.#become({ kind: 'ready', profile: profile.kind, queues });
      return client;
    } catch (error) {
      if (generation !== this.#generation) throw new vscode.CancellationError();
      this.#logOnce(error);
      const failure = explainFailure(error, profile.kind);
      this.#become({ kind: 'failed', ...failure });
      throw failureError(failure, () => this.#log.show(), error);
    }
  }

  async #remote(url: string): Promise<{ url: string; key: string }> {
    const wrong = checkUrl(url);
    if (wrong) throw new ProfileError(vscode.l10n.t('The address in foldpad.remote.url cannot be used. {0}', wrong));
    const key = await this.#keys.get(url);
    if (!key) throw new ProfileError(vscode.l10n.t('There is no key for {0} on this machine.', url));
    return { url, key };
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
