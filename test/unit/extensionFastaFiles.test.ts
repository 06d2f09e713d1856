import assert from 'node:assert/strict';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import { FASTA_EXTENSIONS, fastaStem, isFastaFile } from '../../extension/fasta/fastaFiles.ts';
import { planRequests } from '../../extension/fasta/predictionRequests.ts';

const HBA = 'VLSPADKTNVKAAWGKVGAHAGEYGAEALERMFLSFPTTKTYFPHFDLSH';
const HBB = 'VHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLST';

describe('FASTA files', () => {
  it('are known by their extension, in any letter case, also compressed', () => {
    for (const extension of FASTA_EXTENSIONS.filter((name) => name !== 'gz')) {
      for (const name of [
        `a.${extension}`,
        `A.${extension.toUpperCase()}`,
        `a.b.${extension}.gz`,
        `A.${extension}.GZ`,
      ]) {
        assert.ok(isFastaFile(`/some where/${name}`), name);
        assert.match(fastaStem(`/some where/${name}`), /^(a|A|a\.b)$/);
      }
    }
  });

  it('are not mistaken for others', () => {
    for (const name of ['a.txt', 'fasta', 'a.fasta.txt', 'a.gz', 'a.fastq', 'a.fna', 'a.fasta.bz2']) {
      assert.ok(!isFastaFile(name), name);
    }
  });

  it('give a prediction its name', () => {
    assert.equal(fastaStem('/x/hemoglobin.fasta'), 'hemoglobin');
    assert.equal(fastaStem('/x/My.Protein.v2.FA.GZ'), 'My.Protein.v2');
    assert.equal(fastaStem('/x/.fasta'), '.fasta');
    assert.equal(fastaStem('Untitled-1'), 'Untitled-1');
  });
});

describe('planRequests', () => {
  const input = (text: string, stem = 'file') => ({ stem, records: parseFastaText(text).records });
  const two = input(`>sp|P69905|HBA_HUMAN alpha\n${HBA}\n>beta second chain\n${HBB}\n`, 'hemoglobin');

  it('calls the prediction of a single record like its file', () => {
    const [planned, ...rest] = planRequests([input(`>x\n${HBA}\n`, 'myProtein')], 'monomer', 'local');
    assert.equal(rest.length, 0);
    assert.deepEqual(planned?.request, { fasta: 'myProtein', sequence: `>x\n${HBA}\n`, que: 'local' });
  });

  it('makes one request for each record, called like the record', () => {
    const names = planRequests([two], 'monomer', undefined).map(({ request }) => request.fasta);
    assert.deepEqual(names, ['HBA_HUMAN', 'beta']);
  });

  it('makes one request for each file of a complex, with all its chains', () => {
    const plan = planRequests([two, two], 'multimer', 'p4');
    assert.equal(plan.length, 2);
    const [{ request }] = plan as [(typeof plan)[0]];
    assert.equal(request.model_preset, 'multimer');
    const chains = parseFastaText(request.sequence ?? '').records.map(({ sequence }) => sequence);
    assert.deepEqual(chains, [HBA, HBB]);
  });

  it('keeps names within what the API takes', () => {
    const [planned] = planRequests([input(`>x\n${HBA}\n`, 'n'.repeat(500))], 'monomer', undefined);
    assert.equal(planned?.request.fasta.length, 200);
  });
});
