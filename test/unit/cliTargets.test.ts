import assert from 'node:assert/strict';
import { parseFastaText } from '../../backend/api/fasta/parseFasta.ts';
import type { QueueInfo } from '../../backend/api/job.ts';
import { wireJobRequestSchema } from '../../backend/api/wireRequest.ts';
import { CliError } from '../../backend/cli/errors.ts';
import type { FastaInput } from '../../backend/cli/fastaInput.ts';
import { Output } from '../../backend/cli/output.ts';
import { chooseQueue, makeRequests } from '../../backend/cli/targets.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const CHAIN = 'MVHLTPEEKSAVTALWGKVNVDEVGGEALGRLLVVYPWTQRFFESFGDLS';

function input(text: string, stem = 'file'): FastaInput {
  return { label: `${stem}.fasta`, stem, file: parseFastaText(text, { defaultName: stem }) };
}

function terminal() {
  const fake = new FakeTerminal({ isTTY: false });
  return { output: new Output(fake.streams, false), fake };
}

const local: QueueInfo = {
  name: 'local',
  engine: 'homology',
  description: '',
  aliases: ['low', 'p4'],
  available: true,
  maxGpu: 0,
};

describe('makeRequests', () => {
  it('makes a valid request of every record, named after it', () => {
    const { output, fake } = terminal();
    const requests = makeRequests([input(`>a one\n${CHAIN}\n>b\n${CHAIN}\n`)], {}, 'homology', output);
    assert.deepEqual(
      requests.map(({ fasta, sequence }) => [fasta, sequence]),
      [
        ['a', `>a one\n${CHAIN}\n`],
        ['b', `>b\n${CHAIN}\n`],
      ],
    );
    for (const request of requests) wireJobRequestSchema.parse(request);
    assert.match(fake.stderr, /file\.fasta: 2 records, each becomes a job of its own/);
  });

  it('passes options on, and numbers nothing when there is one job', () => {
    const { output } = terminal();
    const options = { name: 'N', queue: 'low', excludeTemplates: ['1CRN'], maxTemplateIdentity: 0.9, comment: 'c' };
    const [request] = makeRequests([input(`>a\n${CHAIN}\n`)], options, 'homology', output);
    assert.deepEqual(wireJobRequestSchema.parse(request), {
      fasta: 'N',
      sequence: `>a\n${CHAIN}\n`,
      que: 'low',
      exclude_templates: ['1CRN'],
      max_template_identity: 0.9,
      comment: 'c',
    });
    const many = makeRequests([input(`>a\n${CHAIN}\n>b\n${CHAIN}\n`)], options, 'homology', output);
    assert.deepEqual(
      many.map(({ fasta }) => fasta),
      ['N a', 'N b'],
    );
  });

  it('makes one complex of a file with --multimer, for an engine that can', () => {
    const { output } = terminal();
    const file = input(`>a\n${CHAIN}\n>b\n${CHAIN}\n`, 'dimer');
    const [request, ...others] = makeRequests([file], { multimer: true }, 'alphafold2', output);
    assert.equal(others.length, 0);
    assert.equal(request?.fasta, 'dimer');
    assert.equal(request?.model_preset, 'multimer');
    assert.equal(parseFastaText(request?.sequence ?? '').records.length, 2);
    assert.throws(() => makeRequests([file], { multimer: true }, 'homology', output), CliError);
  });

  it('takes chains joined by ":" for a complex unless told otherwise', () => {
    const { output } = terminal();
    const file = input(`>ab\n${CHAIN}:${CHAIN}\n`);
    assert.equal(makeRequests([file], {}, 'alphafold2', output)[0]?.model_preset, 'multimer');
    assert.equal(makeRequests([file], { monomers: true }, 'homology', output).length, 2);
  });

  it('names the place of a target that the engine cannot take', () => {
    const { output, fake } = terminal();
    assert.throws(() => makeRequests([input('>tiny\nMKV\n')], {}, 'homology', output), /correct file\.fasta/);
    assert.match(fake.stderr, /file\.fasta:1:1: error: Chain "tiny" has 3 residues/);
  });
});

describe('chooseQueue', () => {
  it('takes the only queue, a named one, or one by another name', () => {
    assert.equal(chooseQueue([local], undefined), local);
    assert.equal(chooseQueue([local], 'p4'), local);
    assert.equal(chooseQueue([local, { ...local, name: 'x', aliases: [] }], 'x')?.name, 'x');
  });

  it('leaves the choice to the backend when there are several', () => {
    assert.equal(chooseQueue([local, { ...local, name: 'x' }], undefined), undefined);
  });

  it('says which there are, and why one cannot work', () => {
    assert.throws(() => chooseQueue([local], 'fast'), /no queue "fast"; there are: local/);
    const broken = { ...local, available: false, reason: 'The engine is not installed.', remedy: 'Install it.' };
    assert.throws(
      () => chooseQueue([broken], undefined),
      /cannot work now: The engine is not installed\. Install it\./,
    );
  });
});
