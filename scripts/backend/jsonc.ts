// Changes single values in a settings file of VS Code, which is JSON with comments, and leaves every other byte alone.

/** The text is not JSON with comments whose outermost value is an object. */
export class JsoncError extends Error {
  override readonly name = 'JsoncError';
}

interface Property {
  readonly key: string;
  readonly valueStart: number;
  readonly valueEnd: number;
}

interface Layout {
  /** Just behind the opening brace. */
  readonly inside: number;
  readonly properties: readonly Property[];
}

/** Reads only as much of the text as is needed to find the outermost properties. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  layout(): Layout {
    this.#skipBlank();
    this.#expect('{');
    const inside = this.#at;
    const properties: Property[] = [];
    for (;;) {
      this.#skipBlank();
      if (this.#peek() === '}') break;
      const key = this.#string();
      this.#skipBlank();
      this.#expect(':');
      this.#skipBlank();
      const valueStart = this.#at;
      this.#value();
      properties.push({ key, valueStart, valueEnd: this.#at });
      this.#skipBlank();
      // VS Code forgives a comma behind the last property.
      if (this.#peek() === ',') this.#at++;
      else if (this.#peek() !== '}') throw this.#error('a comma or "}" is missing');
    }
    this.#at++;
    this.#skipBlank();
    if (this.#at < this.#text.length) throw this.#error('something follows the object');
    return { inside, properties };
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #error(what: string): JsoncError {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    return new JsoncError(`line ${line}: ${what}`);
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw this.#error(`"${character}" is missing`);
    this.#at++;
  }

  #skipBlank(): void {
    const blank = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = blank.lastIndex;
  }

  #string(): string {
    const string = /"(?:[^"\\\n]|\\.)*"/y;
    string.lastIndex = this.#at;
    const found = string.exec(this.#text)?.[0];
    if (found === undefined) throw this.#error('a name or text in quotes is missing');
    this.#at = string.lastIndex;
    try {
      return JSON.parse(found) as string;
    } catch {
      throw this.#error(`${found} is not a text that JSON allows`);
    }
  }

  #value(): void {
    const first = this.#peek();
    if (first === '"') {
      this.#string();
    } else if (first === '{' || first === '[') {
      this.#nested(first === '{' ? '}' : ']');
    } else {
      const word = /[\w.+-]+/y;
      word.lastIndex = this.#at;
      if (!word.test(this.#text)) throw this.#error('a value is missing');
      this.#at = word.lastIndex;
    }
  }

  #nested(end: string): void {
    this.#at++;
    for (;;) {
      this.#skipBlank();
      const next = this.#peek();
      if (next === '') throw this.#error(`"${end}" is missing`);
      if (next === end) break;
      if (next === ',' || next === ':') this.#at++;
      else this.#value();
    }
    this.#at++;
  }
}

const COMMENTS = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const LAST_COMMAS = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;

/** The text without what JSON does not have: comments, and commas at the ends of lists. */
function plainJson(text: string): string {
  const keepStrings = (found: string) => (found.startsWith('"') ? found : ' ');
  return text.replace(COMMENTS, keepStrings).replace(LAST_COMMAS, keepStrings);
}

/**
 * The values of a settings file.
 * @param text the file; an empty one counts as `{}`
 * @throws JsoncError naming the line
 */
export function readJsonc(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  const whole = text.replace(/^\uFEFF/, ' ');
  new Scanner(whole).layout();
  try {
    return JSON.parse(plainJson(whole)) as Record<string, unknown>;
  } catch (error) {
    throw new JsoncError(`line 1: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Puts an item before the others of a list that is an outermost property; without one the list is made.
 * @throws JsoncError naming the line
 */
export function prependJsoncItem(text: string, key: string, item: unknown): string {
  const whole = text.trim() === '' ? '{}\n' : text;
  const { properties } = new Scanner(whole.replace(/^\uFEFF/, ' ')).layout();
  const property = properties.findLast((candidate) => candidate.key === key);
  const list = property && whole.slice(property.valueStart, property.valueEnd);
  const items = readJsonc(whole)[key];
  if (!property || !list || !Array.isArray(items) || items.length === 0)
    return setJsoncValues(whole, { [key]: [item] });
  const longer = `[${JSON.stringify(item)}, ${list.slice(1).trimStart()}`;
  return whole.slice(0, property.valueStart) + longer + whole.slice(property.valueEnd);
}

/**
 * @param text the file; an empty one counts as `{}`
 * @param values new values of outermost properties; absent properties are added at the top
 * @throws JsoncError naming the line
 */
export function setJsoncValues(text: string, values: Readonly<Record<string, unknown>>): string {
  let changed = text.trim() === '' ? '{}\n' : text;
  for (const [key, value] of Object.entries(values)) {
    const { inside, properties } = new Scanner(changed.replace(/^\uFEFF/, ' ')).layout();
    const json = JSON.stringify(value);
    // The last one counts where a key stands twice.
    const property = properties.findLast((candidate) => candidate.key === key);
    if (property) {
      changed = changed.slice(0, property.valueStart) + json + changed.slice(property.valueEnd);
    } else {
      const line = `\n    ${JSON.stringify(key)}: ${json}`;
      const rest = changed.slice(inside);
      const end = properties.length > 0 ? ',' : /^[^\n]*}/.test(rest) ? '\n' : '';
      changed = changed.slice(0, inside) + line + end + rest;
    }
  }
  return changed;
}
