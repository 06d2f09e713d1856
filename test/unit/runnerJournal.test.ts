import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatProgressLine, parseProgressLine } from '../../backend/api/runner.ts';
import { Journal } from '../../container/runner/journal.ts';

function journal(): { journal: Journal; lines: string[] } {
  const lines: string[] = [];
  return { journal: new Journal('predict', (line) => lines.push(line)), lines };
}

describe('Journal', () => {
  it('writes log lines behind an ISO time and progress as bare JSON', () => {
    const { journal: it, lines } = journal();
    it.log('hello world');
    it.progress({ step: 'search', fraction: 0.5, message: 'searching' });
    assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z hello world\n$/);
    assert.deepEqual(parseProgressLine(lines[1]?.trim() ?? ''), {
      stage: 'predict',
      step: 'search',
      fraction: 0.5,
      message: 'searching',
    });
  });

  it('never lets progress go back, whatever an engine reports', () => {
    const step = fc.record({ step: fc.constantFrom('a', 'b'), fraction: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(step), (reports) => {
        const { journal: it, lines } = journal();
        for (const report of reports) it.engineLine(formatProgressLine({ stage: 'predict', ...report }));
        const fractions = lines.map((line) => parseProgressLine(line.trim())?.fraction ?? Number.NaN);
        assert.deepEqual(
          fractions,
          fractions.toSorted((a, b) => a - b),
        );
        assert.equal(fractions.at(-1), reports.length === 0 ? undefined : Math.max(...reports.map((r) => r.fraction)));
      }),
    );
  });

  it('passes what is no valid progress on as a log line', () => {
    const { journal: it, lines } = journal();
    const wrong = '{"progress":{"stage":"predict","step":"x","fraction":7}}';
    assert.equal(it.engineLine(wrong), true);
    assert.ok(lines[0]?.endsWith(`Z ${wrong}\n`));
  });

  it('says the same progress once', () => {
    const { journal: it, lines } = journal();
    for (let i = 0; i < 3; i++) it.progress({ step: 'search', fraction: 0.1 });
    assert.equal(lines.length, 1);
  });

  it('reports the stage of the run, not the one that the engine believes in', () => {
    const { journal: it, lines } = journal();
    it.engineLine('{"progress":{"stage":"features","step":"x","fraction":0.1}}');
    assert.equal(parseProgressLine(lines[0]?.trim() ?? '')?.stage, 'predict');
  });
});
