/**
 * Says in another language what the backend and the rules that it shares with the editor say. Those speak English, as do
 * the command line and every other client, and so do the pure parts of the editor; here a sentence is recognised by its pattern and said anew. Pure.
 *
 * The patterns lie in the extension's bundle of translations beside its own texts, each marked by a comment as such keys
 * are (`text/comment`): `The file holds no sequence./said`. `{0}`, `{1}` … are the parts that differ from case to case;
 * `(s)` may be there or not. Parts that are words themselves, such as names of engines, are marked with `/word`.
 */

const SENTENCE = '/said';
const WORD = '/word';

interface Pattern {
  readonly expression: RegExp;
  /** Which part each group of the expression is. */
  readonly parts: readonly string[];
  readonly text: string;
}

/** Whether an entry of the bundle is a pattern or a word of one, and no text of the extension's own. */
export function isSentenceKey(key: string): boolean {
  return key.endsWith(SENTENCE) || key.endsWith(WORD);
}

/** The English patterns in a bundle. */
export function sentencePatterns(bundle: Readonly<Record<string, string>>): string[] {
  return Object.keys(bundle).flatMap((key) => (key.endsWith(SENTENCE) ? [key.slice(0, -SENTENCE.length)] : []));
}

export class SentenceTranslator {
  readonly #patterns: readonly Pattern[];
  readonly #bundle: Readonly<Record<string, string>>;

  /** @param bundle English texts and their translations */
  constructor(bundle: Readonly<Record<string, string>>) {
    this.#bundle = bundle;
    // What says more is tried first: `{0} ended with {1}` also fits where `{0} ended with {1} and said nothing` does.
    this.#patterns = sentencePatterns(bundle)
      .sort((a, b) => ownLength(b) - ownLength(a))
      .map((english) => ({ ...patternOf(english), text: bundle[english + SENTENCE] ?? english }));
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

  /** Says a text of one or more sentences; those that are not known are left as they are. */
  say(text: string): string {
    const whole = this.translate(text);
    if (whole !== undefined) return whole;
    const sentences = text.split(/(?<=[.!?]) +(?=[\p{Lu}"“])/u);
    if (sentences.length === 1) return text;
    return sentences.reduce((said, sentence) => {
      const next = this.translate(sentence) ?? sentence;
      return /[。！？]$/.test(said) || said === '' ? said + next : `${said} ${next}`;
    }, '');
  }

  /** A part may be a word, or sentences in a sentence, of which the last has lost its full stop. */
  #word(part: string): string {
    const word = this.#bundle[part + WORD];
    if (word !== undefined) return word;
    const said = this.say(part);
    if (said !== part) return said;
    const stopped = this.say(`${part}.`);
    return stopped === `${part}.` ? part : stopped.replace(/。$/, '');
  }
}

/** Letters of a pattern that do not differ from case to case. */
function ownLength(english: string): number {
  return english.replaceAll(/\{\d\}/g, '').length;
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
