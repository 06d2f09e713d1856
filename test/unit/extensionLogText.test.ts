import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { LogLine } from '../../backend/api/job.ts';
import { LogText, MOST_LINES } from '../../extension/logs/logText.ts';

const line = (runId: string, text: string): LogLine => ({
  runId,
  stage: runId === 'a' ? 'features' : 'predict',
  text,
  at: '2026-11-22T10:11:12.345Z',
});

describe('the text of a whole log', () => {
  it('has a section for each run, under a heading, and nothing outside of them', () => {
    const text = new LogText();
    text.add([line('a', 'searching'), line('a', 'found')]);
    text.add([line('b', 'folding')]);
    assert.equal(
      String(text),
      '── features · run a ──\n10:11:12  searching\n10:11:12  found\n── predict · run b ──\n10:11:12  folding\n',
    );
    assert.deepEqual(
      text.sections.map(({ stage, firstLine, lastLine }) => [stage, firstLine, lastLine]),
      [
        ['features', 0, 2],
        ['predict', 3, 4],
      ],
    );
  });

  it('only ever grows, however its lines come in pages', () => {
    const lines = fc.array(
      fc.record({ run: fc.constantFrom('a', 'b', 'c'), text: fc.string({ unit: 'grapheme-ascii' }) }),
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 7 }), (made, page) => {
        const all = made.map(({ run, text }) => line(run, text));
        const [paged, whole] = [new LogText(), new LogText()];
        whole.add(all);
        for (let start = 0; start < all.length; start += page) {
          const before = String(paged);
          paged.add(all.slice(start, start + page));
          assert.ok(String(paged).startsWith(before));
        }
        assert.equal(String(paged), String(whole));
        assert.deepEqual(paged.sections, whole.sections);
        const rows = String(whole).split('\n');
        for (const { firstLine, lastLine } of whole.sections) {
          assert.match(rows[firstLine] ?? '', /^── /);
          assert.ok(lastLine > firstLine);
        }
      }),
    );
  });

  it('says where it is cut', () => {
    const text = new LogText();
    text.add(Array.from({ length: MOST_LINES + 10 }, (_, index) => line('b', String(index))));
    assert.ok(text.isCut);
    assert.ok(text.lineCount <= MOST_LINES + 1);
    assert.match(String(text), /more than 100000 lines; the rest is not shown/);
  });
});
