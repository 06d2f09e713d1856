import assert from 'node:assert/strict';
import fc from 'fast-check';
import { finish } from '../../extension/fasta/document/fastaDocument.ts';
import { fileRecords } from '../../extension/fasta/document/fileRecords.ts';
import { inSlices } from '../../extension/fasta/document/slices.ts';
import { plainRecords, writeFasta, writingStyle } from '../support/fastaArbitraries.ts';

describe('the records of a file that no editor gives away', () => {
  it('are found by their bytes, each at its line', () => {
    fc.assert(
      fc.property(plainRecords, writingStyle, (records, style) => {
        const text = writeFasta(records, { ...style, lineEnds: ['\n', '\r\n'], byteOrderMark: false });
        const lines = text.split('\n');
        const found = finish(fileRecords(new TextEncoder().encode(text)));
        const expected = lines.flatMap((line, index) => (line.startsWith('>') ? [index] : []));
        assert.deepEqual(
          Array.from({ length: found.count }, (_, index) => found.lineOf(index)),
          expected,
        );
        for (const [index, line] of expected.entries()) {
          assert.equal(found.headerOf(index), lines[line]?.slice(1).trim());
        }
      }),
    );
  });
});

describe('work in slices', () => {
  it('comes to its end, and lets others in between', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    function* work(): Generator<void, string> {
      // Ends by what is tested; the clock is only for work that lets nobody in.
      for (const end = performance.now() + 5_000; ticks < 2 && performance.now() < end; ) yield;
      return 'done';
    }
    assert.equal(await inSlices(work(), () => true), 'done');
    clearInterval(timer);
    assert.ok(ticks > 1, `${ticks} ticks`);
  });

  it('is left where it is once nobody wants it, and is told so', async () => {
    let left = false;
    function* work(): Generator<void, string> {
      try {
        for (;;) yield;
      } finally {
        left = true;
      }
    }
    let asked = 0;
    assert.equal(await inSlices(work(), () => ++asked < 3), undefined);
    assert.equal(asked, 3);
    assert.ok(left);
  });
});
