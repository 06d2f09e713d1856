/**
 * Which files the structure viewer opens, and how much of them it takes.
 * Pure: used by the extension host and by the page.
 */

/** What a structure file is written in. `pdb` also stands for `.ent`; `cif` also for `.mmcif`. */
export type StructureFormat = 'pdb' | 'cif' | 'bcif';

/** A file name taken apart: what it holds, whether it is gzipped, and its name without any extension. */
export interface StructureFileName {
  readonly format: StructureFormat;
  readonly gzipped: boolean;
  /** File name without folder, `.gz` and format extension; used to name exported pictures. */
  readonly stem: string;
}

/** Most bytes of a structure file as it lies on disk (150 MiB): beyond it the page would run out of memory. */
export const MAX_FILE_BYTES = 150 * 1024 * 1024;

/** Most bytes after gunzip (400 MiB): the longest text a browser engine can hold is about 512 MiB. */
export const MAX_INFLATED_BYTES = 400 * 1024 * 1024;

const EXTENSIONS: Readonly<Record<string, StructureFormat>> = {
  pdb: 'pdb',
  ent: 'pdb',
  cif: 'cif',
  mmcif: 'cif',
  bcif: 'bcif',
};

/** The extensions the viewer opens (each also with `.gz`), without the dot. */
export const STRUCTURE_EXTENSIONS: readonly string[] = Object.keys(EXTENSIONS);

/**
 * Takes a path or file name apart. Letter case does not matter.
 * @returns undefined when the name does not end like a structure file.
 */
export function parseStructureFileName(path: string): StructureFileName | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const match = /^(.*?)\.([a-z]+)(\.gz)?$/i.exec(name);
  const format = EXTENSIONS[match?.[2]?.toLowerCase() ?? ''];
  if (!match || !format) return undefined;
  return { format, gzipped: match[3] !== undefined, stem: match[1] || 'structure' };
}
