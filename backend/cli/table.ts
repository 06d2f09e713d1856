import { stripVTControlCharacters } from 'node:util';

/** Places on a terminal that a text takes; good enough for Latin, Greek and colours. */
function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Aligns columns by blanks; the last one is left as it is. Lines have no blanks at their end. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...rows.map((row) => width(row[i] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat(i === row.length - 1 ? 0 : (widths[i] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** A text on one line, shortened to so many places. */
export function shorten(text: string, places: number): string {
  const letters = [...text.replace(/\s+/g, ' ')];
  return letters.length <= places ? letters.join('') : `${letters.slice(0, places - 1).join('')}…`;
}
