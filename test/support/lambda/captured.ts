/** One line that a function wrote: an entry of its log, or its metrics in CloudWatch's embedded format. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into lines freely
export type Line = Readonly<Record<string, any>>;

export interface Captured<T> {
  readonly value: T;
  /** All that was written, as one text. */
  readonly text: string;
  readonly lines: readonly Line[];
  /** Sums of what was counted. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Runs a function's handler, and keeps what it writes to standard output and error from the tests' own report. */
export async function captured<T>(work: () => Promise<T>): Promise<Captured<T>> {
  const streams = [process.stdout, process.stderr] as const;
  const originals = streams.map((stream) => stream.write);
  let text = '';
  for (const stream of streams) {
    stream.write = ((chunk: string | Uint8Array) => {
      text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    }) as typeof stream.write;
  }
  try {
    const value = await work();
    const lines = text.split('\n').flatMap((line): Line[] => (line.startsWith('{') ? [JSON.parse(line)] : []));
    return { value, text, lines, metrics: countedIn(lines) };
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = originals[index] as typeof stream.write;
  }
}

function countedIn(lines: readonly Line[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of lines) {
    for (const { Metrics = [] } of line._aws?.CloudWatchMetrics ?? []) {
      for (const { Name } of Metrics as { Name: string }[]) {
        const values = [line[Name]].flat() as number[];
        sums[Name] = (sums[Name] ?? 0) + values.reduce((a, b) => a + b, 0);
      }
    }
  }
  return sums;
}
