import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import { METHOD_HEADER } from '../../backend/api/routes.ts';
import { type CancelFront, createCancelFront, type FrontTimeouts } from '../../backend/local/cancelFront.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly body: string;
}

interface Front {
  readonly port: number;
  readonly close: CancelFront['close'];
}

/** What the server behind the front takes a request for. */
async function readRequest(message: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const method = String(message.headers[METHOD_HEADER] ?? message.method);
  const body = Buffer.concat(chunks).toString('latin1');
  return { method, url: message.url ?? '', key: message.headers.authorization, body };
}

describe('cancel front', () => {
  /** One with the usual patience, one that soon cuts slow clients off. */
  let patient: Front;
  let hasty: Front;

  before(async () => {
    patient = await startFront(undefined);
    hasty = await startFront({ headMs: 150, bodyMs: 150 });
  });
  after(async () => {
    await Promise.all([patient.close(1000), hasty.close(1000)]);
  });

  async function startFront(timeouts: FrontTimeouts | undefined): Promise<Front> {
    const http = createServer((message, response) => {
      readRequest(message).then(
        (seen) => response.end(JSON.stringify(seen)),
        () => response.destroy(),
      );
    });
    const front = createCancelFront(http, timeouts);
    await new Promise<void>((resolve) => front.server.listen(0, '127.0.0.1', resolve));
    return { port: (front.server.address() as AddressInfo).port, close: front.close };
  }

  /** Sends raw packets and gives back all that comes until the server closes. */
  function raw(packets: readonly (string | Buffer)[], { port }: Front = patient): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setNoDelay(true);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      const send = (index: number): void => {
        const packet = packets[index];
        if (packet === undefined) return;
        socket.write(packet, () => setImmediate(send, index + 1));
      };
      socket.on('connect', () => send(0));
    });
  }

  /** The JSON bodies of all answers in a stream of answers. */
  function seenIn(text: string): readonly Seen[] {
    return text
      .split('\r\n\r\n')
      .slice(1)
      .map((part) => JSON.parse(part.replace(/HTTP\/1\.1 [\s\S]*$/, '')) as Seen);
  }

  it('lets curl -X CANCEL through, with and without a body, in any letter case', async () => {
    for (const method of ['CANCEL', 'cancel', 'Cancel', 'POST', 'PUT']) {
      for (const body of ['', 'x'.repeat(200_000)]) {
        const seen = await new Promise<Seen>((resolve, reject) => {
          const call = request({
            port: patient.port,
            host: '127.0.0.1',
            method,
            path: '/jobs/1',
            headers: { authorization: 'k' },
          });
          call.on('response', (answer) => {
            answer.setEncoding('utf8');
            let text = '';
            answer.on('data', (part: string) => {
              text += part;
            });
            answer.on('end', () => resolve(JSON.parse(text) as Seen));
          });
          call.on('error', reject);
          call.end(body);
        });
        assert.deepEqual({ ...seen, body: '' }, { method: method.toUpperCase(), url: '/jobs/1', key: 'k', body: '' });
        assert.equal(seen.body.length, body.length);
      }
    }
  });

  it('survives any cuts of any sequence of requests on one connection', async () => {
    const oneRequest = fc.record({
      method: fc.constantFrom('CANCEL', 'cancel', 'POST', 'PUT', 'DELETE'),
      path: fc.stringMatching(/^[a-zA-Z0-9-]{0,20}$/),
      body: fc.string({ maxLength: 300 }).map((text) => Buffer.from(text).toString('latin1')),
      framing: fc.constantFrom('length', 'chunked', 'none'),
      emptyLine: fc.boolean(),
      forged: fc.boolean(),
    });
    const chunked = (body: string): string => {
      const half = Math.floor(body.length / 2);
      const parts = [body.slice(0, half), body.slice(half)].filter((part) => part !== '');
      return `${parts.map((part) => `${part.length.toString(16)};x=1\r\n${part}\r\n`).join('')}0\r\nTrailer: t\r\n\r\n`;
    };
    const scenario = fc.record({
      requests: fc.array(oneRequest, { minLength: 1, maxLength: 6 }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ requests, cuts }) => {
        const bytes = Buffer.from(
          requests
            .map(({ method, path, body, framing, emptyLine, forged }) => {
              const head =
                framing === 'length'
                  ? `Content-Length: ${body.length}\r\n`
                  : framing === 'chunked'
                    ? 'transfer-encoding: Chunked\r\n'
                    : '';
              const content = framing === 'length' ? body : framing === 'chunked' ? chunked(body) : '';
              const lie = forged ? 'X-Foldpad-Method: CANCEL\r\n' : '';
              return `${method} /${path} HTTP/1.1\r\nHost: h\r\n${lie}${head}\r\n${content}${emptyLine ? '\r\n' : ''}`;
            })
            .join(''),
          'latin1',
        );
        const places = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);
        const packets = [0, ...places].map((place, i) => bytes.subarray(place, places[i] ?? bytes.length));
        const last = Buffer.from('GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
        const answers = seenIn(await raw([...packets.filter((packet) => packet.length > 0), last]));
        assert.deepEqual(
          answers.map(({ method, url, body }) => ({ method, url, body })),
          [
            ...requests.map(({ method, path, body, framing }) => ({
              method: method.toUpperCase(),
              url: `/${path}`,
              body: framing === 'none' ? '' : body,
            })),
            { method: 'GET', url: '/last', body: '' },
          ],
        );
      }),
      { numRuns: 150 },
    );
  });

  it('works on many connections at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        raw([`CAN`, `CEL /${i} HTTP/1.1\r\nHost: h\r\nConnec`, 'tion: close\r\n\r\n']),
      ),
    );
    for (const [i, answer] of answers.entries()) assert.equal(seenIn(answer)[0]?.url, `/${i}`);
  });

  const refused: Readonly<Record<string, string>> = {
    'two lengths': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
    'length and coding':
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'another coding': 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'a signed length': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello',
    'a folded line': 'POST / HTTP/1.1\r\nHost: h\r\n more\r\n\r\n',
    'a blank before the colon': 'POST / HTTP/1.1\r\nHost : h\r\n\r\n',
    'a bare line feed': 'POST / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n',
    'a bad chunk size': 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'a chunk that is too long': 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n',
    'no request': '\u0016\u0003\u0001 hello TLS\r\n\r\n',
    'a huge head': `GET / HTTP/1.1\r\nHost: h\r\nX: ${'y'.repeat(20_000)}`,
    'an unknown method': 'FROBNICATE / HTTP/1.1\r\nHost: h\r\n\r\n',
  };
  for (const [what, bytes] of Object.entries(refused)) {
    it(`refuses ${what} with a problem, and closes`, async () => {
      const answer = await raw([bytes]);
      assert.match(answer, /^HTTP\/1\.1 400 .*\r\n(?:.*\r\n)*content-type: application\/problem\+json\r\n/i);
      assert.match(answer, /"type":"urn:foldpad:problem:malformed-request"/);
    });
  }

  it('answers what was right before it refuses what is wrong', async () => {
    const answer = await raw(['CANCEL /good HTTP/1.1\r\nHost: h\r\n\r\nBAD\r\n\r\n']);
    assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*"url":"\/good"[\s\S]*HTTP\/1\.1 400 /);
  });

  it('cuts off clients that are slow on purpose, within the head and within the body', async () => {
    assert.match(await raw(['CANCEL /x HTT'], hasty), /^HTTP\/1\.1 408 /);
    assert.match(await raw([], hasty), /^HTTP\/1\.1 408 /);
    assert.match(await raw(['POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx'], hasty), /^HTTP\/1\.1 408 /);
  });
});
