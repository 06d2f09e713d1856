import assert from 'node:assert/strict';
import { UNUSUAL_RESIDUES } from '../../backend/api/fasta/alphabet.ts';
import { checkTarget } from '../../backend/api/fasta/checkTarget.ts';
import * as explain from '../../backend/api/fasta/explain.ts';
import { parseFastaBytes, parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import { memoryVerdict } from '../../backend/api/gpuMemory.ts';
import { chineseSentences } from '../support/chineseSentences.ts';
import { MUTATIONS, malformedFasta } from '../support/malformedFasta.ts';

const { chinese, assertTold } = chineseSentences();

describe('Chinese sentences about FASTA', () => {
  it('are there for everything that the parser explains', () => {
    const all: explain.Explanation[] = [
      explain.emptyFile(),
      explain.notFasta('import x'),
      explain.binaryFile(),
      explain.wrongEncoding('UTF-16'),
      explain.gzipTruncated(),
      explain.gzipDamaged('the CRC-32 of the decompressed data is wrong'),
      explain.gzipBomb(200),
      explain.fileTooLarge(1_000_000),
      explain.tooManyRecords(10_000),
      explain.noHeader('x'),
      explain.noId('sequence_1'),
      explain.duplicateId('x', 12),
      explain.duplicateCheckLimited(250_000),
      explain.headerTooLong(65_536),
      explain.emptyRecord('x'),
      explain.emptyChain(),
      ...['$', '\u0001', '\u0410', '\u4e2d', '\ufffd', '>', '?', '/', '#'].map((sign) =>
        explain.illegalLetter(sign, 1),
      ),
      explain.illegalLetter('$%', 2),
      explain.illegalLetter('$%$%$%$%$%$%', 40),
      explain.invisibleCharacter('\u200b'),
      explain.alignmentGap('-'),
      explain.internalStop(),
      explain.recordTooLong('x', 100_000),
      explain.nucleotideSequence('x', 'DNA'),
      ...Object.keys(UNUSUAL_RESIDUES).flatMap((letter) =>
        [1, 2].map((count) => explain.unusualResidue(letter, count)),
      ),
      explain.lowerCase(),
      explain.positionNumbers(),
      explain.chainSeparator('x'),
    ];
    assert.deepEqual(
      Object.keys(explain).filter((name) => !/^(plural|shortName|wrongFormat)$/.test(name)).length,
      new Set(all.map(({ code }) => code)).size,
      'every function that explains is called here',
    );
    for (const { message, remedy } of all) {
      assertTold(message);
      assertTold(remedy);
    }
  });

  it('are there for everything that is found in damaged files', () => {
    for (const kind of Object.keys(MUTATIONS)) {
      for (let seed = 1; seed <= 10; seed++) {
        const { bytes, options } = malformedFasta(kind, seed);
        for (const { message, remedy } of parseFastaBytes(bytes, options).problems) {
          assertTold(message);
          assertTold(remedy);
        }
      }
    }
  });

  it('are there for what an engine does not take', () => {
    const record = (name: string, length: number, letter = 'L') => `>${name}\n${letter.repeat(length)}\n`;
    const texts = [
      record('short', 1),
      record('long', 6000),
      record('unknown', 100, 'X'),
      record('one', 100),
      record('a', 3000) + record('b', 3000),
      '>complex\nLLLLLLLLLLLLLLLLLLLL:LLLLLLLLLLLLLLLLLLLL\n',
      Array.from({ length: 70 }, (_, index) => record(`c${index}`, 20)).join(''),
      Array.from({ length: 1001 }, (_, index) => record(`c${index}`, 20)).join(''),
      '',
    ];
    const codes = new Set<string>();
    for (const text of texts) {
      const { records } = parseFastaText(text);
      for (const engine of ['homology', 'alphafold2'] as const) {
        for (const mode of ['monomer', 'multimer'] as const) {
          for (const { message, remedy, code } of checkTarget(records, { engine, mode })) {
            codes.add(code);
            assertTold(message);
            assertTold(remedy);
          }
        }
      }
    }
    assert.equal(codes.size, 11, [...codes].join());
    const { reason, remedy } = memoryVerdict(2000, 1, { name: 'low', gpuModel: 'V100' });
    assertTold(reason);
    assertTold(remedy ?? '');
  });

  it('keep what differs from case to case', () => {
    assert.equal(
      chinese.translate(explain.duplicateId('my protein', 12).message),
      '名称“my protein”已在第 12 行使用。',
    );
    assert.match(
      chinese.translate(explain.unusualResidue('U', 3).message) ?? '',
      /^U（在此链中出现 3 次）表示硒代半胱氨酸/,
    );
    assert.equal(chinese.translate('Something that nobody says.'), undefined);
  });
});
