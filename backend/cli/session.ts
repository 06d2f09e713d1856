import type { FoldpadClient } from '../api/client.ts';
import { type Connection, type ConnectionOptions, connect } from './connection.ts';
import type { Output } from './output.ts';

/** Options that every command takes. */
export interface GlobalOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** What one run of a command stands on. */
export class Session {
  readonly output: Output;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadStream;
  readonly #options: ConnectionOptions;
  #connection: Promise<Connection> | undefined;

  constructor(parts: {
    readonly output: Output;
    readonly signal: AbortSignal;
    readonly env: NodeJS.ProcessEnv;
    readonly stdin: NodeJS.ReadStream;
    readonly options: ConnectionOptions;
  }) {
    this.output = parts.output;
    this.signal = parts.signal;
    this.env = parts.env;
    this.stdin = parts.stdin;
    this.#options = parts.options;
  }

  /** The backend; found or started at the first call. @throws CliError */
  connect(): Promise<Connection> {
    this.#connection ??= connect(this.#options, this.env, this.output, this.signal);
    return this.#connection;
  }

  /** As `connect`, when the backend may have gone and another one come: a local one is found or started again. */
  reconnect(): Promise<Connection> {
    this.#connection = undefined;
    return this.connect();
  }

  async client(): Promise<FoldpadClient> {
    return (await this.connect()).client;
  }
}
