/** Writes one line for the person who runs a script. Standard output stays free for what the script is asked for. */
export function say(line: string): void {
  process.stderr.write(`foldpad: ${line}\n`);
}

/** `850 ms`, `12 s`, `3 min 5 s`: as exact as a person needs it. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 10_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `287 kB`, `1.4 MB`, with the decimal units that file managers and registries use. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} kB`;
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
