/** Which files hold sequences. Pure. */

/** The extensions, each also with `.gz`, in any letter case. The manifest's menus use the very same expression. */
export const FASTA_FILE = /\.(fasta|fa|faa|fas|fsa|mpfa|seq)(\.gz)?$/i;

/** For file dialogs, without the dot. */
export const FASTA_EXTENSIONS = ['fasta', 'fa', 'faa', 'fas', 'fsa', 'mpfa', 'seq', 'gz'] as const;

export function isFastaFile(path: string): boolean {
  return FASTA_FILE.test(path);
}

/** The file's name without folder and without `.fasta`, `.gz` …: what a prediction of it is called. */
export function fastaStem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(FASTA_FILE, '') || name;
}
