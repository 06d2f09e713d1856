/** The output channel with the log of the chosen job, live while it can be seen. */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { Disposable } from '../base/disposable.ts';
import { isCancellation } from '../base/errors.ts';
import { said } from '../base/said.ts';
import type { Connection } from '../connection/connection.ts';
import { followLog } from './followLog.ts';
import { formatLine } from './logText.ts';
import { ScrolledBack } from './scrolledBack.ts';

/** Name of the channel, the same in all languages, so that instructions can name it. */
export const JOB_LOG_NAME = 'Foldpad: Job Log';

const MEMORY = 'foldpad.shownLog';

/** The job that is followed, and how far its log has been shown. */
interface Shown {
  readonly id: string;
  readonly name: string;
  after: string | undefined;
  lines: number;
  ended: boolean;
}

export class JobLog extends Disposable {
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #memory: vscode.Memento;
  readonly #channel = this._register(vscode.window.createOutputChannel(JOB_LOG_NAME, 'log'));
  readonly #scrolledBack = this._register(new ScrolledBack(isJobLog));
  #shown: Shown | undefined;
  #following: AbortController | undefined;

  /** @param memory keeps which log was shown when the window is reloaded */
  constructor(connection: Connection, log: vscode.LogOutputChannel, memory: vscode.Memento) {
    super();
    this.#connection = connection;
    this.#log = log;
    this.#memory = memory;
    // Nothing is fetched for a channel that nobody sees; it goes on where it stopped when it is seen again.
    this._register(
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (isJobLog(document)) this.#stop();
      }),
    );
    this._register(
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (isJobLog(document)) this.#goOn();
      }),
    );
    this._register(
      connection.onDidSwitch(() => {
        this.#stop();
        this.#shown = undefined;
        void memory.update(MEMORY, undefined);
      }),
    );
    this._register({ dispose: () => this.#stop() });
    // The window was reloaded while the log was in sight.
    if (vscode.workspace.textDocuments.some(isJobLog)) this.#goOn();
  }

  /** Shows the log of a job and follows it. Choosing the job that is shown only brings the channel to the front. */
  show(job: Job): void {
    if (this.#shown?.id !== job.id) this.#begin(job);
    this.#channel.show(true);
    this.#follow();
  }

  #begin({ id, name }: Pick<Job, 'id' | 'name'>): void {
    this.#stop();
    this.#shown = { id, name, after: undefined, lines: 0, ended: false };
    this.#channel.replace(`── ${name} · ${id} ──\n`);
    void this.#memory.update(MEMORY, { id, name, backend: this.#connection.backend });
  }

  /** The channel is in sight again: the same log goes on where it stopped, also in a window that was reloaded. */
  #goOn(): void {
    const kept = this.#memory.get<Pick<Job, 'id' | 'name'> & { readonly backend?: string }>(MEMORY);
    // Another backend may have been chosen in another window.
    if (!this.#shown && kept?.backend === this.#connection.backend) this.#begin(kept);
    this.#follow();
  }

  /** Lines of the job's log that have been shown. For tests. */
  linesShown(jobId: string): number {
    return this.#shown?.id === jobId ? this.#shown.lines : 0;
  }

  #stop(): void {
    this.#following?.abort();
    this.#following = undefined;
  }

  #follow(): void {
    const shown = this.#shown;
    if (!shown || shown.ended || this.#following) return;
    const following = new AbortController();
    this.#following = following;
    void this.#run(shown, following.signal)
      .catch((error: unknown) => {
        if (!following.signal.aborted && !isCancellation(error)) this.#log.error(String(error));
      })
      .finally(() => {
        if (this.#following === following) this.#following = undefined;
      });
  }

  async #run(shown: Shown, signal: AbortSignal): Promise<void> {
    const outcome = await followLog({
      reader: { logs: (id, options) => this.#connection.use((client) => client.logs(id, options)) },
      jobId: shown.id,
      ...(shown.after === undefined ? {} : { after: shown.after }),
      signal,
      write: async (lines, next) => {
        // A page that waits for a reader is not shown yet: should the channel be closed, it is asked for again.
        if (lines.length > 0) {
          await this.#scrolledBack.ended(signal);
          this.#channel.append(`${lines.map(formatLine).join('\n')}\n`);
        }
        shown.after = next;
        shown.lines += lines.length;
      },
      say: (message) => this.#channel.appendLine(`── ${said(message)} ──`),
      sleep: (milliseconds, abort) => sleep(milliseconds, undefined, { signal: abort }),
    });
    const last = outcome === 'gone' ? said('The job was deleted.') : await this.#ending(shown.id, signal);
    await this.#scrolledBack.ended(signal);
    shown.ended = true;
    this.#channel.appendLine(`── ${last} ──`);
  }

  async #ending(id: string, signal: AbortSignal): Promise<string> {
    const { job } = await this.#connection.use((client) => client.get(id, { signal }));
    const reason = job.failure?.message ?? job.statusReason;
    return `${job.name} ${job.status}${reason ? `: ${said(reason)}` : ''}`;
  }
}

/** Whether a document is what our channel shows. VS Code gives channels documents of scheme `output`. */
function isJobLog(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'output' && decodeURIComponent(document.uri.path).endsWith(JOB_LOG_NAME);
}
