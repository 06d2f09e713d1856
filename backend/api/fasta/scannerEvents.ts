import type { Explanation } from './explain.ts';

/** What the scanner tells about a file; the parser makes records and problems of it. */
export interface ScannerEvents {
  /** A whole header line, without `>`. `column` is that of the `>`. */
  header(text: string, line: number, column: number, cut: boolean): void;
  /** Sequence stands before any header: open a record. */
  headerless(line: number, column: number): void;
  /** A `:` between chains. */
  separator(line: number, column: number): void;
  problem(explanation: Explanation, line: number, column: number, endColumn: number): void;
}
