// The licences of what our bundles contain, as their terms ask for.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  name: string;
  version: string;
  license?: string;
  /** How packages before 2015 wrote it. */
  licenses?: { type: string }[];
  homepage?: string;
  dependencies?: Record<string, string>;
}

/** Packages whose published file already contains their dependencies, which webpack therefore does not see. */
const SELF_CONTAINED = ['ngl'];

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The folder of the package that a module's file belongs to; undefined for our own files. */
export function packageFolder(file: string): string | undefined {
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file);
  return match?.[1];
}

/** Where Node would find a package that another one needs. */
function resolveFrom(folder: string, name: string): string | undefined {
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    const candidate = path.join(at, 'node_modules', name);
    try {
      readManifest(candidate);
      return candidate;
    } catch {
      // Not here: one folder up.
    }
  }
  return undefined;
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined ? '' : readFileSync(path.join(folder, file), 'utf8').trim();
}

function section(folder: string): string {
  const { name, version, license, licenses = [], homepage } = readManifest(folder);
  const named = license ?? licenses.map(({ type }) => type).join(' or ');
  const text = licenceText(folder);
  if (!named && !text)
    throw new Error(`${name} ${version} is bundled but comes with no licence; it must not be shipped`);
  const heading = named ? `## ${name} ${version} (${named})` : `## ${name} ${version}`;
  const quoted = text ? `\`\`\`text\n${text}\n\`\`\`` : undefined;
  return [heading, homepage, quoted].filter((part) => part !== undefined).join('\n\n');
}

/**
 * @param files absolute paths of the modules in the bundles
 * @returns a Markdown page with one section per package
 */
export function thirdPartyNotices(files: Iterable<string>): string {
  const folders = new Set<string>();
  for (const file of files) {
    const folder = packageFolder(file);
    if (folder !== undefined) folders.add(folder);
  }
  for (const folder of [...folders]) {
    const { name, dependencies = {} } = readManifest(folder);
    if (!SELF_CONTAINED.includes(name)) continue;
    for (const dependency of Object.keys(dependencies)) {
      const inner = resolveFrom(folder, dependency);
      if (inner !== undefined) folders.add(inner);
    }
  }
  const sections = [...folders].sort((a, b) => path.basename(a).localeCompare(path.basename(b))).map(section);
  const intro = 'Foldpad contains the following software, each under its own licence.';
  return `# Third-party notices\n\n${intro}\n\n${sections.join('\n\n')}\n`;
}
