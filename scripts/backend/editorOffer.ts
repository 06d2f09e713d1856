// After the deployment: the editor is told where the backend is, and the person how to give it the key.

import { type EditorSettings, findEditors, profileSettings, writeProfile } from './editorProfile.ts';
import type { Prompter } from './prompter.ts';

/** Where the address goes: the file that was named, or the editors that the person chooses. */
async function chooseEditors(named: string | undefined, ask: Prompter | undefined): Promise<readonly EditorSettings[]> {
  if (named !== undefined) return [{ editor: 'the editor', file: named }];
  const found = findEditors();
  if (!ask || found.length === 0) return [];
  const chosen: EditorSettings[] = [];
  for (const editor of found) {
    if (await ask.confirm(`Use this backend in ${editor.editor}? (writes its address into ${editor.file})`, true)) {
      chosen.push(editor);
    }
  }
  return chosen;
}

/** @param named file given on the command line */
export async function offerEditor(url: string, named: string | undefined, ask: Prompter | undefined): Promise<void> {
  const chosen = await chooseEditors(named, ask);
  for (const editor of chosen) {
    await writeProfile(editor, url);
    console.log(`${editor.file} now names this backend.`);
  }
  if (chosen.length === 0) {
    const lines = Object.entries(profileSettings(url)).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`);
    console.log(`\nIn the editor: run the command "Foldpad: Connect…", or write into its settings:`);
    console.log(lines.join(',\n'));
  }
  console.log('The key goes into no file: the command "Foldpad: Connect…" asks for it and keeps it in the');
  console.log('editor’s secret storage. On the command line: foldpad --url URL --key-file FILE (chmod 600 FILE).');
}
