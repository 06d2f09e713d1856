import { decodeUtf8 } from './bytes.ts';
import { binaryFile, type Explanation, notFasta, wrongEncoding, wrongFormat } from './explain.ts';

/** How many bytes of text decide what a file is. */
export const SNIFF_BYTES = 4096;

/** What a file is when it is not FASTA, and where that shows. */
export interface SniffedProblem {
  readonly explanation: Explanation;
  readonly line: number;
  readonly column: number;
}

interface Format {
  readonly name: string;
  readonly remedy: string;
}

interface BinaryFormat extends Format {
  readonly magic: readonly number[];
}

interface TextFormat extends Format {
  readonly pattern: RegExp;
}

const DECOMPRESS = 'Decompress it first; Foldpad reads plain FASTA and gzip.';
const EXPORT = 'Save the sequence as plain text, or copy it into a new file that ends in .fasta.';

const BINARY_FORMATS: readonly BinaryFormat[] = [
  { magic: [0x50, 0x4b, 3, 4], name: 'a Word document, spreadsheet or zip archive', remedy: EXPORT },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Word or Excel document', remedy: EXPORT },
  { magic: ascii('%PDF'), name: 'a PDF document', remedy: EXPORT },
  { magic: ascii('BZh'), name: 'a bzip2 archive', remedy: DECOMPRESS },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'an xz archive', remedy: DECOMPRESS },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'a zstd archive', remedy: DECOMPRESS },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], name: 'a 7-Zip archive', remedy: DECOMPRESS },
  { magic: ascii('Rar!'), name: 'a RAR archive', remedy: DECOMPRESS },
  { magic: [0x1f, 0x8b], name: 'gzip inside gzip', remedy: DECOMPRESS },
  { magic: [0x89, 0x50, 0x4e, 0x47], name: 'a PNG picture', remedy: EXPORT },
  { magic: [0xff, 0xd8, 0xff], name: 'a JPEG picture', remedy: EXPORT },
];

const CONTROL: ReadonlySet<number> = new Set(
  Array.from({ length: 32 }, (_, byte) => byte).filter((byte) => ![1, 9, 10, 11, 12, 13, 0x1a].includes(byte)),
);

const STRUCTURE =
  'It already holds a structure: open it in the viewer, or take its sequence as FASTA from the RCSB page of the entry.';
const UNALIGN = 'Export the sequences without gaps as FASTA, and keep only those that you want to predict.';
const CONVERT = 'Export the protein as FASTA from the page or program that it came from.';

/** Tried in turn on the first line that is not blank; `^` and `$` are the ends of that line, `s` shows the rest too. */
const TEXT_FORMATS: readonly TextFormat[] = [
  {
    pattern: /^(?:HEADER|OBSLTE|TITLE |COMPND|SOURCE|REMARK|EXPDTA|CRYST1|MODEL |ATOM {2}|HETATM|SEQRES|PARENT)[ \d]/,
    name: 'a PDB structure file',
    remedy: STRUCTURE,
  },
  { pattern: /^\{\\rtf/, name: 'a rich-text (RTF) document', remedy: EXPORT },
  { pattern: /^data_\S*\s+(?:#|_|loop_)/s, name: 'an mmCIF structure file', remedy: STRUCTURE },
  {
    pattern: /^@\S[^\n]*\n[A-Za-z.*-]+\s*\n\+/s,
    name: 'FASTQ (sequencing reads with qualities)',
    remedy: 'Foldpad predicts proteins: translate the gene that you are interested in and save it as FASTA.',
  },
  {
    pattern: /^<(?:!doctype|html|head|body|\?xml|\w+[ >/])/i,
    name: 'a web page or XML',
    remedy: 'Download the FASTA text itself: use the download link of the page rather than saving the page.',
  },
  { pattern: /^LOCUS {2,}\S/, name: 'a GenBank record', remedy: CONVERT },
  { pattern: /^ID {3}\S/, name: 'a UniProt or EMBL flat file', remedy: CONVERT },
  { pattern: /^# STOCKHOLM/, name: 'a Stockholm alignment', remedy: UNALIGN },
  {
    pattern: /^(?:CLUSTAL|MUSCLE \(|PileUp|!!AA_MULTIPLE)/,
    name: 'an alignment (Clustal, MUSCLE or MSF)',
    remedy: UNALIGN,
  },
  { pattern: /^#NEXUS/i, name: 'a NEXUS alignment', remedy: UNALIGN },
  { pattern: /^#\d+(?:,\d+)*\t\d+/, name: 'an a3m alignment', remedy: UNALIGN },
  { pattern: /^\d+[ \t]+\d+\s*\n/s, name: 'a PHYLIP alignment', remedy: UNALIGN },
  { pattern: /^(?:HMMER3\/|HHsearch |HH[a-z]* \d)/, name: 'a profile HMM', remedy: CONVERT },
  {
    pattern: /^version https:\/\/git-lfs/,
    name: 'a Git LFS pointer',
    remedy: 'Fetch the file itself with "git lfs pull".',
  },
  { pattern: /^\{\s*(?:"|\n|\})/s, name: 'JSON', remedy: CONVERT },
  { pattern: /^##(?:gff|gtf|fileformat=VCF)/i, name: 'an annotation or variant file', remedy: CONVERT },
];

/**
 * Judges the first bytes of a file (after decompression, byte order mark still on).
 *
 * @param bytes up to `SNIFF_BYTES` of the start
 * @returns what speaks against FASTA, or undefined to parse on
 */
export function sniff(bytes: Uint8Array): SniffedProblem | undefined {
  const explanation = sniffBytes(bytes);
  return explanation === undefined ? sniffText(decodeUtf8(bytes)) : { explanation, line: 1, column: 1 };
}

function sniffBytes(bytes: Uint8Array): Explanation | undefined {
  const encoding = unicodeEncoding(bytes);
  if (encoding !== undefined) {
    return wrongEncoding(encoding);
  }
  const format = BINARY_FORMATS.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (format !== undefined) {
    return wrongFormat(format.name, format.remedy);
  }
  // Text has next to no control characters; ^A parts NCBI headers, ^Z ends DOS files. A few are typing accidents, which
  // the parser reports where they stand.
  const control = bytes.reduce((sum, byte) => sum + (CONTROL.has(byte) ? 1 : 0), 0);
  return control > Math.max(3, bytes.length / 20) ? binaryFile() : undefined;
}

/** UTF-16 and UTF-32 by their byte order marks; UTF-16 without one by its zeros in every second byte. */
function unicodeEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) {
    return third === 0 && fourth === 0 ? 'UTF-32' : 'UTF-16';
  }
  if (first === 0xfe && second === 0xff) {
    return 'UTF-16';
  }
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) {
    return 'UTF-32';
  }
  const zeros = [0, 0];
  bytes.forEach((byte, index) => {
    zeros[index & 1] = (zeros[index & 1] ?? 0) + (byte === 0 ? 1 : 0);
  });
  const half = bytes.length / 2;
  const [even = 0, odd = 0] = zeros;
  return bytes.length >= 4 && Math.max(even, odd) > half * 0.8 && Math.min(even, odd) === 0 ? 'UTF-16' : undefined;
}

function sniffText(text: string): SniffedProblem | undefined {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const index = lines.findIndex((line) => line.trim() !== '' && !line.startsWith(';'));
  const first = lines[index];
  if (first === undefined || first.trimStart().startsWith('>')) {
    return undefined;
  }
  const place = { line: index + 1, column: first.length - first.trimStart().length + 1 };
  const start = lines.slice(index).join('\n').trimStart();
  const format = TEXT_FORMATS.find(({ pattern }) => pattern.test(start));
  if (format !== undefined) {
    return { explanation: wrongFormat(format.name, format.remedy), ...place };
  }
  // A bare sequence may have a wrong letter or two; prose, code and tables have many.
  const strange = first.replace(/[A-Za-z\s\d*:.~\-\u0080-\u{10ffff}]/gu, '').length;
  const digits = first.replace(/\D/g, '').length;
  const letters = first.replace(/[^A-Za-z\u0080-\u{10ffff}]/gu, '').length;
  if ((strange >= 3 && strange > letters / 6) || (letters === 0 && digits > 0)) {
    const shown = first.trim();
    return { explanation: notFasta(shown.length > 40 ? `${shown.slice(0, 39)}…` : shown), ...place };
  }
  return undefined;
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
