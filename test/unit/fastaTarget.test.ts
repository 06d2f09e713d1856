import assert from 'node:assert/strict';
import { checkTarget, PDB_MAX_CHAINS, suggestMode, TARGET_LIMITS } from '../../backend/api/fasta/checkTarget.ts';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import type { CheckTargetOptions } from '../../backend/api/fasta/types.ts';

const UBIQUITIN = 'MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG';
const CRAMBIN = 'TTCCPSIVARSNFNVCRLPGTPEALCATYTGCIIIPGATCPGDYAN';

function check(sequences: readonly string[], options: CheckTargetOptions) {
  const text = sequences.map((sequence, index) => `>c${index}\n${sequence}\n`).join('');
  return checkTarget(parseFastaText(text, { maxRecordLength: 1e6 }).records, options);
}

const codes = (...found: Parameters<typeof check>) =>
  check(...found).map(({ code, severity, line }) => `${severity} ${code} ${line}`);

describe('checkTarget', () => {
  it('has nothing to say about ordinary proteins', () => {
    assert.deepEqual(codes([UBIQUITIN, CRAMBIN], { engine: 'homology', mode: 'monomer' }), []);
    assert.deepEqual(codes([UBIQUITIN], { engine: 'alphafold2', mode: 'monomer' }), []);
  });

  it('knows the limits of each engine, at the residue', () => {
    for (const engine of ['alphafold2', 'homology'] as const) {
      const { minLength, maxLength } = TARGET_LIMITS[engine];
      const ofLength = (length: number) => UBIQUITIN.repeat(Math.ceil(length / 76)).slice(0, length);
      assert.deepEqual(codes([ofLength(minLength), ofLength(maxLength)], { engine, mode: 'monomer' }), []);
      assert.deepEqual(
        codes([UBIQUITIN, ofLength(minLength - 1), ofLength(maxLength + 1)], { engine, mode: 'monomer' }),
        ['error chain-too-short 3', 'error chain-too-long 5'],
      );
    }
  });

  it('takes other limits from the one who runs the server', () => {
    const limits = { maxLength: 75, maxJobs: 1 };
    assert.deepEqual(codes([UBIQUITIN, CRAMBIN], { engine: 'homology', mode: 'monomer', limits }), [
      'error chain-too-long 1',
      'error too-many-jobs 3',
    ]);
  });

  it('refuses a chain of unknowns, not one with a few', () => {
    const options = { engine: 'alphafold2', mode: 'monomer' } as const;
    assert.deepEqual(codes(['X'.repeat(40)], options), ['error too-many-unknown 1']);
    assert.deepEqual(codes([`${UBIQUITIN}XXXX`], options), []);
  });

  it('names the stoichiometry of a complex', () => {
    const problems = check([UBIQUITIN, CRAMBIN, UBIQUITIN], { engine: 'alphafold2', mode: 'multimer' });
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [['stoichiometry', 'info']],
    );
    assert.match(problems[0]?.message ?? '', /hetero-oligomer of 3 chains, A2B: 2 different sequences/);
    const homo = check([UBIQUITIN, UBIQUITIN], { engine: 'alphafold2', mode: 'multimer' });
    assert.match(homo[0]?.message ?? '', /homo-oligomer of 2 chains, A2: 1 different sequence/);
  });

  it('refuses more chains than a PDB file can name, at the first one too many', () => {
    const options = { engine: 'alphafold2', mode: 'multimer' } as const;
    const most = Array.from({ length: PDB_MAX_CHAINS }, () => CRAMBIN);
    assert.deepEqual(codes(most, options), ['info stoichiometry 1']);
    const problems = check([...most, CRAMBIN], options);
    const tooMany = problems.find(({ code }) => code === 'too-many-chains');
    assert.deepEqual([tooMany?.severity, tooMany?.line, tooMany?.recordId], ['error', 125, 'c62']);
    assert.match(tooMany?.message ?? '', /63 chains; at most 62/);
  });

  it('adds up the chains of a complex', () => {
    const limits = { maxTotalLength: 100 };
    assert.deepEqual(codes([UBIQUITIN, CRAMBIN], { engine: 'alphafold2', mode: 'multimer', limits }), [
      'error target-too-long 1',
      'info stoichiometry 1',
    ]);
  });

  it('does not pretend that homology models complexes', () => {
    const [problem] = check([UBIQUITIN, CRAMBIN], { engine: 'homology', mode: 'multimer' });
    assert.equal(problem?.code, 'multimer-unsupported');
    assert.match(problem?.remedy ?? '', /job of its own/);
  });

  it('warns when the mode does not fit the file', () => {
    assert.deepEqual(codes([UBIQUITIN], { engine: 'alphafold2', mode: 'multimer' }), [
      'warning single-chain-multimer 1',
    ]);
    const complex = parseFastaText(`>d\n${UBIQUITIN}:${CRAMBIN}\n`).records;
    assert.equal(suggestMode(complex), 'multimer');
    const problems = checkTarget(complex, { engine: 'alphafold2', mode: 'monomer' });
    assert.deepEqual(
      problems.map(({ code, severity }) => [code, severity]),
      [['complex-as-monomers', 'warning']],
    );
  });

  it('suggests monomers unless the whole file is one complex', () => {
    assert.equal(suggestMode([]), 'monomer');
    assert.equal(suggestMode(parseFastaText(`>a\n${CRAMBIN}\n>b\n${CRAMBIN}\n`).records), 'monomer');
    assert.equal(suggestMode(parseFastaText(`>a\n${CRAMBIN}:${CRAMBIN}\n>b\n${CRAMBIN}\n`).records), 'monomer');
  });

  it('says when there is nothing', () => {
    assert.deepEqual(codes([], { engine: 'homology', mode: 'monomer' }), ['error no-chain 1']);
  });
});
