/**
 * Says the sentences of `backend/api/fasta` in another language. The rules and their words are shared with the command
 * line and the server, which speak English; here a sentence is recognised by its pattern and said anew. Pure.
 */

/** English patterns and what to say. `{0}`, `{1}` … are the parts that differ; `(s)` may be there or not. */
export type Sentences = Readonly<Record<string, string>>;

interface Pattern {
  readonly expression: RegExp;
  /** Which part each group of the expression is. */
  readonly parts: readonly string[];
  readonly text: string;
}

export class SentenceTranslator {
  readonly #patterns: readonly Pattern[];
  readonly #words: Sentences;

  /** @param words translations of parts: names of engines, formats, residues */
  constructor(sentences: Sentences, words: Sentences) {
    this.#patterns = Object.entries(sentences).map(([english, text]) => ({ ...patternOf(english), text }));
    this.#words = words;
  }

  /** @returns the sentence in the other language; undefined when it is not known */
  translate(sentence: string): string | undefined {
    for (const { expression, parts, text } of this.#patterns) {
      const found = expression.exec(sentence);
      if (!found) continue;
      const values = new Map(parts.map((part, index) => [part, found[index + 1] ?? '']));
      return text.replace(/\{(\d)\}/g, (_place, part: string) => this.#word(values.get(part) ?? ''));
    }
    return undefined;
  }

  #word(word: string): string {
    return this.#words[word] ?? word;
  }
}

function patternOf(english: string): { readonly expression: RegExp; readonly parts: readonly string[] } {
  const parts: string[] = [];
  const source = english
    .split(/(\{\d\}|\(s\))/)
    .map((piece) => {
      if (piece === '(s)') return 's?';
      const part = /^\{(\d)\}$/.exec(piece)?.[1];
      if (part === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      parts.push(part);
      return '(.+?)';
    })
    .join('');
  return { expression: new RegExp(`^${source}$`, 's'), parts };
}
