import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { parseFasta, parseFastaBytes, parseFastaText, readFasta } from '../../backend/api/fasta/parseFasta.ts';
import type { FastaFile, FastaProblem } from '../../backend/api/fasta/types.ts';

const sequences = (file: FastaFile) => Object.fromEntries(file.records.map(({ id, sequence }) => [id, sequence]));
const codes = (file: FastaFile) => file.problems.map(({ code, line, column }) => `${code} ${line}:${column}`);
const place = ({ line, column, endColumn }: FastaProblem) => [line, column, endColumn];

describe('parseFasta accepts', () => {
  it('CR LF, lone CR, blank lines and indented headers', () => {
    const file = parseFastaText('\r\n >a one\r\n\r\nMK\r\nVL\r  >b\rACD\n');
    assert.deepEqual(sequences(file), { a: 'MKVL', b: 'ACD' });
    assert.deepEqual(codes(file), []);
    assert.deepEqual(
      file.records.map(({ line, column, idColumn, idEndColumn, headerEndColumn, endLine }) => {
        return [line, column, idColumn, idEndColumn, headerEndColumn, endLine];
      }),
      [
        [2, 2, 3, 4, 8, 5],
        [6, 3, 4, 5, 5, 7],
      ],
    );
  });

  it('lower case, saying so once', () => {
    const file = parseFastaText('>a\nMKvlLA\n>b\nmkx\n');
    assert.deepEqual(sequences(file), { a: 'MKVLLA', b: 'MKX' });
    assert.deepEqual(codes(file), ['lower-case 2:3', 'unusual-residue 4:3']);
    assert.deepEqual(place(file.problems[0] as FastaProblem), [2, 3, 5]);
  });

  it('a stop at the end, of every chain', () => {
    const file = parseFastaText('>a\nMKV*\n\n>b\nMKV\n*\n>c\nMK*:MV*\n');
    assert.deepEqual(sequences(file), { a: 'MKV', b: 'MKV', c_1: 'MK', c_2: 'MV' });
    assert.deepEqual(codes(file), ['chain-separator 8:4']);
  });

  it('comments before, between and inside records', () => {
    const file = parseFastaText('; made by hand\n>a\nMK\n;; half\nVL\n;\n>b\nA;C\n');
    assert.deepEqual(sequences(file), { a: 'MKVL', b: 'AC' });
    assert.deepEqual(codes(file), ['illegal-letter 8:2']);
  });

  it('the way GenBank prints a sequence', () => {
    const file = parseFastaText('>a\n        1 mvhltpeeks avtalwgkvn\n       21 vdevggealg 30\n');
    assert.deepEqual(sequences(file), { a: 'MVHLTPEEKSAVTALWGKVNVDEVGGEALG' });
    assert.deepEqual(codes(file), ['position-numbers 2:9', 'lower-case 2:11']);
  });

  it('a sequence without a header, named after the file', () => {
    const file = parseFastaText('MKVLLTA\nAKQ\n>b\nACD', { defaultName: 'my-protein' });
    assert.deepEqual(sequences(file), { 'my-protein': 'MKVLLTAAKQ', b: 'ACD' });
    assert.deepEqual(codes(file), ['no-header 1:1']);
    assert.equal(file.records[0]?.hasHeader, false);
  });

  it('chains joined with ":" as ColabFold writes them', () => {
    const file = parseFastaText('>dimer of something\nMKV\nLL:AC\nD\n>b\nMK\n');
    assert.deepEqual(sequences(file), { dimer_1: 'MKVLL', dimer_2: 'ACD', b: 'MK' });
    assert.deepEqual(
      file.records.map(({ complex, index, line }) => ({ complex, index, line })),
      [
        { complex: { id: 'dimer', chain: 1 }, index: 0, line: 1 },
        { complex: { id: 'dimer', chain: 2 }, index: 1, line: 1 },
        { complex: undefined, index: 2, line: 5 },
      ],
    );
    assert.equal(file.records[1]?.header.description, 'of something');
    assert.deepEqual(file.records[1]?.lines, [
      { line: 3, column: 4, endColumn: 6, start: 0, length: 2 },
      { line: 4, column: 1, endColumn: 2, start: 2, length: 1 },
    ]);
  });

  it('gzip, whatever the file is called, from a Node stream', async () => {
    const stream = Readable.from([gzipSync('>a\nMKV\n'), gzipSync('LL\n>b\nACD')]);
    const file = await readFasta(stream);
    assert.deepEqual(sequences(file), { a: 'MKVLL', b: 'ACD' });
    assert.deepEqual([file.totals.compressed, file.totals.bytes, file.totals.lines], [true, 16, 5]);
  });

  it('a web stream', async () => {
    const file = await readFasta(new Blob(['>a\nMKV\n']).stream());
    assert.deepEqual(sequences(file), { a: 'MKV' });
  });
});

describe('parseFasta explains', () => {
  it('a letter of another alphabet', () => {
    const file = parseFastaText('>a\nMKМV\n');
    assert.deepEqual(file.problems, [
      {
        code: 'illegal-letter',
        severity: 'error',
        message: '"М" (U+041C, which only looks like "M") is not an amino acid letter.',
        remedy: 'Type a plain "M" in its place.',
        line: 2,
        column: 3,
        endColumn: 4,
        recordId: 'a',
        recordIndex: 0,
      },
    ]);
    assert.equal(file.records[0]?.hasErrors, true);
  });

  it('a run of rubbish once', () => {
    const file = parseFastaText('>a\nMK@#%%V@\n>b\nMK\n');
    assert.deepEqual(file.problems.map(place), [
      [2, 3, 7],
      [2, 8, 9],
    ]);
    assert.match(file.problems[0]?.message ?? '', /"@#%%"/);
    assert.deepEqual(
      file.records.map(({ hasErrors }) => hasErrors),
      [true, false],
    );
  });

  it('a stop inside, at the stop', () => {
    assert.deepEqual(codes(parseFastaText('>a\nMK*\n\nVL\n')), ['internal-stop 2:3']);
    assert.deepEqual(codes(parseFastaText('>a\nMKV*X\n')), ['internal-stop 2:4', 'unusual-residue 2:5']);
  });

  it('where a name was used before', () => {
    const file = parseFastaText('>a\nMK\n>b\nMK\n>  a again\nMV\n');
    assert.deepEqual(file.problems.map(place), [[5, 4, 5]]);
    assert.match(file.problems[0]?.message ?? '', /"a" was already used on line 1/);
  });

  it('an alignment once a record', () => {
    assert.deepEqual(codes(parseFastaText('>a\n--MK--V\n-M-\n>b\nM.K\n')), ['alignment-gap 2:1', 'alignment-gap 5:2']);
  });

  it('each unusual residue once a record, with its first place and number', () => {
    const file = parseFastaText('>a\nMXXU\nXJ\n');
    assert.deepEqual(codes(file), ['unusual-residue 2:2', 'unusual-residue 2:4', 'unusual-residue 3:2']);
    assert.match(file.problems[0]?.message ?? '', /^X \(3 times in this chain\) stands for an unknown residue/);
    assert.ok(file.problems.every(({ severity }) => severity === 'warning'));
    assert.deepEqual(file.records[0]?.unusual, [
      { letter: 'X', count: 3, line: 2, column: 2 },
      { letter: 'U', count: 1, line: 2, column: 4 },
      { letter: 'J', count: 1, line: 3, column: 2 },
    ]);
  });

  it('DNA and RNA, but no protein that happens to be poor in letters', () => {
    const dna = 'ATGGTGCATCTGACTCCTGAGGAGAAGTCT';
    const kinds = (sequence: string) =>
      codes(parseFastaText(`>a\n${sequence}\n`)).filter((code) => code.startsWith('nucleotide'));
    assert.equal(kinds(dna).length, 1);
    assert.equal(kinds(`${dna}NNN`).length, 1);
    assert.equal(kinds(dna.replaceAll('T', 'U')).length, 1);
    for (const protein of [
      'A'.repeat(50),
      'GA'.repeat(40),
      'GAGAGS'.repeat(20),
      `${dna}L`,
      'ACGTACGTACGT',
      'CGTNNNNNNNNNNNNNNNNNNNNNNNNNNNNN',
    ]) {
      assert.deepEqual(kinds(protein), [], protein);
    }
  });

  it('a gzip that ends early, with what came before', async () => {
    const lines = Array.from(
      { length: 3000 },
      (_, index) => `>p${index}\nMKVLLTAAKQ${'ACDEFGHIKL'[index % 10]}\n`,
    ).join('');
    const bytes = gzipSync(lines);
    const file = await readFasta([bytes.subarray(0, bytes.length / 2)]);
    const last = file.problems.at(-1);
    assert.equal(last?.code, 'gzip-truncated');
    assert.ok(file.records.length > 1000 && (last?.line ?? 0) > 2000);
    assert.ok(
      file.records.every(({ length }) => length === 11),
      'no record is cut',
    );
  });

  it('a bomb before it goes off', () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('>a\n'), Buffer.alloc(64_000_000, 'A')]), { level: 9 });
    const { problems, totals } = parseFastaBytes(bomb);
    assert.equal(problems.at(-1)?.code, 'gzip-bomb');
    assert.ok(totals.bytes < 17_000_000);
  });
});

describe('parseFasta limits', () => {
  it('the length of a record, without keeping more', () => {
    const file = parseFastaText('>a\nMKVLL\nTAX\n>b\nMKV\n', { maxRecordLength: 4 });
    assert.deepEqual(sequences(file), { a: 'MKVL', b: 'MKV' });
    assert.deepEqual(
      file.records.map(({ length, hasErrors }) => [length, hasErrors]),
      [
        [8, true],
        [3, false],
      ],
    );
    assert.deepEqual(codes(file), ['record-too-long 1:1', 'unusual-residue 3:3']);
  });

  it('records and bytes, and stops reading there', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read++;
        yield new TextEncoder().encode(`>p${read}\nMKVLLTAAKQ\n`.repeat(1));
      }
    }
    const many = await readFasta(endless(), { maxRecords: 1000 });
    assert.deepEqual(
      [many.records.length, many.problems.at(-1)?.code, many.problems.at(-1)?.line],
      [1000, 'too-many-records', 2001],
    );
    assert.ok(read < 2000);
    const large = await readFasta(endless(), { maxBytes: 10_000 });
    assert.equal(large.problems.at(-1)?.code, 'file-too-large');
  });

  it('the list of problems, per severity, and counts the rest', () => {
    const file = parseFastaText(`>a\n${'MK@V\n'.repeat(250)}>b\nMX\n`);
    assert.equal(file.problems.length, 101);
    assert.equal(file.problems.at(-1)?.code, 'unusual-residue');
    assert.deepEqual([file.totals.errors, file.totals.warnings, file.totals.omittedProblems], [250, 1, 150]);
  });

  it('nothing that is not a positive number, nor text for bytes', async () => {
    assert.throws(() => parseFastaText('>a\nMK', { maxRecordLength: 0 }), RangeError);
    assert.throws(() => parseFastaText('>a\nMK', { maxBytes: Number.NaN }), RangeError);
    const textStream = ['>a\nMK'] as unknown as Uint8Array[];
    await assert.rejects(readFasta(textStream), /without an encoding/);
  });

  it('closes the source when the consumer leaves, or the file is refused', async () => {
    let closed = 0;
    async function* source(text: string) {
      try {
        for (;;) {
          yield new TextEncoder().encode(text);
        }
      } finally {
        closed++;
      }
    }
    for await (const event of parseFasta(source('>a\nMKV\n'.repeat(1000)))) {
      assert.equal(event.type, 'record');
      break;
    }
    assert.equal(closed, 1);
    await readFasta(source('>a\nMKV\n'), { maxBytes: 10_000 });
    assert.equal(closed, 2);
  });

  it('passes on what the source throws, once', async () => {
    async function* source() {
      yield new TextEncoder().encode('>a\nMKV\n>b\n');
      throw new Error('the disk is gone');
    }
    const events = parseFasta(source(), {});
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const event of events) {
        seen.push(event.type);
      }
    }, /the disk is gone/);
    assert.deepEqual(seen, []);
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });

  it('keeps the order when nobody waits', async () => {
    const bytes = new TextEncoder().encode(Array.from({ length: 500 }, (_, index) => `>p${index}\nMKV\n`).join(''));
    const events = parseFasta([bytes.subarray(0, 3000), bytes.subarray(3000)]);
    const results = await Promise.all(Array.from({ length: 503 }, () => events.next()));
    const ids = results.map(({ value }) => (value?.type === 'record' ? value.record.id : value?.type));
    assert.deepEqual(ids, [...Array.from({ length: 500 }, (_, index) => `p${index}`), 'end', undefined, undefined]);
  });
});
