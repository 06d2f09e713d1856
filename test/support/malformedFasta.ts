import { gzipSync } from 'node:zlib';
import type { FastaParseOptions, FastaProblemCode } from '../../backend/api/fasta/types.ts';

/** A damaged file and the answer that it must get. */
export interface MalformedFile {
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** One of these codes must be reported … */
  readonly codes: readonly FastaProblemCode[];
  /** … on this line, where the damage has one. */
  readonly line?: number;
  readonly options?: FastaParseOptions;
}

/** Random numbers from a seed, so that a failure can be repeated (mulberry32). */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

/** A sound file that a mutation damages. Lines are those of the file; `sequenceLines` are their indices. */
interface SoundFile {
  readonly lines: string[];
  readonly sequenceLines: readonly number[];
  readonly headerLines: readonly number[];
  readonly random: SeededRandom;
}

type Damage = Omit<MalformedFile, 'kind' | 'bytes'> & { readonly content: Uint8Array | string };
type Mutation = (file: SoundFile) => Damage;

const RESIDUES = Array.from('ACDEFGHIKLMNPQRSTVWY');

function soundFile(random: SeededRandom): SoundFile {
  const lines: string[] = [];
  const sequenceLines: number[] = [];
  const headerLines: number[] = [];
  const width = 20 + random.below(60);
  for (let record = 0; record <= random.below(4); record++) {
    headerLines.push(lines.length);
    lines.push(`>protein${record} number ${random.below(1000)}`);
    for (let left = 40 + random.below(200); left > 0; left -= width) {
      sequenceLines.push(lines.length);
      // Starts with L, so that no record is DNA by chance.
      lines.push(`L${Array.from({ length: Math.min(width, left) }, () => random.pick(RESIDUES)).join('')}`);
    }
  }
  return { lines, sequenceLines, headerLines, random };
}

const joined = (lines: readonly string[], random: SeededRandom) =>
  lines.join(random.pick(['\n', '\r\n', '\r'])) + random.pick(['', '\n']);

/** Puts `text` somewhere inside a line of sequence. */
function insert(text: string, code: FastaProblemCode): Mutation {
  return ({ lines, sequenceLines, random }) => {
    const index = random.pick(sequenceLines);
    const line = lines[index] ?? '';
    // Neither first (`>`, `;` and numbers may stand there) nor last (`*` and numbers may).
    const at = 1 + random.below(line.length - 1);
    lines[index] = line.slice(0, at) + text + line.slice(at);
    return { content: joined(lines, random), codes: [code], line: index + 1 };
  };
}

/** Replaces the whole file. */
function instead(content: string | Uint8Array | readonly number[], ...codes: FastaProblemCode[]): Mutation {
  const bytes = typeof content === 'string' ? content : Uint8Array.from(content);
  return ({ random }) => {
    const blank = typeof bytes === 'string' ? '\n'.repeat(random.below(3)) : '';
    return typeof bytes === 'string'
      ? { content: blank + bytes, codes, line: blank.length + 1 }
      : { content: bytes, codes, line: 1 };
  };
}

/** Encodes a sound file, or packs it. */
function packed(pack: (text: string, random: SeededRandom) => Uint8Array, ...codes: FastaProblemCode[]): Mutation {
  return ({ lines, random }) => ({ content: pack(joined(lines, random), random), codes });
}

/** Adds lines behind a record, and damages line `at` of them. */
function append(added: readonly string[], at: number, ...codes: FastaProblemCode[]): Mutation {
  return ({ lines, random }) => {
    const line = lines.length + at + 1;
    lines.push(...added);
    return { content: joined(lines, random), codes, line };
  };
}

function limited(options: FastaParseOptions, code: FastaProblemCode): Mutation {
  return ({ lines, random }) => ({ content: joined(lines, random), codes: [code], options });
}

function utf16(text: string, bigEndian: boolean, mark: boolean): Uint8Array {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

function utf32(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le').filter((_, index) => index % 2 === 0)).reduce(
    (bytes, byte, index) => {
      bytes[index * 4] = byte;
      return bytes;
    },
    Uint8Array.from([0xff, 0xfe, 0, 0, ...new Uint8Array(text.length * 4)]),
  );
}

function insertByte(byte: number): Mutation {
  return ({ lines, sequenceLines, random }) => {
    const index = random.pick(sequenceLines);
    const before = Buffer.from(`${lines.slice(0, index).join('\n')}\n${(lines[index] ?? '').slice(0, 9)}`);
    const after = Buffer.from(`${(lines[index] ?? '').slice(9)}\n${lines.slice(index + 1).join('\n')}`);
    return { content: Buffer.concat([before, Buffer.of(byte), after]), codes: ['illegal-letter'], line: index + 1 };
  };
}

const REPEATED: Mutation = ({ lines, headerLines, random }) => {
  const line = lines.length + 1;
  lines.push(lines[random.pick(headerLines)] ?? '', 'LMKVLLTAAKQ');
  return { content: joined(lines, random), codes: ['duplicate-id'], line };
};

const GLUED_HEADER: Mutation = ({ lines, sequenceLines, random }) => {
  const index = random.pick(sequenceLines);
  lines[index] += '>next protein';
  return { content: joined(lines, random), codes: ['illegal-letter'], line: index + 1 };
};

const EMPTY_RECORD: Mutation = ({ lines, headerLines, random }) => {
  const index = random.pick(headerLines);
  lines.splice(index, 0, '>empty');
  return { content: joined(lines, random), codes: ['empty-record'], line: index + 1 };
};

const NO_HEADER: Mutation = ({ lines, random }) => {
  lines.shift();
  return { content: joined(lines, random), codes: ['no-header'], line: 1 };
};

const DAMAGED_GZIP = packed(
  (text, random) => {
    const bytes = gzipSync(text);
    const at = 10 + random.below(bytes.length - 14);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  'gzip-damaged',
  'gzip-truncated',
);

const TRUNCATED_GZIP = packed((text, random) => {
  const bytes = gzipSync(text, { level: random.below(10) });
  return bytes.subarray(0, 3 + random.below(bytes.length - 3));
}, 'gzip-truncated');

const BOMB = gzipSync(Buffer.concat([Buffer.from('>bomb\n'), Buffer.alloc(20_000_000, 'L')]));

const NUCLEOTIDES = 'ATGGTGCATCTGACTCCTGAGGAGAAGTCTGCCGTTACTGCC';

/** Every way of damaging that the generator knows, by name. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'empty file': () => ({ content: '', codes: ['empty-file'], line: 1 }),
  'only blanks': () => ({ content: ' \n\t\r\n\n', codes: ['empty-file'], line: 1 }),
  'only comments': () => ({ content: '; nothing\n;here\n', codes: ['empty-file'], line: 1 }),
  'only a header': instead('>lonely\n', 'empty-record'),
  'empty record': EMPTY_RECORD,
  'empty last record': append(['>last'], 0, 'empty-record'),
  'only a stop': append(['>stop', '*'], 0, 'empty-record'),
  'nameless header': append(['>', 'LMKV'], 0, 'no-id'),
  'no header': NO_HEADER,
  'repeated name': REPEATED,
  'header glued to sequence': GLUED_HEADER,
  'very long header': append([`>long ${'x'.repeat(70_000)}`, 'LMKV'], 0, 'header-too-long'),
  'at sign': insert('@', 'illegal-letter'),
  'question mark': insert('?', 'illegal-letter'),
  underscore: insert('_', 'illegal-letter'),
  'slash between chains': insert('/', 'illegal-letter'),
  'hash sign': insert('#', 'illegal-letter'),
  'comment in a line': insert(';note', 'illegal-letter'),
  brackets: insert('[]', 'illegal-letter'),
  quotes: insert('“M”', 'illegal-letter'),
  'digit for a letter': insert('1', 'illegal-letter'),
  'number glued to a line': append(['>glued', '61LMKV'], 1, 'illegal-letter'),
  'Cyrillic letter': insert('М', 'illegal-letter'),
  'Greek letter': insert('Α', 'illegal-letter'),
  'full-width letter': insert('Ｍ', 'illegal-letter'),
  accent: insert('é', 'illegal-letter'),
  emoji: insert('😀', 'illegal-letter'),
  'replacement character': insert('\ufffd', 'illegal-letter'),
  'Latin-1 byte': insertByte(0xe9),
  'stray continuation byte': insertByte(0x80),
  'control character': insertByte(7),
  'NUL byte': insertByte(0),
  'no-break space': insert('\u00a0', 'invisible-character'),
  'zero-width space': insert('\u200b', 'invisible-character'),
  'byte order mark inside': insert('\ufeff', 'invisible-character'),
  'DOS end of file': append(['\u001a'], 0, 'invisible-character'),
  'gap -': insert('-', 'alignment-gap'),
  'gap .': insert('...', 'alignment-gap'),
  'gap ~': insert('~', 'alignment-gap'),
  'en dash': insert('–', 'illegal-letter'),
  'stop inside': insert('*', 'internal-stop'),
  'stop before a line': append(['>stop', 'LMK*', 'LMK'], 1, 'internal-stop'),
  DNA: append(['>gene', NUCLEOTIDES, NUCLEOTIDES.toLowerCase()], 0, 'nucleotide-sequence'),
  RNA: append(['>message', NUCLEOTIDES.replaceAll('T', 'U')], 0, 'nucleotide-sequence'),
  'DNA with ambiguity': append(['>reads', `${NUCLEOTIDES}NNNRYK${NUCLEOTIDES}`], 0, 'nucleotide-sequence'),
  'unknown residue': insert('X', 'unusual-residue'),
  selenocysteine: insert('U', 'unusual-residue'),
  pyrrolysine: insert('o', 'unusual-residue'),
  'ambiguous B': insert('B', 'unusual-residue'),
  'ambiguous Z': insert('z', 'unusual-residue'),
  'ambiguous J': insert('J', 'unusual-residue'),
  'chain missing first': append(['>complex', ':LMKV'], 1, 'empty-chain'),
  'chain missing last': append(['>complex', 'LMKV:'], 1, 'empty-chain'),
  'chain missing between': append(['>complex', 'LMKV', ':', ':LMKV'], 3, 'empty-chain'),
  'UTF-16, little endian': packed((text) => utf16(text, false, true), 'encoding'),
  'UTF-16, big endian': packed((text) => utf16(text, true, true), 'encoding'),
  'UTF-16 without a mark': packed((text, random) => utf16(text, random.below(2) === 0, false), 'encoding'),
  'UTF-32': packed((text) => utf32(text), 'encoding'),
  'truncated gzip': TRUNCATED_GZIP,
  'damaged gzip': DAMAGED_GZIP,
  'rubbish behind gzip': packed((text) => Buffer.concat([gzipSync(text), Buffer.from('rubbish')]), 'gzip-damaged'),
  'gzip in gzip': packed((text) => gzipSync(gzipSync(text)), 'wrong-format'),
  'empty gzip': instead(gzipSync(''), 'empty-file'),
  'gzip of another format': instead(gzipSync('HEADER    OXYGEN STORAGE\n'), 'wrong-format'),
  bzip2: instead([0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 1, 2], 'wrong-format'),
  xz: instead([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4], 'wrong-format'),
  zstd: instead([0x28, 0xb5, 0x2f, 0xfd, 4, 0x88, 1, 0], 'wrong-format'),
  'Word document': instead([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0, 0, 0, 33, 0], 'wrong-format'),
  'old Word document': instead([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 'wrong-format'),
  PDF: instead(Buffer.from('%PDF-1.7\n%âãÏÓ\n'), 'wrong-format'),
  'rich text': instead('{\\rtf1\\ansi {\\fonttbl}}\n', 'wrong-format'),
  PNG: instead([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'wrong-format'),
  'random bytes': ({ random }) => ({
    content: Uint8Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? random.below(9) : random.below(256))),
    codes: ['binary-file', 'wrong-format', 'encoding'],
    line: 1,
  }),
  'PDB file': instead(
    'ATOM      1  N   VAL A   1      10.720  19.523   6.163  1.00 21.36           N\n',
    'wrong-format',
  ),
  'PDB header': instead('HEADER    OXYGEN TRANSPORT                        07-MAR-84   4HHB\n', 'wrong-format'),
  mmCIF: instead('data_4HHB\n#\n_entry.id   4HHB\n#\nloop_\n', 'wrong-format'),
  FASTQ: instead('@read1 lane 3\nACGTACGTAA\n+\nIIIIIIIIII\n', 'wrong-format'),
  HTML: instead('<!DOCTYPE html>\n<html><body>&gt;sp|P69905</body></html>\n', 'wrong-format'),
  XML: instead('<?xml version="1.0"?>\n<uniprot/>\n', 'wrong-format'),
  GenBank: instead('LOCUS       NP_000509                147 aa            linear   PRI\n', 'wrong-format'),
  'UniProt flat file': instead('ID   HBB_HUMAN               Reviewed;         147 AA.\n', 'wrong-format'),
  Stockholm: instead('# STOCKHOLM 1.0\nHBB  MVH--LTPEE\n//\n', 'wrong-format'),
  Clustal: instead('CLUSTAL W (1.83) multiple sequence alignment\n\nHBB  MVH--LTPEE\n', 'wrong-format'),
  a3m: instead('#146\t1\n>101\nMVHLTPEE\n>UniRef\nMV-LTPdeE\n', 'wrong-format'),
  NEXUS: instead('#NEXUS\nBegin data;\n', 'wrong-format'),
  PHYLIP: instead('3 146\nHBB MVHLTPEE\n', 'wrong-format'),
  'profile HMM': instead('HMMER3/f [3.3.2 | Nov 2020]\nNAME  globins4\n', 'wrong-format'),
  JSON: instead('{"name": "hemoglobin", "sequences": []}\n', 'wrong-format'),
  'Git LFS pointer': instead('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n', 'wrong-format'),
  table: instead('name,length,mass\nHBB,147,15998\n', 'illegal-letter'),
  'program text': instead('import os, sys; print(os.environ["HOME"] + "/x")\n', 'not-fasta'),
  numbers: instead('1.00 2.00 3.00\n', 'not-fasta'),
  'record over the limit': append(['>huge', 'L'.repeat(1000)], 0, 'record-too-long'),
  'too many records': limited({ maxRecords: 1 }, 'too-many-records'),
  'too many bytes': limited({ maxBytes: 40 }, 'file-too-large'),
  'gzip bomb': () => ({ content: BOMB, codes: ['gzip-bomb'], line: 2 }),
};

/** A million residues are kept of a record unless a mutation needs less. */
const OPTIONS: Readonly<Record<string, FastaParseOptions>> = {
  'record over the limit': { maxRecordLength: 900 },
};

/** One damaged file of the given kind, the same for the same seed. */
export function malformedFasta(kind: string, seed: number): MalformedFile {
  const random = new SeededRandom(seed);
  const mutation = MUTATIONS[kind];
  if (mutation === undefined) {
    throw new Error(`There is no mutation "${kind}".`);
  }
  const file = soundFile(random);
  if (kind === 'too many records') {
    file.lines.push('>one more', 'LMKV');
  }
  const { content, ...damage } = mutation(file);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const options = OPTIONS[kind];
  return { kind, bytes, ...(options === undefined ? {} : { options }), ...damage };
}
