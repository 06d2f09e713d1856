import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';

export type Language = 'en' | 'zh-cn';

const read = (file: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

/** Words on the screen that nobody has translated: three English ones in a row are more than a name. */
const ENGLISH = /[a-z]{2,}(?: [a-z]{2,}){2}/i;
/** VS Code's own word for the buttons of a row; in these tests VS Code speaks English (see languagePack.ts). */
const NOT_OURS = /^Actions for /;

/** What the extension says on the screen, in the language of the editor under test. */
export class Words {
  readonly language: Language;
  readonly #translations: ReadonlyMap<string, string>;

  constructor(language: Language) {
    this.language = language;
    if (language === 'en') {
      this.#translations = new Map();
      return;
    }
    const manifest = read(`package.nls.${language}.json`);
    const commands = Object.entries(read('package.nls.json')).map(([key, english]): [string, string] => [
      english,
      manifest[key] ?? '',
    ]);
    this.#translations = new Map([...commands, ...Object.entries(read(`l10n/bundle.l10n.${language}.json`))]);
  }

  /**
   * A text as the screen shows it.
   * @throws Error for an English text that has no translation: the test asks for something that nobody says
   */
  t(english: string, ...parts: readonly (string | number)[]): string {
    const text = this.language === 'en' ? english : this.#translations.get(english);
    if (text === undefined) throw new Error(`there is no ${this.language} text for “${english}”`);
    return text.replace(/\{(\d)\}/g, (place, part: string) => String(parts[Number(part)] ?? place));
  }

  /** The same with anything in the places that are to be filled. */
  pattern(english: string): RegExp {
    const source = this.t(english)
      // An icon has no text.
      .replace(/^\$\([\w~-]+\) /, '')
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replace(/\{\d\}/g, '.+')
      // VS Code shows some blanks as no-break spaces.
      .replaceAll(' ', '\\s');
    return new RegExp(source);
  }

  /** Of texts on the screen those that were left in English; none where English is spoken. */
  leftInEnglish(texts: readonly string[]): string[] {
    return this.language === 'en' ? [] : texts.filter((text) => ENGLISH.test(text) && !NOT_OURS.test(text));
  }
}
