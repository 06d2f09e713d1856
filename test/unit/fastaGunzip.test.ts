import assert from 'node:assert/strict';
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Gunzip, GzipError } from '../../backend/api/fasta/gunzip.ts';
import { splitAt } from '../support/fastaArbitraries.ts';

function gunzip(chunks: readonly Uint8Array[]): Buffer {
  const reader = new Gunzip();
  const output: Buffer[] = [];
  for (const chunk of chunks) {
    for (const piece of reader.write(chunk)) {
      output.push(Buffer.from(piece));
    }
  }
  reader.end();
  return Buffer.concat(output);
}

/** Bytes that compress well, badly or not at all, with matches near and far. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 2000 }))
        .map(([unit, times]) => {
          return Uint8Array.from({ length: unit.length * times }, (_, index) => unit[index % unit.length] ?? 0);
        }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

const level = fc.constantFrom(0, 1, 6, 9);
const strategy = fc.constantFrom(
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
);
const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('gunzip', function () {
  this.timeout(60_000);

  it('gives back what zlib compressed, at any level and strategy, in any number of members, split anywhere', () => {
    const member = fc.record({ content, level, strategy });
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 4 }), cuts, (members, at) => {
        const bytes = Buffer.concat(members.map((each) => gzipSync(each.content, each)));
        const expected = Buffer.concat(members.map((each) => each.content));
        assert.deepEqual(gunzip(splitAt(bytes, at)), expected);
      }),
      { numRuns: 100 },
    );
  });

  it('reads byte by byte', () => {
    const text = Buffer.from('>a\nMKTAYIAKQR\n'.repeat(50));
    const bytes = Buffer.concat([gzipSync(text), gzipSync(text, { level: 0 }), gzipSync('')]);
    assert.deepEqual(gunzip(Array.from(bytes, (byte) => Uint8Array.of(byte))), Buffer.concat([text, text]));
  });

  it('keeps matches right across the 32 KiB window', () => {
    const block = Buffer.from(Array.from({ length: 32_768 }, (_, index) => (index * index * 31 + (index >> 5)) & 255));
    const text = Buffer.concat(Array.from({ length: 40 }, () => block));
    assert.deepEqual(gunzip([gzipSync(text)]), text);
  });

  it('reads every optional header field', () => {
    const text = Buffer.from('MKTAYIAKQR');
    const plain = gzipSync(text);
    const header = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 255]);
    const extra = Buffer.from([6, 0, 66, 67, 2, 0, 27, 0]);
    const names = Buffer.from('file.fa\0a comment\0');
    const fields = Buffer.concat([header, extra, names]);
    const check = Buffer.alloc(2);
    check.writeUInt16LE(crc32(fields) & 0xffff);
    const bytes = Buffer.concat([fields, check, deflateRawSync(text), plain.subarray(-8)]);
    assert.deepEqual(gunzip([bytes]), text);
    assert.deepEqual(gunzip(Array.from(bytes, (byte) => Uint8Array.of(byte))), text);
  });

  it('accepts zero padding behind the last member and nothing else', () => {
    const bytes = gzipSync('MKTAYIAKQR');
    assert.equal(gunzip([bytes, new Uint8Array(512)]).toString(), 'MKTAYIAKQR');
    assert.throws(() => gunzip([bytes, Buffer.from('junk')]), { name: 'GzipError', kind: 'damaged' });
    assert.throws(() => gunzip([bytes, Buffer.from([0, 0, 7])]), { name: 'GzipError', kind: 'damaged' });
  });

  it('tells a truncated file at every length', () => {
    const bytes = Buffer.concat([gzipSync('MKTAYIAKQRMKTAYIAKQR'), gzipSync('GGGG')]);
    const whole = gzipSync('MKTAYIAKQRMKTAYIAKQR').length;
    for (let length = 0; length < bytes.length; length++) {
      if (length !== whole) {
        assert.throws(() => gunzip([bytes.subarray(0, length)]), { name: 'GzipError', kind: 'truncated' }, `${length}`);
      }
    }
  });

  it('never returns wrong data: a flipped bit is found or harmless', () => {
    fc.assert(
      fc.property(content, level, fc.nat(), (text, chosen, bit) => {
        const bytes = gzipSync(text, { level: chosen });
        const at = (bit >> 3) % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        try {
          assert.deepEqual(gunzip([bytes]), text);
        } catch (error) {
          assert.ok(error instanceof GzipError, String(error));
        }
      }),
      { numRuns: 100 },
    );
  });
});
