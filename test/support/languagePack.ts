// A language pack of VS Code that translates none of VS Code's own words: the real ones come from a registry. The language
// of the editor, and with it that of every extension, depends on nothing but a pack being there.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes what VS Code keeps of an installed pack.
 *
 * @param language as `vscode.env.language` has it, for example `zh-cn`
 * @param data the editor's folder of user data
 */
export async function installLanguagePack(language: string, data: string): Promise<void> {
  const words = path.join(data, `language-pack-${language}`, 'main.i18n.json');
  await mkdir(path.dirname(words), { recursive: true });
  await writeFile(words, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: language,
    extensions: [{ extensionIdentifier: { id: `tests.language-pack-${language}` }, version: '1.0.0' }],
    translations: { vscode: words },
    label: language,
  };
  await writeFile(path.join(data, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}
