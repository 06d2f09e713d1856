import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ReportContent, reportHtml } from '../../webview/report.ts';

function content(text: string): ReportContent {
  return {
    language: 'en',
    title: text,
    fileName: text,
    sha256: 'ab',
    facts: [
      ['Made by', text],
      ['Method', ''],
    ],
    legend: { title: text, mean: '87.1', note: text, rows: [] },
    residues: Array.from({ length: 25 }, (_, index) => ({
      name: 'LYS',
      number: index + 1,
      insertion: '',
      chain: index < 12 ? 'A' : text,
      value: index === 3 ? Number.NaN : index * 5,
      color: index < 12 ? 0x0053d6 : 0xffdb13,
    })),
    axis: { name: text, max: 100 },
    picture: 'AAAA',
    pae: { picture: 'BBBB', max: 31.75 },
    remarks: [text],
  };
}

/** Names of all elements in a text of HTML. */
const elements = (html: string): string[] => [...html.matchAll(/<([a-z0-9!]+)/gi)].map(([, name]) => name ?? '');

describe('viewer report', () => {
  it('says everything that it was given, and leaves empty facts out', () => {
    const html = reportHtml(content('haemoglobin'));
    for (const words of [
      '<h1>haemoglobin</h1>',
      'mean 87.1',
      '<dt>Made by</dt>',
      '<dd>ab</dd>',
      'AAAA',
      'BBBB',
      '32 Å',
    ]) {
      assert.ok(html.includes(words), words);
    }
    assert.ok(!html.includes('Method'));
    assert.equal((html.match(/<rect /g) ?? []).length, 25);
    assert.equal((html.match(/K/g) ?? []).length >= 25, true);
  });

  it('holds no element and no attribute that a name brought along', () => {
    const expected = elements(reportHtml(content('x')));
    const evil = fc.oneof(
      fc.string(),
      fc.constantFrom('<script>alert(1)</script>', '" onload="x', "'><img src=x>", '&lt;'),
    );
    fc.assert(
      fc.property(evil, (text) => {
        const html = reportHtml(content(text));
        // A chain's label is left away where it has no name, and chains of one name are one.
        if (text !== '' && text !== 'A') assert.deepEqual(elements(html), expected);
        assert.ok(!/<script|onload="|<img src=x/.test(html.replaceAll('&quot;', '')));
        assert.ok(!html.includes('NaN'));
      }),
    );
  });

  it('calls residues as they are called where others were inserted', () => {
    const { residues, ...rest } = content('x');
    // 95 to 100, then 100A, 100B and so on, as antibodies are numbered.
    const inserted = residues.map((residue, index) => ({
      ...residue,
      number: Math.min(95 + index, 100),
      insertion: index > 5 ? String.fromCharCode(59 + index) : '',
    }));
    const html = reportHtml({ ...rest, residues: inserted });
    assert.deepEqual(
      [...html.matchAll(/<i>(\d[^<]*)<\/i>/g)].map(([, number]) => number),
      ['95', '100E', '100G', '100Q'],
    );
    assert.ok(html.includes('Chain x, from 100G'));
    const evil = reportHtml({ ...rest, residues: inserted.map((one) => ({ ...one, insertion: '<' })) });
    assert.deepEqual(elements(evil), elements(html));
  });

  it('forbids itself to load or run anything', () => {
    assert.match(
      reportHtml(content('x')),
      /Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/,
    );
  });
});
