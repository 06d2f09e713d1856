/**
 * Large FASTA made on the fly, and a child process that reads it and tells what that cost. The child is this file run
 * as a program: `node test/support/fastaBulk.ts SHAPE METHOD MEGABYTES`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseFasta, scanFasta } from '../../backend/api/fasta/parseFasta.ts';

/** `many`: records of 420 residues, as in UniProt. `huge`: one record. `tiny`: records of 30 residues. */
export type BulkShape = 'many' | 'huge' | 'tiny';
/** `scan` keeps no sequences, `parse` hands each record out with its sequence. */
export type BulkMethod = 'scan' | 'parse';

/** What the child measured. */
export interface BulkReport {
  readonly bytes: number;
  readonly records: number;
  readonly residues: number;
  readonly errors: number;
  /** Peak resident set of the whole process (getrusage), Node itself included. */
  readonly peakRssMegabytes: number;
  readonly seconds: number;
}

const CHUNK_BYTES = 262_144;
const LINE = 60;

/** Bytes of FASTA, at least `bytes`, ending with a whole record. Residues repeat a fixed pattern, ids count up. */
export function* bulkFasta(shape: BulkShape, bytes: number): Generator<Uint8Array> {
  const residues = Array.from({ length: LINE }, (_, index) => 'LACDEFGHIKMNPQRSTVWY'[(index * 7) % 20]).join('');
  const body = shape === 'tiny' ? `${residues.slice(0, 30)}\n` : `${residues}\n`.repeat(shape === 'many' ? 7 : 4096);
  let written = 0;
  let text = '';
  for (let record = 0; written < bytes; record++) {
    if (shape !== 'huge' || record === 0) {
      text += `>sp|Q${record}|BULK_TEST Generated record OS=Homo sapiens OX=9606 PE=5 SV=1\n`;
    }
    text += body;
    if (text.length >= CHUNK_BYTES || written + text.length >= bytes) {
      const chunk = new TextEncoder().encode(text);
      written += chunk.length;
      text = '';
      yield chunk;
    }
  }
}

/** Reads generated FASTA in a process of its own. @throws when it fails */
export async function readInChild(shape: BulkShape, method: BulkMethod, megabytes: number): Promise<BulkReport> {
  const program = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [program, shape, method, String(megabytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (code !== 0) {
    throw new Error(`The child that reads generated FASTA ended with code ${code}.`);
  }
  return JSON.parse(output) as BulkReport;
}

async function main(shape: BulkShape, method: BulkMethod, megabytes: number): Promise<void> {
  const start = performance.now();
  const source = bulkFasta(shape, megabytes * 1e6);
  const events = method === 'scan' ? scanFasta(source) : parseFasta(source);
  for await (const event of events) {
    if (event.type === 'end') {
      const { bytes, records, residues, errors } = event.totals;
      const seconds = (performance.now() - start) / 1000;
      const peakRssMegabytes = (process.resourceUsage().maxRSS * 1024) / 1e6;
      const report: BulkReport = { bytes, records, residues, errors, peakRssMegabytes, seconds };
      console.log(JSON.stringify(report));
    }
  }
}

if (import.meta.main) {
  const [shape, method, megabytes] = process.argv.slice(2);
  await main(shape as BulkShape, method as BulkMethod, Number(megabytes));
}
