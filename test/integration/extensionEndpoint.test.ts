import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import path from 'node:path';
import { probe } from '../../extension/connection/probe.ts';
import { troubleOf, versionTrouble } from '../../extension/connection/trouble.ts';
import { freePort } from '../support/ports.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const KEY = 'the-key-of-the-user';

describe('the test of an endpoint', function () {
  this.timeout(60_000);
  const closing: (() => unknown)[] = [];
  let folder: ReturnType<typeof temporaryFolder>;
  let backend: ServerProcess;
  let version: string;

  const options = (url: string, key: string, signal = new AbortController().signal) => ({
    url,
    key,
    signal,
    version,
    userAgent: 'test',
    timeoutMs: 5_000,
  });
  const troubleAt = async (url: string, key = KEY) => {
    const found = await probe(options(url, key));
    return found.kind === 'good' ? 'good' : found.trouble;
  };
  const listening = async (server: Server | ReturnType<typeof createSocketServer>): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const answering = async (answer: RequestListener) => `http://${await listening(createServer(answer))}`;

  before(async () => {
    folder = temporaryFolder();
    backend = await ServerProcess.start(path.join(folder.folder, 'data'));
    ({ version } = await backend.client.health());
  });
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  after(async () => {
    await backend?.stop();
    folder.remove();
  });

  it('passes with a backend that takes the key', async () => {
    const found = await probe(options(backend.url, backend.key));
    assert.equal(found.kind, 'good');
    assert.deepEqual(found.kind === 'good' && [found.backend, found.version], ['local', version]);
  });

  it('says that the key is wrong', async () => {
    assert.equal(await troubleAt(backend.url), 'key-refused');
  });

  it('says that the path is wrong', async () => {
    assert.equal(await troubleAt(`${backend.url}/prod`, backend.key), 'not-foldpad');
  });

  it('says what a gateway answers, and sends the key to nothing that is no backend', async () => {
    const seen: (string | undefined)[] = [];
    const statusAt = async (status: number, body: string, headers = {}) =>
      troubleAt(
        await answering((request, response) => {
          seen.push(request.headers.authorization);
          response.writeHead(status, headers).end(body);
        }),
      );
    assert.equal(await statusAt(404, '{"message":"Not Found"}'), 'not-foldpad');
    assert.equal(await statusAt(403, '{"message":"Forbidden"}'), 'not-foldpad');
    assert.equal(await statusAt(200, '<html>Welcome</html>'), 'not-foldpad');
    assert.equal(await statusAt(200, '{"status":"ok"}'), 'not-foldpad');
    assert.equal(await statusAt(302, '', { location: 'https://foldpad.invalid/' }), 'not-foldpad');
    assert.equal(await statusAt(429, 'slow down'), 'overloaded');
    assert.equal(await statusAt(503, '{"message":"Service Unavailable"}'), 'overloaded');
    assert.equal(await statusAt(500, '{"message":"Internal Server Error"}'), 'server-error');
    assert.equal(await statusAt(502, ''), 'server-error');
    assert.deepEqual([...new Set(seen)], [undefined]);
  });

  it('tells a backend of another version before it gets the key', async () => {
    const seen: (string | undefined)[] = [];
    const [major = 0] = version.split('.').map(Number);
    const url = await answering((request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify({ status: 'ok', backend: 'aws', version: `${major + 1}.0.0` }));
    });
    const found = await probe(options(url, KEY));
    assert.deepEqual(found.kind === 'bad' && [found.trouble, found.version], ['too-new', `${major + 1}.0.0`]);
    assert.deepEqual(seen, [undefined]);
  });

  it('never follows a redirect with the key: what is elsewhere does not see it', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await answering((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    const url = await answering((request, response) => {
      if (request.url === '/health') response.end(JSON.stringify({ status: 'ok', backend: 'aws', version }));
      else response.writeHead(302, { location: `${elsewhere}/queues` }).end();
    });
    assert.equal(await troubleAt(url), 'not-foldpad');
    assert.deepEqual(seen, [undefined]);
  });

  it('says that nobody listens, that no server has the name, that it does not speak https', async () => {
    assert.equal(await troubleAt(`http://127.0.0.1:${await freePort()}`), 'refused');
    assert.match(await troubleAt('https://foldpad.invalid'), /^(unknown-name|no-network)$/);
    const plain = new URL(await answering((_request, response) => void response.end('plain')));
    assert.equal(await troubleAt(`https://${plain.host}`), 'no-tls');
  });

  it('says that nothing came, or that the connection broke off', async () => {
    const silent = await listening(createSocketServer(() => undefined));
    const found = await probe({ ...options(`http://${silent}`, KEY), timeoutMs: 100 });
    assert.equal(found.kind === 'bad' && found.trouble, 'timeout');
    const rude = await listening(createSocketServer((socket) => void socket.once('data', () => socket.destroy())));
    assert.equal(await troubleAt(`http://${rude}`), 'broken-off');
  });

  it('ends when it is stopped', async () => {
    const silent = await listening(createSocketServer(() => undefined));
    const abort = new AbortController();
    const asked = probe(options(`http://${silent}`, KEY, abort.signal));
    abort.abort();
    await assert.rejects(asked, { name: 'AbortError' });
  });
});

describe('trouble on the way', () => {
  const failed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

  it('is known by the codes of Node and by the names of Chromium', () => {
    const codes = {
      ENOTFOUND: 'unknown-name',
      EAI_AGAIN: 'no-network',
      ECONNREFUSED: 'refused',
      UND_ERR_CONNECT_TIMEOUT: 'timeout',
      DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
      SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
      CERT_HAS_EXPIRED: 'certificate',
      ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
      ERR_SSL_WRONG_VERSION_NUMBER: 'no-tls',
      ECONNRESET: 'broken-off',
    };
    for (const [code, trouble] of Object.entries(codes)) assert.equal(troubleOf(failed(code)), trouble, code);
    assert.equal(troubleOf(new Error('net::ERR_NAME_NOT_RESOLVED')), 'unknown-name');
    assert.equal(troubleOf(new Error('net::ERR_CERT_AUTHORITY_INVALID')), 'certificate');
    assert.equal(troubleOf(new Error('something else')), undefined);
  });

  it('is a version that is not compatible: before 1.0 the second number counts', () => {
    assert.equal(versionTrouble('0.1.0', '0.1.9'), undefined);
    assert.equal(versionTrouble('0.1.0', '0.2.0'), 'too-new');
    assert.equal(versionTrouble('0.2.0', '0.1.0'), 'too-old');
    assert.equal(versionTrouble('1.4.0', '1.9.3'), undefined);
    assert.equal(versionTrouble('1.4.0', '2.0.0'), 'too-new');
    assert.equal(versionTrouble('1.0.0', '0.9.0'), 'too-old');
    assert.equal(versionTrouble('1.0.0', 'unknown'), undefined);
  });
});
