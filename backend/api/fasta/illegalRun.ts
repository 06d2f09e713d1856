import { type Explanation, illegalLetter } from './explain.ts';

/** Characters of a run that a message shows. */
const SHOWN = 12;

/** Joins neighbouring illegal characters, so that a line of rubbish is one problem and not sixty. */
export class IllegalRun {
  private line = 0;
  private column = 0;
  private endColumn = 0;
  private text = '';
  private count = 0;
  private readonly report: (explanation: Explanation, line: number, column: number, endColumn: number) => void;

  constructor(report: (explanation: Explanation, line: number, column: number, endColumn: number) => void) {
    this.report = report;
  }

  /** @param text the characters from `column` to `endColumn` of `line` */
  add(text: string, line: number, column: number, endColumn: number): void {
    if (this.count > 0 && (line !== this.line || column !== this.endColumn)) {
      this.flush();
    }
    if (this.count === 0) {
      this.line = line;
      this.column = column;
      this.text = '';
    }
    this.endColumn = endColumn;
    for (const character of text) {
      this.count++;
      if (this.count <= SHOWN) {
        this.text += character;
      }
    }
  }

  /** Reports the run, if there is one. */
  flush(): void {
    if (this.count > 0) {
      const explanation = illegalLetter(this.text, this.count);
      this.count = 0;
      this.report(explanation, this.line, this.column, this.endColumn);
    }
  }
}
