import {
  isBlank,
  isDigit,
  isGap,
  isInvisible,
  LOWER_CASE_BIT,
  lowerCaseRun,
  STANDARD_CODE,
  UNUSUAL_CODE,
} from './alphabet.ts';
import { decodeUtf8, joinBytes } from './bytes.ts';
import * as explain from './explain.ts';
import { MAX_HEADER_BYTES } from './header.ts';
import { IllegalRun } from './illegalRun.ts';
import type { RecordBuilder } from './recordBuilder.ts';
import type { ScannerEvents } from './scannerEvents.ts';
import { WideCharacter } from './wideCharacter.ts';

const LF = 0x0a;
const CR = 0x0d;
const CONTROL_Z = 0x1a;
const STAR = 0x2a;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const GREATER = 0x3e;
const NO_BYTES = new Uint8Array(0);

/**
 * The byte-level state machine of FASTA. Text may be split anywhere, also inside CR LF or a character. Residues go
 * straight into the record builder; everything else becomes an event.
 */
export class FastaScanner {
  /** 1-based line of the next byte. */
  line = 1;
  private readonly record: RecordBuilder;
  private readonly events: ScannerEvents;
  private readonly illegal: IllegalRun;
  private mode: 'sequence' | 'header' | 'comment' = 'sequence';
  /** Column of the byte at index i of the piece in hand is i + shift. */
  private shift = 1;
  private afterCr = false;
  /** Nothing but blanks on this line so far: `>` and `;` still have their meaning. */
  private lineIsBlank = true;
  private previous: 'blank' | 'residue' | 'digit' = 'blank';
  /** A number that is a position if a blank follows, an error if a residue does. */
  private number: { readonly column: number; endColumn: number; text: string } | undefined;
  private stop: { readonly line: number; readonly column: number } | undefined;
  private readonly wide = new WideCharacter();
  private headerBytes: Uint8Array = NO_BYTES;
  private headerColumn = 1;
  private gapSeen = false;
  private lowerCaseSeen = false;
  private numbersSeen = false;

  constructor(record: RecordBuilder, events: ScannerEvents) {
    this.record = record;
    this.events = events;
    this.illegal = new IllegalRun(events.problem);
  }

  /** 1-based column of the next byte. */
  get column(): number {
    return this.shift;
  }

  /** Lines so far; a last line without a line end counts. */
  get lineCount(): number {
    return this.shift === 1 ? this.line - 1 : this.line;
  }

  write(bytes: Uint8Array): void {
    let index = 0;
    while (index < bytes.length) {
      index = this.mode === 'sequence' ? this.sequence(bytes, index) : this.restOfLine(bytes, index);
    }
    this.shift += bytes.length;
  }

  end(): void {
    if (this.wide.isOpen) {
      this.finishCharacter(0);
    }
    if (this.mode === 'header') {
      this.finishHeader(NO_BYTES);
    }
    this.finishLine();
  }

  private sequence(bytes: Uint8Array, index: number): number {
    const byte = bytes[index] as number;
    if (this.afterCr) {
      this.afterCr = false;
      if (byte === LF) {
        this.shift = -index;
        return index + 1;
      }
    }
    if (this.wide.isOpen) {
      return this.continueCharacter(byte, index);
    }
    if (STANDARD_CODE[byte] !== 0) {
      return this.residues(bytes, index);
    }
    if (byte === LF || byte === CR) {
      this.finishLine();
      this.line++;
      this.shift = -index;
      this.afterCr = byte === CR;
    } else if (isBlank(byte)) {
      this.acceptNumber();
      this.previous = 'blank';
    } else if (this.lineIsBlank && byte === GREATER) {
      this.mode = 'header';
      this.headerColumn = index + this.shift;
      this.headerBytes = NO_BYTES;
    } else if (this.lineIsBlank && byte === SEMICOLON) {
      this.mode = 'comment';
    } else if (byte >= 0x80) {
      if (this.wide.start(byte, index + this.shift)) {
        this.finishCharacter(index + 1);
      }
    } else {
      this.sign(byte, index + this.shift);
    }
    return index + 1;
  }

  /** A run of standard residues. */
  private residues(bytes: Uint8Array, start: number): number {
    const column = start + this.shift;
    this.beforeResidue(column);
    const end = this.record.append(bytes, start);
    this.record.mark(this.line, column, end + this.shift, end - start);
    if (this.record.sawLowerCase && !this.lowerCaseSeen) {
      const run = lowerCaseRun(bytes.subarray(start, end)) ?? { start: 0, end: 1 };
      this.reportLowerCase(column + run.start, column + run.end);
    }
    return end;
  }

  private reportLowerCase(column: number, endColumn: number): void {
    this.lowerCaseSeen = true;
    this.report(explain.lowerCase(), column, endColumn);
  }

  private beforeResidue(column: number): void {
    this.beforeContent(column);
    if (this.stop !== undefined) {
      const { line, column: at } = this.stop;
      this.stop = undefined;
      this.illegal.flush();
      this.events.problem(explain.internalStop(), line, at, at + 1);
    }
  }

  /** Before a residue, stop, gap or separator. */
  private beforeContent(column: number): void {
    this.refuseNumber();
    this.lineIsBlank = false;
    this.previous = 'residue';
    if (!this.record.isOpen) {
      this.illegal.flush();
      this.events.headerless(this.line, column);
    }
  }

  /** An ASCII character that is no standard residue, blank, header or comment. */
  private sign(byte: number, column: number): void {
    const unusual = UNUSUAL_CODE[byte] as number;
    if (unusual !== 0) {
      this.beforeResidue(column);
      this.record.addUnusual(unusual, this.line, column);
      if ((byte & LOWER_CASE_BIT) !== 0 && !this.lowerCaseSeen) {
        this.reportLowerCase(column, column + 1);
      }
    } else if (isDigit(byte)) {
      this.digit(byte, column);
    } else if (byte === STAR) {
      this.beforeContent(column);
      this.stop ??= { line: this.line, column };
    } else if (isGap(byte)) {
      this.beforeContent(column);
      if (!this.gapSeen) {
        this.gapSeen = true;
        this.report(explain.alignmentGap(String.fromCharCode(byte)), column, column + 1);
      }
    } else if (byte === COLON) {
      this.separator(column);
    } else if (byte === CONTROL_Z) {
      this.report(explain.invisibleCharacter('\u001a'), column, column + 1);
    } else {
      this.refuse(String.fromCharCode(byte), column, column + 1);
    }
  }

  private separator(column: number): void {
    this.beforeContent(column);
    this.previous = 'blank';
    this.stop = undefined;
    this.illegal.flush();
    this.events.separator(this.line, column);
  }

  private digit(byte: number, column: number): void {
    const text = String.fromCharCode(byte);
    if (this.number !== undefined) {
      this.number.text += this.number.text.length < 20 ? text : '';
      this.number.endColumn = column + 1;
    } else if (this.previous === 'blank') {
      this.number = { column, endColumn: column + 1, text };
      this.previous = 'digit';
      this.lineIsBlank = false;
    } else {
      this.refuse(text, column, column + 1);
    }
  }

  private acceptNumber(): void {
    const number = this.number;
    this.number = undefined;
    if (number !== undefined && !this.numbersSeen) {
      this.numbersSeen = true;
      this.report(explain.positionNumbers(), number.column, number.endColumn);
    }
  }

  private refuseNumber(): void {
    const number = this.number;
    if (number !== undefined) {
      this.number = undefined;
      this.illegal.add(number.text, this.line, number.column, number.endColumn);
    }
  }

  private refuse(text: string, column: number, endColumn: number): void {
    this.refuseNumber();
    this.lineIsBlank = false;
    this.previous = 'residue';
    this.illegal.add(text, this.line, column, endColumn);
  }

  private report(explanation: explain.Explanation, column: number, endColumn: number): void {
    this.illegal.flush();
    this.events.problem(explanation, this.line, column, endColumn);
  }

  private continueCharacter(byte: number, index: number): number {
    const part = this.wide.add(byte);
    const next = part === 'foreign' ? index : index + 1;
    if (part !== 'open') {
      this.finishCharacter(next);
    }
    return next;
  }

  /** @param next index of the byte after the character; from there on columns count its UTF-16 units, not bytes */
  private finishCharacter(next: number): void {
    const { column } = this.wide;
    const text = this.wide.take();
    const endColumn = column + text.length;
    this.shift = endColumn - next;
    if (isInvisible(text)) {
      this.report(explain.invisibleCharacter(text), column, endColumn);
    } else {
      this.refuse(text, column, endColumn);
    }
  }

  private restOfLine(bytes: Uint8Array, start: number): number {
    let end = start;
    while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) {
      end++;
    }
    const part = bytes.subarray(start, end);
    if (end < bytes.length) {
      if (this.mode === 'header') {
        this.finishHeader(part);
      }
      this.mode = 'sequence';
    } else if (this.mode === 'header' && this.headerBytes.length <= MAX_HEADER_BYTES) {
      this.headerBytes = joinBytes(this.headerBytes, part);
    }
    return end;
  }

  private finishHeader(part: Uint8Array): void {
    const bytes = this.headerBytes.length === 0 ? part : joinBytes(this.headerBytes, part);
    this.mode = 'sequence';
    this.headerBytes = NO_BYTES;
    this.stop = undefined;
    this.gapSeen = false;
    const cut = bytes.length > MAX_HEADER_BYTES;
    this.events.header(
      decodeUtf8(cut ? bytes.subarray(0, MAX_HEADER_BYTES) : bytes),
      this.line,
      this.headerColumn,
      cut,
    );
  }

  private finishLine(): void {
    this.acceptNumber();
    this.illegal.flush();
    this.previous = 'blank';
    this.lineIsBlank = true;
  }
}
