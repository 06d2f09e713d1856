/** Where a text stops being JSON. Positions count from 1, columns in UTF-16 units. */
export interface JsonTrouble {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const WHITE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first place where `text` is not JSON, for texts that `JSON.parse` refuses: its own messages name the place
 * only sometimes. Goes through the text once, without recursion, so that depth costs no stack.
 */
export function findJsonTrouble(text: string): JsonTrouble {
  const { offset, message } = scan(text);
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1, message };
}

interface Stop {
  readonly offset: number;
  readonly message: string;
}

/** What may come next; containers that are open lie on a stack. */
type Expecting = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma-or-end';

function scan(text: string): Stop {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let offset = 0;
  for (;;) {
    offset = skip(WHITE, text, offset);
    const character = text[offset];
    if (character === undefined) return { offset, message: missingAtEnd(open, text) };
    const inside = open.at(-1);
    if (expecting === 'comma-or-end') {
      if (inside === undefined)
        return { offset, message: `unexpected ${show(text, offset)} after the end of the value` };
      if (character === ',') {
        expecting = inside === '{' ? 'key' : 'value';
        offset += 1;
      } else if (character === closing(inside)) {
        open.pop();
        offset += 1;
      } else return { offset, message: `expected "," or "${closing(inside)}", found ${show(text, offset)}` };
      continue;
    }
    if (expecting.endsWith('-or-end') && inside !== undefined && character === closing(inside)) {
      open.pop();
      offset += 1;
      expecting = 'comma-or-end';
      continue;
    }
    if (expecting === 'key' || expecting === 'key-or-end') {
      if (character !== '"')
        return { offset, message: `expected a name in double quotes, found ${show(text, offset)}` };
      const name = scanString(text, offset);
      if (typeof name === 'object') return name;
      offset = skip(WHITE, text, name);
      if (text[offset] === undefined) return { offset, message: missingAtEnd(open, text) };
      if (text[offset] !== ':') return { offset, message: `expected ":", found ${show(text, offset)}` };
      offset += 1;
      expecting = 'value';
      continue;
    }
    if (character === '{' || character === '[') {
      open.push(character);
      offset += 1;
      expecting = character === '{' ? 'key-or-end' : 'value-or-end';
      continue;
    }
    const end = scanScalar(text, offset);
    if (typeof end === 'object') return end;
    offset = end;
    expecting = 'comma-or-end';
  }
}

/** End of a string, number or word, or where it goes wrong. */
function scanScalar(text: string, offset: number): number | Stop {
  if (text[offset] === '"') return scanString(text, offset);
  const end = Math.max(skip(NUMBER, text, offset), skip(WORD, text, offset));
  if (end > offset) return end;
  const hint = text[offset] === "'" ? ' (JSON takes double quotes only)' : '';
  return { offset, message: `expected a value, found ${show(text, offset)}${hint}` };
}

function scanString(text: string, start: number): number | Stop {
  let offset = start + 1;
  for (;;) {
    while (isPlain(text, offset)) offset += 1;
    const character = text[offset];
    if (character === '"') return offset + 1;
    if (character === undefined) return { offset: start, message: 'this string has no closing double quote' };
    if (character === '\\') {
      const next = skip(ESCAPE, text, offset);
      if (next === offset) return { offset, message: 'this backslash does not start an escape that JSON knows' };
      offset = next;
    } else {
      return { offset, message: `${show(text, offset)} inside a string must be written as an escape, such as \\n` };
    }
  }
}

/** Whether a letter stands for itself inside a string. */
function isPlain(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code >= 0x20 && text[offset] !== '"' && text[offset] !== '\\';
}

/** The end of the match at `offset`, or `offset` if there is none. */
function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

function closing(opening: '{' | '['): string {
  return opening === '{' ? '}' : ']';
}

function missingAtEnd(open: readonly ('{' | '[')[], text: string): string {
  if (text.trim() === '') return 'the body is empty';
  const inside = open.at(-1);
  return inside === undefined ? 'the text ends too early' : `the text ends before the closing "${closing(inside)}"`;
}

function show(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0;
  if (code === 0xfeff) return 'a byte order mark';
  if (code < 0x20 || code === 0x7f) return `the control character U+${code.toString(16).padStart(4, '0')}`;
  return `"${String.fromCodePoint(code)}"`;
}
