import assert from 'node:assert/strict';
import { readInChild } from '../support/fastaBulk.ts';

const MEGABYTES = 64;
/** The promise for 1 GB; test/bench/fasta.ts checks it at that size. */
const LIMIT_MEGABYTES = 150;

describe('FASTA in bulk', () => {
  for (const [shape, method] of [
    ['many', 'parse'],
    ['huge', 'parse'],
    ['huge', 'scan'],
    ['tiny', 'scan'],
  ] as const) {
    it(`of ${MEGABYTES} MB (${shape}, ${method}) stays below ${LIMIT_MEGABYTES} MB of memory`, async function () {
      this.timeout(120_000);
      const report = await readInChild(shape, method, MEGABYTES);
      assert.ok(report.bytes >= MEGABYTES * 1e6);
      assert.ok(report.residues > report.bytes / 4);
      // A huge record is longer than parseFasta keeps, and says so.
      assert.equal(report.errors, shape === 'huge' && method === 'parse' ? 1 : 0);
      assert.ok(report.peakRssMegabytes < LIMIT_MEGABYTES, `peak ${report.peakRssMegabytes} MB`);
    });
  }
});
