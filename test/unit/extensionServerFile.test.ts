import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isNewer, parseServerFile } from '../../extension/connection/serverFile.ts';

const good = { url: 'http://127.0.0.1:8730', keyFile: '/data/key', pid: 4711, version: '0.1.0' };

describe('server.json', () => {
  it('is read', () => {
    assert.deepEqual(parseServerFile(JSON.stringify(good)), good);
  });

  it('is not believed when it points to another machine, because the key is sent there', () => {
    const elsewhere = [
      'http://example.org:8730',
      'https://127.0.0.1:8730',
      'http://127.0.0.1:8730/path',
      'http://127.0.0.1:8730@example.org',
      'http://127.0.0.1.example.org:80',
      'http://localhost:8730',
    ];
    for (const url of elsewhere) assert.equal(parseServerFile(JSON.stringify({ ...good, url })), undefined, url);
  });

  it('is not believed when half of it is there', () => {
    const text = JSON.stringify(good);
    for (let length = 0; length < text.length; length++) {
      assert.equal(parseServerFile(text.slice(0, length)), undefined);
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => parseServerFile(text) === undefined));
  });

  it('compares versions by number', () => {
    assert.ok(isNewer('0.10.0', '0.9.9'));
    assert.ok(isNewer('1.0.0', '0.99.0'));
    assert.ok(!isNewer('0.1.0', '0.1.0'));
    assert.ok(!isNewer('0.1.0-beta.1', '0.1.0'));
    assert.ok(!isNewer('0.1.0', '0.2.0'));
  });
});
