import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SentenceTranslator } from '../../extension/base/sentences.ts';
import { ROOT } from '../../scripts/lib/paths.ts';

const HAN = /\p{Script=Han}/u;

/** The translator that the editor has in Chinese. */
export function chineseSentences() {
  const file = path.join(ROOT, 'l10n', 'bundle.l10n.zh-cn.json');
  const bundle: Readonly<Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  const chinese = new SentenceTranslator(bundle);
  /** Checks that all of a text is said in Chinese. */
  const assertTold = (text: string): void => {
    const told = chinese.say(text);
    assert.ok(HAN.test(told), `no Chinese for: ${text}`);
    assert.doesNotMatch(told, /\{\d\}/, told);
    // Four words in a row are a sentence; names of machines, programs and fields are shorter.
    assert.doesNotMatch(told, /[a-z]{2,}( [a-z]{2,}){3}/i, `half of it is English: ${told}`);
  };
  return { bundle, chinese, assertTold };
}
