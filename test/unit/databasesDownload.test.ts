import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expectedFromHeaders, parseMetalink, verifyFile } from '../../container/databases/checksums.ts';
import { Crc32c } from '../../container/databases/crc32c.ts';
import { download } from '../../container/databases/download.ts';
import { CorruptDownload, StagingError } from '../../container/databases/errors.ts';
import { DatabaseServer } from '../support/databaseServer.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const NAME = '/google/file';
const SEGMENT = 10_000;
const CONNECTIONS = 4;
const CONTENT = randomBytes(95_000);

describe('download of a database', () => {
  let server: DatabaseServer;
  let home: ReturnType<typeof temporaryFolder>;
  let file: string;

  beforeEach(async () => {
    server = new DatabaseServer();
    server.put(NAME, CONTENT);
    await server.start();
    home = temporaryFolder();
    file = path.join(home.folder, 'file');
  });

  afterEach(async () => {
    await server.stop();
    home.remove();
  });

  /**
   * @param stallMs so long that no busy machine makes a sound connection look dead, where that is not the subject
   * @returns bytes counted, which must be those of the file
   */
  async function fetchFile({ signal = new AbortController().signal, stallMs = 60_000 } = {}): Promise<number> {
    let counted = 0;
    await download({
      url: `${server.url}${NAME}`,
      file,
      connections: CONNECTIONS,
      segmentBytes: SEGMENT,
      patience: { tries: 3, pauseMs: 1, stallMs },
      signal,
      onBytes: (count) => {
        counted += count;
      },
    });
    return counted;
  }

  function ranges(): string[] {
    return server.gets(NAME).map(({ range }) => range?.replace('bytes=', '') ?? 'all');
  }

  it('asks for parts over several connections, and leaves the whole file and nothing else', async () => {
    assert.equal(await fetchFile(), CONTENT.length);
    assert.deepEqual(readFileSync(file), CONTENT);
    assert.equal(ranges().length, 10);
    assert.ok(ranges().includes('90000-94999'));
    assert.ok(!existsSync(`${file}.part`) && !existsSync(`${file}.part.json`));
  });

  it('takes up a broken connection at the byte where it broke', async () => {
    server.fail(NAME, { cutAfter: 4_000 }, { cutAfter: 100 });
    assert.equal(await fetchFile(), CONTENT.length);
    assert.deepEqual(readFileSync(file), CONTENT);
    assert.equal(ranges().length, 12);
  });

  /** Begins, lets some segments come whole, and stops when each connection waits for a further one. */
  async function stopAfter(segments: number): Promise<void> {
    const stopped = new AbortController();
    const whole = Array.from({ length: segments }, () => ({}));
    const held = Array.from({ length: CONNECTIONS }, () => ({ waitFor: new Promise(() => {}) }));
    server.fail(NAME, ...whole, ...held);
    const first = fetchFile({ signal: stopped.signal });
    // Each connection has written down its segment before it asks for the next.
    while (ranges().length < segments + CONNECTIONS) await new Promise((resolve) => setTimeout(resolve, 5));
    stopped.abort(new Error('killed'));
    await assert.rejects(first, /killed/);
    server.fail(NAME);
    server.requests.length = 0;
  }

  it('takes up what an earlier process left, segment by segment', async () => {
    await stopAfter(4);
    assert.equal(await fetchFile(), CONTENT.length);
    assert.deepEqual(readFileSync(file), CONTENT);
    assert.equal(ranges().length, 6);
  });

  it('begins anew when another file is published meanwhile', async () => {
    await stopAfter(4);
    const other = randomBytes(CONTENT.length);
    server.put(NAME, other);
    await fetchFile();
    assert.deepEqual(readFileSync(file), other);
    assert.equal(ranges().length, 10);
  });

  it('gives up a connection that brings nothing', async () => {
    server.fail(NAME, { waitFor: new Promise(() => {}) });
    assert.equal(await fetchFile({ stallMs: 200 }), CONTENT.length);
    assert.deepEqual(readFileSync(file), CONTENT);
  });

  it('manages with a server that knows no ranges', async () => {
    server.takesRanges = false;
    server.fail(NAME, { cutAfter: 50_000 });
    assert.equal(await fetchFile(), CONTENT.length);
    assert.deepEqual(readFileSync(file), CONTENT);
    assert.deepEqual(ranges(), ['all', 'all']);
  });

  it('says what a server answers that has not got the file', async () => {
    server.fail(NAME, { status: 403 });
    await assert.rejects(fetchFile(), (error) => error instanceof StagingError && /403.*--source/.test(error.message));
  });

  it('gives up after so many tries', async () => {
    server.fail(NAME, ...Array.from({ length: 20 }, () => ({ status: 500 })));
    await assert.rejects(fetchFile(), /tried 3 times: .*500/);
  });

  it('finds damage by size, MD5 and CRC-32C', async () => {
    await fetchFile();
    await verifyFile(file, { bytes: CONTENT.length });
    const crc32c = new Crc32c().update(CONTENT).digest();
    await verifyFile(file, { crc32c });
    for (const wrong of [{ bytes: 1 }, { md5: '0'.repeat(32) }, { crc32c: crc32c === '00000000' ? '1' : '00000000' }]) {
      await assert.rejects(verifyFile(file, wrong), CorruptDownload);
    }
  });
});

describe('what publishers say about their files', () => {
  it('knows the checksum of RFC 3720, however the data is cut', () => {
    assert.equal(new Crc32c().update(Buffer.alloc(32)).digest(), '8a9136aa');
    assert.equal(new Crc32c().update(Buffer.alloc(32, 0xff)).digest(), '62a8ab43');
    const pieces = new Crc32c().update(Buffer.from('1')).update(Buffer.from('2345')).update(Buffer.from('6789'));
    assert.equal(pieces.digest(), 'e3069283');
  });

  it('reads Google’s and Amazon’s headers', () => {
    const google = new Headers({
      'content-length': '11',
      'x-goog-hash': 'crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==',
    });
    assert.deepEqual(expectedFromHeaders(google), {
      bytes: 11,
      md5: '3a393d7377617f182829554763015b1d',
      crc32c: '9f4df1e8',
    });
    const etag = '"0123456789abcdef0123456789abcdef"';
    const amazon = new Headers({ 'content-length': '5', server: 'AmazonS3', etag });
    assert.equal(expectedFromHeaders(amazon).md5, '0123456789abcdef0123456789abcdef');
    const inParts = new Headers({ server: 'AmazonS3', etag: '"0123456789abcdef0123456789abcdef-12"' });
    assert.deepEqual(expectedFromHeaders(inParts), {});
    // Elsewhere an ETag may be anything.
    assert.deepEqual(expectedFromHeaders(new Headers({ etag })), {});
  });

  it('reads UniProt’s metalink', () => {
    const { version, files } = parseMetalink(
      '<?xml version="1.0"?>\n<metalink version="3.0" xmlns="http://www.metalinker.org/">\n<version>2026_03</version>' +
        '<files>\n<file name="README">\n<size>5</size></file>\n<file name="uniref90.fasta.gz">\n<size>12</size>\n' +
        '<verification>\n<hash type="md5">ABCDEF0123456789abcdef0123456789</hash></verification></file></files></metalink>',
    );
    assert.equal(version, '2026_03');
    assert.deepEqual(files.get('uniref90.fasta.gz'), { bytes: 12, md5: 'abcdef0123456789abcdef0123456789' });
    assert.deepEqual(files.get('README'), { bytes: 5 });
  });
});
