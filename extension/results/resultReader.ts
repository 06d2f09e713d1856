/**
 * Reads results through the connection. A result belongs to the backend that made it, and is read from there also when
 * another backend has been chosen meanwhile. A manifest never changes once it is there, so each is read once.
 */

import type { Result } from '../../backend/api/result.ts';
import type { BackendId } from '../connection/address.ts';
import type { Connection } from '../connection/connection.ts';

/** Manifests kept; a manifest has a few kB. */
const KEPT = 200;

/** The results of one backend. */
export interface BackendResults {
  readonly backend: BackendId;
  /** The manifest of a job that has succeeded. */
  manifest(jobId: string): Promise<Result>;
  /** All bytes of one result file. */
  file(jobId: string, path: string, signal?: AbortSignal): Promise<Uint8Array>;
}

/** By itself it reads from the backend that is chosen at the moment. */
export class ResultReader implements BackendResults {
  readonly #connection: Connection;
  readonly #manifests = new Map<string, Promise<Result>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    // The backend on this machine may keep its data elsewhere from now on.
    connection.onDidSwitch(() => this.#manifests.clear());
  }

  get backend(): BackendId {
    return this.#connection.backend;
  }

  manifest(jobId: string): Promise<Result> {
    return this.#manifest(this.backend, jobId);
  }

  file(jobId: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#file(this.backend, jobId, path, signal);
  }

  /** The results of a certain backend, whichever is chosen. */
  at(backend: BackendId): BackendResults {
    return {
      backend,
      manifest: (jobId) => this.#manifest(backend, jobId),
      file: (jobId, path, signal) => this.#file(backend, jobId, path, signal),
    };
  }

  #manifest(backend: BackendId, jobId: string): Promise<Result> {
    const name = `${backend}/${jobId}`;
    const known = this.#manifests.get(name);
    if (known) return known;
    const asked = this.#connection.useAt(backend, (client) => client.result(jobId));
    this.#manifests.set(name, asked);
    // A failed question is asked again.
    asked.catch(() => this.#manifests.delete(name));
    const [oldest] = this.#manifests.keys();
    if (this.#manifests.size > KEPT && oldest !== undefined) this.#manifests.delete(oldest);
    return asked;
  }

  #file(backend: BackendId, jobId: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#connection.useAt(backend, async (client) => {
      const { body } = await client.resultFile(jobId, path, signal ? { signal } : {});
      return new Uint8Array(await new Response(body).arrayBuffer());
    });
  }
}
