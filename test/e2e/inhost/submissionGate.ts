/** A backend's address through which a test lets a submission pass when it wants. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class SubmissionGate {
  readonly url: string;
  readonly #server: Server;
  #held: { readonly arrive: () => void; readonly passed: Promise<void> } | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async before(url: string): Promise<SubmissionGate> {
    const server = createServer((incoming, answer) => void gate.#pass(new URL(url), incoming, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gate = new SubmissionGate(server);
    return gate;
  }

  /** Keeps the next submission until it is let through. */
  hold(): { readonly arrived: Promise<void>; readonly letThrough: () => void } {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: passed, resolve: letThrough } = Promise.withResolvers<void>();
    this.#held = { arrive, passed };
    return { arrived, letThrough };
  }

  async #pass({ hostname, port, host }: URL, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method, url: path, headers } = incoming;
    if (method === 'POST' && path === '/' && this.#held) {
      const { arrive, passed } = this.#held;
      this.#held = undefined;
      arrive();
      await passed;
    }
    const outgoing = request({ hostname, port, method, path, headers: { ...headers, host } }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
