import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { addPngTexts } from '../../webview/png.ts';

/** Chunks of a PNG with their checksums verified. */
function chunks(png: Uint8Array): { type: string; data: Buffer }[] {
  const buffer = Buffer.from(png);
  const found = [];
  for (let at = 8; at < buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    const body = buffer.subarray(at + 4, at + 8 + length);
    assert.equal(buffer.readUInt32BE(at + 8 + length), zlib.crc32(body));
    found.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return found;
}

describe('words in a PNG', () => {
  const picture = PNG.sync.write(new PNG({ width: 3, height: 2 }));

  it('are valid chunks behind the header, in UTF-8', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0') && text.isWellFormed()),
        (text) => {
          const png = addPngTexts(picture, { Title: text, Software: 'Foldpad' });
          const [header, title, software] = chunks(png);
          assert.equal(header?.type, 'IHDR');
          assert.equal(title?.type, 'iTXt');
          assert.equal(title?.data.toString('utf8'), `Title\0\0\0\0\0${text}`);
          assert.match(software?.data.toString('utf8') ?? '', /^Software\0+Foldpad$/);
          assert.deepEqual(PNG.sync.read(Buffer.from(png)).data, PNG.sync.read(picture).data);
        },
      ),
    );
  });

  it('are left away when they are empty', () => {
    assert.deepEqual(addPngTexts(picture, { Title: '' }), new Uint8Array(picture));
  });
});
