// Points an editor on this machine to the deployed backend. The key is never written: it belongs into the editor's
// secret storage, where only the editor's own command can put it.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { normalizeAddress, suggestName } from '../../extension/connection/address.ts';
import { type ProfileEntry, readProfiles } from '../../extension/connection/profiles.ts';
import { prependJsoncItem, readJsonc, setJsoncValues } from './jsonc.ts';

export interface EditorSettings {
  /** What people call the editor. */
  readonly editor: string;
  /** Its user settings; may not exist yet. */
  readonly file: string;
}

const EDITORS = [
  ['VS Code', 'Code'],
  ['VS Code Insiders', 'Code - Insiders'],
  ['VSCodium', 'VSCodium'],
  ['Cursor', 'Cursor'],
] as const;

function configFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env.APPDATA ?? path.join(home, 'AppData', 'Roaming');
  return env.XDG_CONFIG_HOME ?? path.join(home, '.config');
}

/** The editors that this user has, known by their folders of user settings. */
export function findEditors(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): readonly EditorSettings[] {
  const config = configFolder(platform, env, home);
  const desktop = EDITORS.map(([editor, folder]) => ({ editor, folder: path.join(config, folder, 'User') }));
  // Of an editor that only runs here and is shown elsewhere (Remote - SSH) the user's settings are elsewhere, too. Those of
  // the machine, which are here, must not say where a key is sent.
  const served = { editor: 'code-server', folder: path.join(home, '.local', 'share', 'code-server', 'User') };
  return [...desktop, served]
    .filter(({ folder }) => existsSync(folder))
    .map(({ editor, folder }) => ({ editor, file: path.join(folder, 'settings.json') }));
}

const PROFILES = 'foldpad.profiles';
const PROFILE = 'foldpad.profile';

/** What the settings must say for Foldpad to use this backend, where they say nothing yet. */
export function profileSettings(url: string): Readonly<Record<string, unknown>> {
  const entry = newEntry(url, []);
  return { [PROFILES]: [entry], [PROFILE]: entry.name };
}

function newEntry(url: string, taken: readonly string[]): ProfileEntry {
  const endpoint = normalizeAddress(url);
  return { name: suggestName(endpoint, taken), endpoint };
}

/** The settings with this backend among the profiles, and chosen. Other profiles stay. */
export function withProfile(before: string, url: string): string {
  const { endpoints } = readProfiles({ profiles: readJsonc(before)[PROFILES] });
  const known = endpoints.find((endpoint) => endpoint.url === normalizeAddress(url));
  if (known) return setJsoncValues(before, { [PROFILE]: known.name });
  const entry = newEntry(
    url,
    endpoints.map(({ name }) => name),
  );
  return setJsoncValues(prependJsoncItem(before, PROFILES, entry), { [PROFILE]: entry.name });
}

/** @throws JsoncError when the file cannot be understood; it is left as it is */
export async function writeProfile({ file }: EditorSettings, url: string): Promise<void> {
  const before = existsSync(file) ? await readFile(file, 'utf8') : '';
  const after = withProfile(before, url);
  await mkdir(path.dirname(file), { recursive: true });
  // The editor watches the file: it must never see half of it.
  const draft = `${file}.foldpad-${process.pid}`;
  await writeFile(draft, after);
  await rename(draft, file);
}
