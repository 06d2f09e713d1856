import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isSentenceKey } from '../../extension/base/sentences.ts';
import { FASTA_EXTENSIONS, FASTA_FILE } from '../../extension/fasta/fastaFiles.ts';
import { STRUCTURE_EXTENSIONS } from '../../extension/structure/formats.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const json = (file: string) => JSON.parse(read(file));

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

const manifest = json('package.json');
const { contributes } = manifest;
const commands: string[] = contributes.commands.map(({ command }: MenuItem) => command);
const menus = Object.entries<MenuItem[]>(contributes.menus);
const sourcesIn = (folder: string) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: read(path.join(folder, file)) }));

describe('the manifest', () => {
  it('declares the commands that are registered, and no others', () => {
    const registered = read('extension/commands/registerCommands.ts').matchAll(/^ {4}'(foldpad\.\w+)':/gm);
    assert.deepEqual([...registered].map(([, id]) => id).sort(), [...commands].sort());
  });

  it('shows in menus and welcome texts only commands that exist', () => {
    const shown = menus.flatMap(([, items]) => items.map(({ command }) => command));
    const linked = [...read('package.nls.json').matchAll(/command:(foldpad\.[\w.]+)/g)].map(([, id]) => id);
    // Each view has a command of the editor's own that shows it.
    const known = [...commands, 'foldpad.jobs.focus'];
    for (const id of [...shown, ...linked]) assert.ok(known.includes(id ?? ''), id);
  });

  it('offers the prediction for just the files that the code takes for FASTA', () => {
    const expression = FASTA_FILE.toString();
    const shown = menus.flatMap(([, items]) => items.filter(({ command }) => command === 'foldpad.predictStructure'));
    const byName = shown.filter(({ when }) => when?.includes('resourceFilename'));
    assert.ok(byName.length >= 4, 'explorer, editor, its title and its tab');
    for (const { when } of byName) assert.ok(when?.includes(`resourceFilename =~ ${expression}`), when);
    const known = contributes.languages[0].extensions.map((extension: string) => extension.slice(1));
    assert.deepEqual(
      known,
      FASTA_EXTENSIONS.filter((extension) => extension !== 'gz'),
    );
  });

  it('opens just the files in the viewer that the viewer takes', () => {
    const [{ selector, priority, viewType }] = contributes.customEditors;
    assert.equal(priority, 'option');
    assert.match(read('extension/structure/structureEditor.ts'), new RegExp(`'${viewType}'`));
    const patterns: string[] = selector.map(({ filenamePattern }: { filenamePattern: string }) => filenamePattern);
    const expressions = patterns.map((pattern) => {
      return new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', '.*')}$`);
    });
    for (const extension of STRUCTURE_EXTENSIONS) {
      for (const name of [`a.${extension}`, `A.${extension.toUpperCase()}`, `a.${extension}.gz`, `a.${extension}.GZ`]) {
        assert.equal(expressions.filter((expression) => expression.test(name)).length, 1, name);
      }
    }
    assert.equal(patterns.length, STRUCTURE_EXTENSIONS.length * 2);
  });

  it('names files that exist', () => {
    const files = JSON.stringify(manifest).matchAll(/"(?:\.\/)?(extension\/[^"]+\.\w+)"/g);
    for (const [, file = ''] of files) assert.ok(existsSync(path.join(ROOT, file)), file);
  });

  it('lets no workspace say where a key is sent or which program’s data is used', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    for (const [name, setting] of Object.entries<{ scope: string }>(contributes.configuration.properties)) {
      if (!/\.(connection|remote|local|profiles?)\b/.test(name)) continue;
      if (/profile|connection|remote/.test(name)) assert.equal(setting.scope, 'application', name);
      assert.match(setting.scope, /^(application|machine)$/, name);
      assert.ok(restrictedConfigurations.includes(name), name);
    }
  });

  it('has exactly one welcome text for each state of an empty view', () => {
    const states = contributes.viewsWelcome.map(
      ({ when }: MenuItem) => /^foldpad\.welcome == (\w+)$/.exec(when ?? '')?.[1],
    );
    const known = /type Welcome =\s*([^;]+);/.exec(read('extension/jobs/jobsView.ts'))?.[1]?.match(/\w+/g);
    assert.deepEqual([...states, 'jobs'].sort(), known?.sort());
  });
});

/** The texts of all calls of a function; undefined for one that is not a plain literal, and so cannot be found. */
function textsIn(sources: ReturnType<typeof sourcesIn>, name: string): { file: string; text: string | undefined }[] {
  const literal = /^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`$]*)`)/;
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(new RegExp(`${name}\\(`, 'g'))].map(({ 0: call, index }) => {
      const [, single, double, tick] = literal.exec(text.slice(index + call.length)) ?? [];
      return { file, text: (single ?? double ?? tick)?.replaceAll("\\'", "'").replaceAll('\\n', '\n') };
    }),
  );
}

describe('translations', () => {
  const english: Record<string, string> = json('package.nls.json');
  const chinese: Record<string, string> = json('package.nls.zh-cn.json');
  const bundle: Record<string, string> = json('l10n/bundle.l10n.zh-cn.json');

  it('of the manifest are complete, and none is left over', () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? '');
    assert.deepEqual([...new Set(used)].sort(), Object.keys(english).sort());
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
  });

  it('of the manifest link to the same commands', () => {
    const links = (text = '') => (text.match(/command:[\w.]+/g) ?? []).sort();
    for (const key of Object.keys(english)) assert.deepEqual(links(chinese[key]), links(english[key]), key);
  });

  it('of the code are complete, and none is left over', () => {
    // The extension says `vscode.l10n.t('…')`; the page, which has no editor's API, `t('…')` of `@vscode/l10n`.
    const calls = [...textsIn(sourcesIn('extension'), 'l10n\\.t'), ...textsIn(sourcesIn('webview'), '(?<![\\w.#])t')];
    for (const { file, text } of calls) assert.ok(text !== undefined, `${file}: every text is a plain literal`);
    // Patterns of what backends say have tests of their own (fastaSentences, backendSentences).
    const own = Object.keys(bundle).filter((key) => !isSentenceKey(key));
    assert.deepEqual([...new Set(calls.map(({ text }) => text))].sort(), own.sort());
  });

  it('of the code have the same places to fill', () => {
    const places = (text: string) => (text.match(/\{\d\}/g) ?? []).sort();
    for (const [key, text] of Object.entries(bundle)) {
      // A reason may have been said already by what stands around it.
      if (isSentenceKey(key)) for (const place of places(text)) assert.ok(key.includes(place), key);
      else assert.deepEqual(places(text), places(key), key);
    }
  });
});
