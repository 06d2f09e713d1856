import { lookalikeOf, UNUSUAL_RESIDUES } from './alphabet.ts';
import type { FastaProblem } from './types.ts';

/** What is wrong and what to do, before it has a place. */
export type Explanation = Pick<FastaProblem, 'code' | 'severity' | 'message' | 'remedy'>;

type Code = FastaProblem['code'];

function error(code: Code, message: string, remedy: string): Explanation {
  return { code, severity: 'error', message, remedy };
}

function warning(code: Code, message: string, remedy: string): Explanation {
  return { code, severity: 'warning', message, remedy };
}

function info(code: Code, message: string, remedy: string): Explanation {
  return { code, severity: 'info', message, remedy };
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Names longer than this are cut in messages; the full name is in `recordId`. */
const SHOWN_ID = 60;

export function shortName(id: string): string {
  return id.length <= SHOWN_ID ? id : `${id.slice(0, SHOWN_ID - 1)}…`;
}

// The file as a whole

export function emptyFile(): Explanation {
  return error(
    'empty-file',
    'The file holds no sequence.',
    'Paste a protein sequence in FASTA format: a line with ">" and a name, then lines of one-letter amino acid codes.',
  );
}

export function notFasta(start: string): Explanation {
  return error(
    'not-fasta',
    `This does not look like FASTA: the first line is "${start}".`,
    'A FASTA file starts with ">" and a name; the lines after it hold the sequence in one-letter amino acid codes.',
  );
}

export function wrongFormat(format: string, remedy: string): Explanation {
  return error('wrong-format', `This is ${format}, not FASTA.`, remedy);
}

export function binaryFile(): Explanation {
  return error(
    'binary-file',
    'This is a binary file, not text.',
    'Choose the text file that holds the sequence, or export the sequence as FASTA from the program that made this one.',
  );
}

export function wrongEncoding(encoding: string): Explanation {
  return error(
    'encoding',
    `The file is encoded as ${encoding}, not as UTF-8 or plain ASCII.`,
    'Save it again as UTF-8 (in VS Code: click the encoding in the status bar, then Save with Encoding).',
  );
}

export function gzipTruncated(): Explanation {
  return error(
    'gzip-truncated',
    'The compressed file ends too early, so the sequences after this line are missing.',
    'Download or copy the file again; the last attempt was interrupted. "gzip -t FILE" tells when it is whole.',
  );
}

export function gzipDamaged(reason: string): Explanation {
  return error(
    'gzip-damaged',
    `The compressed file is damaged: ${reason}.`,
    'Download or copy the file again, in binary mode, and test it with "gzip -t FILE".',
  );
}

export function gzipBomb(ratio: number): Explanation {
  return error(
    'gzip-bomb',
    `The file decompresses to more than ${ratio} times its size, which no set of protein sequences does.`,
    'If you trust the file, decompress it first and submit the FASTA text itself.',
  );
}

export function fileTooLarge(maxBytes: number): Explanation {
  return error(
    'file-too-large',
    `The file holds more than ${plural(maxBytes, 'byte')} of text.`,
    'Split it, or keep only the sequences that you want to predict.',
  );
}

export function tooManyRecords(max: number): Explanation {
  return error(
    'too-many-records',
    `The file holds more than ${plural(max, 'record')}.`,
    'Split it into smaller files, or keep only the sequences that you want to predict.',
  );
}

// Headers and ids

export function noHeader(name: string): Explanation {
  return warning(
    'no-header',
    `The sequence has no header line; it is called "${shortName(name)}".`,
    `Put a line like ">${shortName(name)}" above it.`,
  );
}

export function noId(name: string): Explanation {
  return warning(
    'no-id',
    `The header has no name; the record is called "${name}".`,
    'Write a name directly after the ">".',
  );
}

export function duplicateId(id: string, firstLine: number): Explanation {
  return error(
    'duplicate-id',
    `The name "${shortName(id)}" was already used on line ${firstLine}.`,
    'Give every record a name of its own, also equal chains of a complex (for example by adding _1, _2), or delete the repeated record.',
  );
}

export function duplicateCheckLimited(max: number): Explanation {
  return info(
    'duplicate-check-limited',
    `Only the first ${plural(max, 'name')} were checked for repetition.`,
    'Nothing to do unless you mean to predict so many; then split the file.',
  );
}

export function headerTooLong(max: number): Explanation {
  return warning(
    'header-too-long',
    `The header is longer than ${plural(max, 'byte')} and was cut.`,
    'Shorten it to a name and a description; check that the sequence starts on a line of its own.',
  );
}

// Sequences

export function emptyRecord(id: string): Explanation {
  return error(
    'empty-record',
    `Record "${shortName(id)}" has no sequence.`,
    'Add the sequence below the header, or delete the header.',
  );
}

export function emptyChain(): Explanation {
  return error(
    'empty-chain',
    'A ":" parts two chains, but on one side of it there is no sequence.',
    'Delete the ":", or write the missing chain.',
  );
}

/** @param text the run of characters, perhaps cut; @param count how many there are */
export function illegalLetter(text: string, count: number): Explanation {
  const first = Array.from(text)[0] ?? '';
  const more = count > Array.from(text).length ? '…' : '';
  const what =
    count === 1
      ? `${named(first)} is not an amino acid letter`
      : `"${printable(text)}${more}" are not amino acid letters`;
  return error('illegal-letter', `${what}.`, illegalRemedy(first));
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
    return `The control character ${point}`;
  }
  if (character === '\ufffd') {
    return 'A byte that is not UTF-8 text';
  }
  const like = lookalikeOf(character);
  if (like !== undefined) {
    return `"${character}" (${point}, which only looks like "${like}")`;
  }
  return code < 0x80 ? `"${character}"` : `"${character}" (${point})`;
}

/** Control characters as their Unicode pictures, so that a message stays one clean line. */
function printable(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '␡' : character;
  }).join('');
}

function illegalRemedy(character: string): string {
  const like = lookalikeOf(character);
  if (like !== undefined) {
    return `Type a plain "${like}" in its place.`;
  }
  switch (character) {
    case '>':
      return 'A header must stand on a line of its own: break the line before the ">".';
    case '?':
      return 'Write the true residue, or X where it is unknown.';
    case '/':
    case '|':
    case '+':
      return 'To join the chains of a complex write ":" between them, or give each chain a record of its own.';
    case '#':
    case ';':
      return 'Delete it; a comment must start its line with ";".';
    default:
      return 'Delete it, or write the residue that was meant; allowed are the letters A to Z, of which ACDEFGHIKLMNPQRSTVWY are amino acids.';
  }
}

export function invisibleCharacter(character: string): Explanation {
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return warning(
    'invisible-character',
    `An invisible character (U+${point}) stands here; it is ignored.`,
    'Delete it; such characters come from word processors and web pages.',
  );
}

export function alignmentGap(gap: string): Explanation {
  return error(
    'alignment-gap',
    `"${gap}" marks a gap, so this looks like an alignment and not like a single sequence.`,
    'Use the unaligned sequence: delete all gap signs ("-", "." and "~").',
  );
}

export function internalStop(): Explanation {
  return error(
    'internal-stop',
    'A stop ("*") stands inside the sequence; only at its end it is allowed.',
    'Check the reading frame of the translation, or keep only the part before the stop.',
  );
}

export function recordTooLong(id: string, max: number): Explanation {
  return error(
    'record-too-long',
    `Record "${shortName(id)}" is longer than ${plural(max, 'residue')}.`,
    'Predict its domains one by one, each as a record of its own.',
  );
}

export function nucleotideSequence(id: string, kind: 'DNA' | 'RNA'): Explanation {
  return error(
    'nucleotide-sequence',
    `Record "${shortName(id)}" is ${kind} by its letters, not a protein.`,
    'Translate the coding sequence to protein first (for example with EMBOSS transeq or ExPASy Translate).',
  );
}

export function unusualResidue(letter: string, count: number): Explanation {
  const known = UNUSUAL_RESIDUES[letter];
  const times = count === 1 ? '' : ` (${plural(count, 'time')} in this chain)`;
  return warning(
    'unusual-residue',
    `${letter}${times} stands for ${known?.name ?? 'no residue'}, for which engines know no structure: they leave it out or cannot relax the model.`,
    `Write ${known?.instead ?? 'one of the 20 standard residues'}.`,
  );
}

export function lowerCase(): Explanation {
  return info(
    'lower-case',
    'Lower-case letters are read as upper case; masking of low-complexity regions is ignored.',
    'Nothing to do.',
  );
}

export function positionNumbers(): Explanation {
  return info(
    'position-numbers',
    'Numbers beside the sequence are taken for residue positions (as GenBank writes them) and ignored.',
    'Nothing to do, unless a number was typed in place of a residue.',
  );
}

export function chainSeparator(id: string): Explanation {
  return info(
    'chain-separator',
    `":" parts the chains of one complex (as ColabFold writes it); they are read as "${shortName(id)}_1", "${shortName(id)}_2" and so on.`,
    'Predict them together as a multimer, or one by one as monomers.',
  );
}
