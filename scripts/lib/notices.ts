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
  author?: string | { name: string };
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

/** https://spdx.org/licenses/MIT.html */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Packages that name their licence and leave out its text are given it: the terms ask for it all the same. */
function namedText(name: string, { author }: Manifest): string {
  const holder = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  if (name === 'MIT') return `Copyright (c) ${holder}\n\n${MIT}`;
  // Ours, which lies in the same package.
  if (name === 'Apache-2.0') return `Copyright ${holder}\n\nThe text of this licence is that of Foldpad's own LICENSE.`;
  throw new Error(`There is no text of the licence "${name}"; see scripts/lib/notices.ts`);
}

function section(folder: string): string {
  const manifest = readManifest(folder);
  const { name, version, license, licenses = [], homepage } = manifest;
  const named = license ?? licenses.map(({ type }) => type).join(' or ');
  const text = licenceText(folder) || (named ? namedText(named, manifest) : '');
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
