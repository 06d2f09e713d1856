import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatFasta } from '../../backend/api/fasta/format.ts';
import {
  parseFasta,
  parseFastaBytes,
  parseFastaText,
  readFasta,
  scanFasta,
} from '../../backend/api/fasta/parseFasta.ts';
import { sortProblems } from '../../backend/api/fasta/problems.ts';
import type { FastaProblem, FastaRecordSummary } from '../../backend/api/fasta/types.ts';
import {
  cuts,
  gzipMembers,
  type PlainRecord,
  plainRecords,
  splitAt,
  writeFasta,
  writingStyle,
} from '../support/fastaArbitraries.ts';

const encoder = new TextEncoder();

/** Text with everything that FASTA gives a meaning to, and much that it does not. */
const strangeText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '>',
        '>a',
        '>b desc\n',
        '\n',
        '\r',
        '\r\n',
        ';',
        ':',
        '*',
        '-',
        ' ',
        '\t',
        '1',
        '42 ',
        'MKV',
        'acdx',
        '\u00a0',
      ),
      fc.constantFrom(
        '\ufeff',
        'М',
        '😀',
        '＞',
        'é',
        '@',
        '>sp|P69905|HBA_HUMAN x\n',
        'ACDEFGHIKLMNPQRSTVWY\n',
        'U',
        '\u001a',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

const strangeBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.tuple(strangeText, fc.uint8Array({ maxLength: 20 }), strangeText).map(([before, bytes, after]) => {
    return Uint8Array.from([...encoder.encode(before), ...bytes, ...encoder.encode(after)]);
  }),
  fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(200)).map(([bytes, cut]) => {
    const gzip = gzipMembers([encoder.encode('>a\nMKVLLTAAKQ\n'), bytes]);
    return gzip.subarray(0, Math.max(0, gzip.length - cut));
  }),
);

function assertSays(
  records: readonly PlainRecord[],
  found: readonly { id: string; headerText: string; sequence: string }[],
): void {
  assert.deepEqual(
    found.map(({ id, headerText, sequence }) => ({ id, headerText, sequence })),
    records.map(({ id, description, sequence }) => ({ id, headerText: `${id} ${description}`.trim(), sequence })),
  );
}

/** Ids like `1ABC_1|Chain` need more than this generator writes to be RCSB's, so the first word is the id. */
const errorsOtherThanDna = (problems: readonly FastaProblem[]) => {
  return problems.filter(({ severity, code }) => severity === 'error' && code !== 'nucleotide-sequence');
};

describe('FASTA, any records in any style', function () {
  this.timeout(60_000);

  it('are read as they were meant, wrapped, cased, split and commented as may be', async () => {
    await fc.assert(
      fc.asyncProperty(plainRecords, writingStyle, cuts, async (records, style, at) => {
        const bytes = encoder.encode(writeFasta(records, style));
        const file = await readFasta(splitAt(bytes, at));
        assertSays(records, file.records);
        assert.deepEqual(errorsOtherThanDna(file.problems), []);
      }),
      { numRuns: 200 },
    );
  });

  it('are read the same from gzip with members that end anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(plainRecords, writingStyle, cuts, cuts, async (records, style, members, at) => {
        const bytes = encoder.encode(writeFasta(records, style));
        const file = await readFasta(splitAt(gzipMembers(splitAt(bytes, members)), at));
        assertSays(records, file.records);
        assert.equal(file.totals.compressed, true);
        assert.equal(file.totals.bytes, bytes.length);
      }),
      { numRuns: 100 },
    );
  });

  it('survive format and parse, at any width', () => {
    fc.assert(
      fc.property(plainRecords, fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constant(Infinity)), (records, width) => {
        const text = records
          .map(({ id, description, sequence }) =>
            formatFasta({ id, headerText: `${id} ${description}`, sequence }, width),
          )
          .join('');
        const once = parseFastaText(text);
        assertSays(records, once.records);
        assert.equal(once.records.map((record) => formatFasta(record, width)).join(''), text);
        assert.deepEqual(errorsOtherThanDna(once.problems), []);
      }),
    );
  });
});

describe('FASTA, any bytes', function () {
  this.timeout(60_000);

  it('give the same events however they arrive, and end once', async () => {
    await fc.assert(
      fc.asyncProperty(strangeBytes, cuts, async (bytes, at) => {
        const whole = parseFastaBytes(bytes);
        const types: string[] = [];
        const problems: FastaProblem[] = [];
        for await (const event of parseFasta(splitAt(bytes, at))) {
          types.push(event.type);
          if (event.type === 'problem') {
            problems.push(event.problem);
          }
        }
        assert.equal(types.indexOf('end'), types.length - 1);
        assert.deepEqual(sortProblems(problems), whole.problems);
        assert.deepEqual(await readFasta(splitAt(bytes, at)), whole);
      }),
      { numRuns: 700 },
    );
  });

  it('never throw, and every problem has a place and a remedy', () => {
    fc.assert(
      fc.property(strangeBytes, (bytes) => {
        const { problems, totals, records } = parseFastaBytes(bytes);
        assert.ok(problems.length > 0 || records.length > 0, 'silent about nothing');
        assert.equal(totals.errors + totals.warnings + totals.infos, problems.length + totals.omittedProblems);
        for (const problem of problems) {
          assert.ok(problem.line >= 1 && problem.column >= 1, JSON.stringify(problem));
          assert.ok((problem.endColumn ?? Infinity) > problem.column, JSON.stringify(problem));
          assert.match(problem.message, /^[^\n\r]+[.]$/);
          assert.ok(problem.remedy.length > 0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are summed up by scanFasta as parseFasta reads them', async () => {
    await fc.assert(
      fc.asyncProperty(strangeBytes, cuts, async (bytes, at) => {
        const whole = parseFastaBytes(bytes);
        const summaries: FastaRecordSummary[] = [];
        for await (const event of scanFasta(splitAt(bytes, at))) {
          if (event.type === 'record') {
            summaries.push(event.record);
          }
        }
        const expected = whole.records.map(({ sequence, lines, header, ...summary }) => {
          assert.equal(sequence.length, summary.length);
          assert.ok(Array.isArray(lines) && header.id === summary.id);
          return summary;
        });
        assert.deepEqual(summaries, expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('FASTA positions', function () {
  this.timeout(60_000);

  it('are those of the text as an editor splits and counts it', () => {
    fc.assert(
      fc.property(strangeText, (raw) => {
        // VS Code shows no byte order mark at the start.
        const text = raw.replace(/^\ufeff+/, '');
        const lines = text.split(/\r\n|\r|\n/);
        const { problems, records, totals } = parseFastaText(text);
        assert.ok(totals.lines <= lines.length);
        for (const { line, column, endColumn, code } of problems) {
          const content = lines[line - 1];
          assert.ok(content !== undefined, `${code} on line ${line} of ${lines.length}`);
          assert.ok((endColumn ?? column) <= content.length + 1, `${code} ends at ${endColumn} of ${content.length}`);
        }
        for (const record of records) {
          const header = lines[record.line - 1] ?? '';
          if (record.hasHeader) {
            assert.equal(header[record.column - 1], '>');
            const named = header.slice(record.idColumn - 1, record.idEndColumn - 1);
            assert.equal(named, record.headerText.slice(0, named.length));
          }
          for (const line of record.lines) {
            const shown = (lines[line.line - 1] ?? '').slice(line.column - 1, line.endColumn - 1);
            const residues = record.sequence.slice(line.start, line.start + line.length);
            assert.equal(shown.replace(/[^A-Za-z]/g, '').toUpperCase(), residues);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of an illegal letter show that letter', () => {
    const illegal = fc.constantFrom('@', 'М', '😀', 'é', '＞', '?', '\u0007', '€');
    const prefix = fc
      .array(fc.constantFrom('A', ' ', '\u00a0', 'x', '*'), { maxLength: 9 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(prefix, illegal, fc.constantFrom('\n', '\r', '\r\n'), (before, character, end) => {
        const { problems } = parseFastaText(`>a${end}ACD${end}${before}${character}ACD${end}`);
        const found = problems.filter(({ code }) => code === 'illegal-letter');
        assert.deepEqual(
          found.map(({ line, column, endColumn, recordId }) => ({ line, column, endColumn, recordId })),
          [{ line: 3, column: before.length + 1, endColumn: before.length + 1 + character.length, recordId: 'a' }],
        );
      }),
    );
  });
});
