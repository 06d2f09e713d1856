/** The stand-in's front: the Batch API over HTTP, with what can go wrong between client and service. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { batchOperations } from './api.ts';
import { BatchClientError } from './engine.ts';

/**
 * What becomes of a call. `throttle`: refused, nothing was done. `fail`: an error of the service, nothing was done.
 * `lose-call`: the connection ends before anything was done. `lose-answer`: it ends after it was done.
 */
export type CallFate = 'answer' | 'throttle' | 'fail' | 'lose-call' | 'lose-answer';

export interface Call {
  /** `submitjob`, `describejobs` … */
  readonly operation: string;
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class BatchServer {
  /** Decides about every call; tests replace it. */
  fate: (call: Call) => CallFate = () => 'answer';
  /** Every call that came. */
  readonly calls: Call[] = [];
  readonly #operations: ReturnType<typeof batchOperations>;
  readonly #server: Server;

  constructor(operations: ReturnType<typeof batchOperations>) {
    this.#operations = operations;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** @returns the endpoint: `http://127.0.0.1:<port>` */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`);
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const operation = this.#operations.get(path);
    if (request.method !== 'POST' || !operation) return refuse(response, 404, 'UnknownOperationException', path);
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      return refuse(response, 403, 'MissingAuthenticationTokenException', 'The call is not signed.');
    }
    const call: Call = { operation: path.slice('/v1/'.length), body: parse(text), at: Date.now() };
    this.calls.push(call);
    const fate = this.fate(call);
    if (fate === 'throttle') return refuse(response, 429, 'TooManyRequestsException', 'Too Many Requests');
    if (fate === 'fail') return refuse(response, 500, 'ServerException', 'Internal error');
    if (fate === 'lose-call') return void request.socket.destroy();
    try {
      const answer = JSON.stringify(operation(call.body));
      if (fate === 'lose-answer') return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    } catch (error) {
      if (!(error instanceof BatchClientError)) return refuse(response, 500, 'ServerException', String(error));
      refuse(response, 400, 'ClientException', error.message);
    }
  }
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ message }));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
