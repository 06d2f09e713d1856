/**
 * Large FASTA made on the fly, and a child process that reads it and tells what that cost. The child is this file run
 * as a program: `node test/support/fastaBulk.ts SHAPE METHOD MEGABYTES`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
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
  /** Peak resident set of the whole process, Node itself included. */
  readonly peakRssMegabytes: number;
  readonly seconds: number;
}

const CHUNK_BYTES = 262_144;
const ID_DIGITS = 9;
const HEADER = `>sp|Q${'0'.repeat(ID_DIGITS)}|BULK_TEST Generated record OS=Homo sapiens OX=9606 PE=5 SV=1\n`;
const ID_START = HEADER.indexOf('0');
const RESIDUES = Array.from({ length: 60 }, (_, index) => 'LACDEFGHIKMNPQRSTVWY'[(index * 7) % 20]).join('');
const BODIES: Readonly<Record<BulkShape, string>> = {
  many: `${RESIDUES}\n`.repeat(7),
  tiny: `${RESIDUES.slice(0, 30)}\n`,
  huge: `${RESIDUES}\n`.repeat(4096),
};

/**
 * Bytes of FASTA, at least `bytes`, ending with a whole record. Residues repeat a fixed pattern, ids count up. A chunk is
 * valid until the next one is asked for: one buffer serves all, so that the reader's memory is what is measured.
 */
export function* bulkFasta(shape: BulkShape, bytes: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let written = 0;
  if (shape === 'huge') {
    const body = encoder.encode(BODIES.huge);
    yield encoder.encode(HEADER);
    for (written = HEADER.length; written < bytes; written += body.length) {
      yield body;
    }
    return;
  }
  const record = HEADER + BODIES[shape];
  const count = Math.ceil(CHUNK_BYTES / record.length);
  const chunk = encoder.encode(record.repeat(count));
  for (let first = 0; written < bytes; first += count) {
    for (let index = 0; index < count; index++) {
      let left = first + index;
      for (let digit = ID_DIGITS - 1; digit >= 0; digit--) {
        chunk[index * record.length + ID_START + digit] = 48 + (left % 10);
        left = Math.floor(left / 10);
      }
    }
    written += chunk.length;
    yield chunk;
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
      const peakRssMegabytes = peakKilobytes() * 1.024e-3;
      const report: BulkReport = { bytes, records, residues, errors, peakRssMegabytes, seconds };
      console.log(JSON.stringify(report));
    }
  }
}

/**
 * Peak resident set in KiB. Linux's getrusage starts with what the parent held when it forked, and tests have large
 * parents; `VmHWM` begins anew with the program.
 */
function peakKilobytes(): number {
  if (!existsSync('/proc/self/status')) return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

if (import.meta.main) {
  const [shape, method, megabytes] = process.argv.slice(2);
  await main(shape as BulkShape, method as BulkMethod, Number(megabytes));
}
