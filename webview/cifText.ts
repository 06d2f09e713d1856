/** Reads single categories of an mmCIF text without parsing the coordinates. Pure. */

/** Values of one category, by item name (without the category), one string a row. */
export type CifCategory = ReadonlyMap<string, readonly string[]>;

const TOKEN = /^;([\s\S]*?)^;|'((?:[^'\n]|'(?=\S))*)'(?=\s|$)|"((?:[^"\n]|"(?=\S))*)"(?=\s|$)|#[^\n]*|(\S+)/gm;

interface Token {
  readonly text: string;
  /** Quoted text is always a value, even when it looks like a keyword. */
  readonly quoted: boolean;
}

function* tokens(text: string, start: number): Generator<Token> {
  const pattern = new RegExp(TOKEN.source, TOKEN.flags);
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, block, single, double, bare] = match;
    if (bare !== undefined) yield { text: bare, quoted: false };
    else if (block !== undefined) yield { text: block.trim(), quoted: true };
    else if (single !== undefined || double !== undefined) yield { text: single ?? double ?? '', quoted: true };
  }
}

const isKeyword = ({ text, quoted }: Token): boolean =>
  !quoted && (text.startsWith('_') || /^(loop_|data_|save_|global_|stop_)/i.test(text));

/**
 * Finds a category, looped or not.
 * @param category with its underscore, for example `_ma_qa_metric`.
 * @returns undefined when the text does not hold it.
 */
export function readCifCategory(text: string, category: string): CifCategory | undefined {
  const prefix = `${category.toLowerCase()}.`;
  const first = new RegExp(`^[ \\t]*(loop_\\s+)?${category.replaceAll('.', '\\.')}\\.`, 'im').exec(text);
  if (!first) return undefined;
  const rows = new Map<string, string[]>();
  const names: string[] = [];
  const stream = tokens(text, first.index);
  let token = stream.next();
  const looped = !token.done && token.value.text.toLowerCase() === 'loop_';
  if (looped) token = stream.next();
  for (
    ;
    !token.done && !token.value.quoted && token.value.text.toLowerCase().startsWith(prefix);
    token = stream.next()
  ) {
    const name = token.value.text.slice(prefix.length).toLowerCase();
    names.push(name);
    rows.set(name, []);
    if (looped) continue;
    const value = stream.next();
    if (value.done || isKeyword(value.value)) break;
    rows.get(name)?.push(value.value.text);
  }
  if (looped) {
    for (let i = 0; !token.done && !isKeyword(token.value); token = stream.next(), i++) {
      rows.get(names[i % names.length] ?? '')?.push(token.value.text);
    }
  }
  return rows;
}
