import { headerId } from './header.ts';
import type { FastaRecord } from './types.ts';

/** What it takes to write a record. */
export type FormattableRecord = Pick<FastaRecord, 'id' | 'sequence'> & Partial<Pick<FastaRecord, 'headerText'>>;

/** Residues a line, as UniProt and NCBI (60–80) write. */
export const DEFAULT_WIDTH = 60;

const KEPT_CONTROLS: ReadonlySet<string> = new Set(['\t', '\u0001']);

/**
 * Writes one record in the normal form: `>id description`, then upper-case sequence in lines of `width`, each ended by
 * LF. Parsing it gives the same id, description and sequence again.
 *
 * @param width residues a line; `Infinity` for one line
 * @throws RangeError when `width` is no positive integer or Infinity
 */
export function formatFasta(record: FormattableRecord, width: number = DEFAULT_WIDTH): string {
  if (!(width === Infinity || (Number.isInteger(width) && width > 0))) {
    throw new RangeError(`The line width must be a positive whole number, not ${width}.`);
  }
  const lines = [`>${headerLine(record)}`];
  for (let start = 0; start < record.sequence.length; start += width) {
    lines.push(record.sequence.slice(start, start + width).toUpperCase());
  }
  return `${lines.join('\n')}\n`;
}

/** The id, then what the header says besides its own id: a chain of a complex and a nameless record have another id. */
function headerLine({ id, headerText = '' }: FormattableRecord): string {
  const rest = headerText.slice(headerId(headerText).length);
  // A line break in a header would end it; tab and ^A (NCBI's separator) have a meaning.
  return `${id}${rest}`.replace(/[\p{Cc}\u2028\u2029]/gu, (sign) => (KEPT_CONTROLS.has(sign) ? sign : ' ')).trim();
}

const MAX_NAME = 64;
const FALLBACK_NAME = 'sequence';
/** Names that Windows keeps for devices, with or without an extension. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * A name for a file, folder or job made of an id: letters, digits, `.`, `_` and `-`, at most 64, never hidden, never an
 * option, never a device. Different ids may give the same name: see `safeNames`.
 */
export function safeName(id: string): string {
  const plain = id
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(0, MAX_NAME)
    .replace(/^[._-]+|[._-]+$/g, '');
  if (plain === '') {
    return FALLBACK_NAME;
  }
  return DEVICE_NAME.test(plain) ? `_${plain}`.slice(0, MAX_NAME) : plain;
}

/** Safe names that differ even where letter case does not count: `x`, `x-2`, `x-3` … */
export function safeNames(ids: readonly string[]): string[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return ids.map((id) => {
    const base = safeName(id);
    const key = base.toLowerCase();
    let name = base;
    for (let number = next.get(key) ?? 2; taken.has(name.toLowerCase()); number++) {
      const suffix = `-${number}`;
      name = base.slice(0, MAX_NAME - suffix.length) + suffix;
      next.set(key, number + 1);
    }
    taken.add(name.toLowerCase());
    return name;
  });
}
