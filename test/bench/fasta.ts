/**
 * How much memory and time 1 GB of FASTA takes, each case in a process of its own; generating the text is included.
 * Prints one JSON line per number. `node test/bench/fasta.ts [MEGABYTES]`
 */
import { type BulkMethod, type BulkShape, readInChild } from '../support/fastaBulk.ts';

const MAX_MEMORY_MEGABYTES = 150;

const CASES: readonly (readonly [BulkShape, BulkMethod, string])[] = [
  ['many', 'scan', 'records of 420 residues, no sequences kept'],
  ['many', 'parse', 'records of 420 residues, sequences handed out'],
  ['huge', 'scan', 'one record'],
  ['tiny', 'scan', 'records of 30 residues'],
];

const megabytes = Number(process.argv[2] ?? 1000);
if (!(megabytes > 0)) {
  console.error('Give the size in megabytes as a positive number.');
  process.exit(2);
}
let failed = false;
for (const [shape, method, what] of CASES) {
  const report = await readInChild(shape, method, megabytes);
  const name = `FASTA, ${megabytes} MB, ${what}`;
  const memory = Math.round(report.peakRssMegabytes);
  const speed = Math.round(report.bytes / 1e6 / report.seconds);
  console.log(
    JSON.stringify({
      name: `${name}: peak memory`,
      value: memory,
      unit: 'MB',
      target: `< ${MAX_MEMORY_MEGABYTES} MB`,
      ok: memory < MAX_MEMORY_MEGABYTES,
    }),
  );
  console.log(JSON.stringify({ name: `${name}: speed`, value: speed, unit: 'MB/s' }));
  failed ||= memory >= MAX_MEMORY_MEGABYTES;
}
process.exitCode = failed ? 1 : 0;
