import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ProblemKind, problem } from '../api/problem.ts';
import { BadRequest } from './httpHead.ts';
import { RequestFramer } from './requestFramer.ts';

export interface FrontTimeouts {
  /** For a whole head, from the connection's begin or the head's first byte. Milliseconds. */
  readonly headMs: number;
  /** Between two packets of a body. Milliseconds. */
  readonly bodyMs: number;
}

const DEFAULT_TIMEOUTS: FrontTimeouts = { headMs: 20_000, bodyMs: 60_000 };
const MAX_CONNECTIONS = 512;

/** The front's listening server and its connections. */
export interface CancelFront {
  readonly server: Server;
  /** Takes no more connections, ends those that are idle, and the rest when they are answered or after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/**
 * Stands before an HTTP server whose parser refuses the article's method `CANCEL`: rewrites each such request on a
 * connection (see `rewriteHead`), keep-alive and pipelined ones too, whatever packets they come in. Clients that are
 * slow on purpose are cut off.
 *
 * @param http a server that does not listen itself
 */
export function createCancelFront(http: HttpServer, timeouts: FrontTimeouts = DEFAULT_TIMEOUTS): CancelFront {
  const connections = new Set<FrontConnection>();
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection: Duplex = request.socket;
    if (connection instanceof FrontConnection) response.once('close', () => connection.noteAnswered());
  });
  // What Node's parser refuses after all gets the same kind of answer as what the front refuses.
  http.on('clientError', (_error, connection: Duplex) => {
    if (connection instanceof FrontConnection) connection.refuseNow('The request is not valid HTTP/1.1.');
    else connection.destroy();
  });
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new FrontConnection(socket, timeouts);
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    http.emit('connection', connection);
  });
  server.maxConnections = MAX_CONNECTIONS;
  return { server, close: (graceMs) => closeFront(server, connections, graceMs) };
}

async function closeFront(server: Server, connections: ReadonlySet<FrontConnection>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const connection of [...connections]) connection.endWhenIdle();
  const timer = setTimeout(() => {
    for (const connection of [...connections]) connection.destroy();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}

/** One connection as the HTTP server sees it: what it reads is rewritten, what it writes goes out as it is. */
class FrontConnection extends Duplex {
  readonly #socket: Socket;
  readonly #timeouts: FrontTimeouts;
  readonly #framer = new RequestFramer();
  /** Requests that were passed on and whose answers have not been sent whole. */
  #unanswered = 0;
  /** Whether some of an answer has been sent that is not whole yet. */
  #isAnswering = false;
  /** What to say when the requests before it have been answered; nothing is read any more. */
  #refusal: string | undefined;
  #isClosing = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(socket: Socket, timeouts: FrontTimeouts) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#timeouts = timeouts;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    socket.on('timeout', () => this.emit('timeout'));
    this.#setDeadline(timeouts.headMs);
  }

  #take(chunk: Buffer): void {
    if (this.#refusal !== undefined) return;
    const before = this.#framer.place;
    let wantsMore = true;
    try {
      this.#framer.push(
        chunk,
        () => this.#unanswered++,
        (bytes) => {
          wantsMore = this.push(bytes);
        },
      );
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      this.refuse('malformed-request', error.message);
      return;
    }
    if (!wantsMore) this.#socket.pause();
    this.#watchPace(before);
  }

  #watchPace(before: 'between' | 'head' | 'body'): void {
    const now = this.#framer.place;
    if (now === 'body') this.#setDeadline(this.#timeouts.bodyMs);
    else if (now === 'head' && before !== 'head') this.#setDeadline(this.#timeouts.headMs);
    else if (now === 'between') this.#setDeadline(undefined);
  }

  #setDeadline(milliseconds: number | undefined): void {
    clearTimeout(this.#deadline);
    this.#deadline =
      milliseconds === undefined
        ? undefined
        : setTimeout(() => this.refuse('request-timeout', 'The request took too long to arrive.'), milliseconds);
  }

  /** Answers with a problem, after what came before has been answered, and ends the connection. */
  refuse(kind: ProblemKind, detail: string): void {
    if (this.#refusal !== undefined) return;
    this.#setDeadline(undefined);
    this.#refusal = problemAnswer(kind, detail);
    // Within a body, it is that body's request that is refused, and it waits for the rest of it.
    const isAboutLast = this.#framer.place === 'body' && this.#unanswered === 1;
    if (this.#unanswered === 0 || isAboutLast) this.#sayRefusal();
    else if (this.#framer.place === 'body') this.destroy();
  }

  /** Answers that the HTTP server's own parser has given up on this connection. */
  refuseNow(detail: string): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = problemAnswer('malformed-request', detail);
    this.#sayRefusal();
  }

  #sayRefusal(): void {
    if (this.#isAnswering) {
      // Within another answer a client would take it for that one's content.
      this.destroy();
      return;
    }
    this.#socket.end(this.#refusal ?? '', () => this.destroy());
  }

  noteAnswered(): void {
    this.#unanswered--;
    this.#isAnswering = false;
    if (this.#unanswered > 0) return;
    if (this.#refusal !== undefined) this.#sayRefusal();
    else if (this.#isClosing) this.end();
  }

  endWhenIdle(): void {
    this.#isClosing = true;
    if (this.#unanswered === 0) this.destroy();
  }

  /** Called by the HTTP server for its keep-alive timeout; `timeout` is emitted here when it is over. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    if (callback) this.once('timeout', callback);
    this.#socket.setTimeout(milliseconds);
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#isAnswering = true;
    this.#socket.write(chunk, encoding, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#setDeadline(undefined);
    this.#socket.destroy();
    callback(error);
  }
}

function problemAnswer(kind: ProblemKind, detail: string): string {
  const { problem: body, status } = problem(kind, detail);
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status} ${body.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    '',
    text,
  ].join('\r\n');
}
