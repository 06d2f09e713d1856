import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineSplitter, MAX_LINE_LENGTH } from '../../container/runner/lineSplitter.ts';

function split(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

function inPieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  pieces.push(bytes.subarray(start));
  return pieces;
}

const text = (...parts: string[]) => parts.map((part) => Buffer.from(part));

describe('LineSplitter', () => {
  it('gives the same lines wherever the chunks are cut, also inside a character', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'ß', '€', '🧬', ' ', '\t'), minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(7)), (lines, sizes) => {
        const bytes = Buffer.from(lines.join('\n'));
        assert.deepEqual(split(inPieces(bytes, sizes)), split([bytes]));
        assert.deepEqual(
          split([bytes]),
          lines.map((one) => one.trimEnd()).filter((one) => one !== ''),
        );
      }),
    );
  });

  it('ends lines at LF, CR LF and the lone CR of progress bars, and drops empty ones', () => {
    assert.deepEqual(split(text('one\r', '\ntwo\r10 %\r20 %\n\n\nthree')), ['one', 'two', '10 %', '20 %', 'three']);
  });

  it('takes colours and control characters off', () => {
    assert.deepEqual(split(text('\u001b[31mred\u001b[0m\u0007\u0000 a\tb\u009b')), ['red a\tb']);
  });

  it('keeps damaged UTF-8 readable', () => {
    assert.deepEqual(split([Buffer.from([0x61, 0xff, 0x62, 0x0a])]), ['a\ufffdb']);
  });

  it('caps an endless line and says how much is left out, without keeping it', () => {
    const chunk = Buffer.from('x'.repeat(10_000));
    const [line = '', ...others] = split([...Array.from({ length: 50 }, () => chunk), Buffer.from('\nnext')]);
    assert.equal(line, `${'x'.repeat(MAX_LINE_LENGTH)} … [${500_000 - MAX_LINE_LENGTH} more characters]`);
    assert.deepEqual(others, ['next']);
  });

  it('never cuts a surrogate pair in two', () => {
    const [line = ''] = split(text(`${'x'.repeat(MAX_LINE_LENGTH - 1)}🧬\n`));
    assert.ok(line.isWellFormed());
  });
});
