/** The way to say the parser's sentences in the editor's language. */

/** Says a sentence in the user's language, or as it is. */
export type Say = (sentence: string) => string;

/** @param language as `vscode.env.language` has it: `en`, `zh-cn` … */
export async function sentencesOf(language: string): Promise<Say> {
  if (language.toLowerCase() !== 'zh-cn') return (sentence) => sentence;
  const [{ SentenceTranslator }, { CHINESE_SENTENCES, CHINESE_WORDS }] = await Promise.all([
    import(/* webpackChunkName: "fasta" */ './translate.ts'),
    import(/* webpackChunkName: "fasta.zh-cn" */ './chinese.ts'),
  ]);
  const translator = new SentenceTranslator(CHINESE_SENTENCES, CHINESE_WORDS);
  return (sentence) => translator.translate(sentence) ?? sentence;
}
