/** Reads results through the connection. A manifest never changes once it is there, so each is read once. */

import type { Result } from '../../backend/api/result.ts';
import type { Connection } from '../connection/connection.ts';

/** Manifests kept; a manifest has a few kB. */
const KEPT = 200;

export class ResultReader {
  readonly #connection: Connection;
  readonly #manifests = new Map<string, Promise<Result>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onDidSwitch(() => this.#manifests.clear());
  }

  /** The manifest of a job that has succeeded. */
  manifest(jobId: string): Promise<Result> {
    const known = this.#manifests.get(jobId);
    if (known) return known;
    const asked = this.#connection.use((client) => client.result(jobId));
    this.#manifests.set(jobId, asked);
    // A failed question is asked again.
    asked.catch(() => this.#manifests.delete(jobId));
    const [oldest] = this.#manifests.keys();
    if (this.#manifests.size > KEPT && oldest !== undefined) this.#manifests.delete(oldest);
    return asked;
  }

  /** All bytes of one result file. */
  file(jobId: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#connection.use(async (client) => {
      const { body } = await client.resultFile(jobId, path, signal ? { signal } : {});
      return new Uint8Array(await new Response(body).arrayBuffer());
    });
  }
}
