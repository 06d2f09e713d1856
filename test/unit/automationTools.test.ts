import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  countBands,
  type ResidueConfidence,
  readConfidence,
  weakRegions,
} from '../../extension/automation/confidenceProfile.ts';
import {
  MAX_WAIT_SECONDS,
  readPredictInput,
  readResultsInput,
  readStatusInput,
  ToolInputError,
} from '../../extension/automation/toolInput.ts';

interface DeclaredTool {
  readonly name: string;
  readonly modelDescription: string;
  readonly inputSchema: {
    readonly additionalProperties: boolean;
    readonly required?: readonly string[];
    readonly properties: Readonly<Record<string, { readonly description?: string; readonly maximum?: number }>>;
  };
}

const ROOT = path.join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const tools: readonly DeclaredTool[] = manifest.contributes.languageModelTools;
const READERS = {
  foldpad_predict: readPredictInput,
  foldpad_status: readStatusInput,
  foldpad_results: readResultsInput,
};

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ToolInputError);
    return error.message;
  }
  return assert.fail('it was taken');
}

describe('the tools for language models', () => {
  it('are declared with just the inputs that the code takes', () => {
    assert.deepEqual(tools.map(({ name }) => name).sort(), Object.keys(READERS).sort());
    for (const { name, inputSchema, modelDescription } of tools) {
      assert.ok(modelDescription.length > 100, name);
      assert.equal(inputSchema.additionalProperties, false, name);
      const told = refusal(() => READERS[name as keyof typeof READERS]({ stranger: 1 }));
      const known = /there are ([\w, ]+)\./.exec(told)?.[1]?.split(', ');
      assert.deepEqual(known?.sort(), Object.keys(inputSchema.properties).sort(), name);
      for (const [field, { description }] of Object.entries(inputSchema.properties)) assert.ok(description, field);
    }
    const status = tools.find(({ name }) => name === 'foldpad_status');
    assert.equal(status?.inputSchema.properties.wait_seconds?.maximum, MAX_WAIT_SECONDS);
  });

  it('take what a model gives, empty text for nothing', () => {
    assert.deepEqual(readPredictInput({ sequence: 'MKV', file: '', mode: 'monomer', queue: null }), {
      sequence: 'MKV',
      mode: 'monomer',
    });
    assert.deepEqual(readStatusInput(undefined), { wait_seconds: 0, limit: 10 });
    assert.deepEqual(readStatusInput({ job_id: 'a', wait_seconds: 30, limit: 2.5 }), {
      job_id: 'a',
      wait_seconds: 30,
      limit: 2,
    });
    assert.deepEqual(readResultsInput({ job_id: 'a' }), { job_id: 'a', open: false });
  });

  it('tell a mistake with what to do', () => {
    assert.match(
      refusal(() => readPredictInput({})),
      /either "sequence" .* or "file"/,
    );
    assert.match(
      refusal(() => readPredictInput({ sequence: 'M', file: 'a' })),
      /not both/,
    );
    assert.match(
      refusal(() => readPredictInput({ sequence: 'M', mode: 'dimer' })),
      /"monomer" or "multimer"/,
    );
    assert.match(
      refusal(() => readPredictInput({ sequence: 7 })),
      /"sequence" must be text/,
    );
    assert.match(
      refusal(() => readPredictInput([])),
      /JSON object/,
    );
    assert.match(
      refusal(() => readStatusInput({ wait_seconds: 5 })),
      /give its "job_id"/,
    );
    assert.match(
      refusal(() => readStatusInput({ job_id: 'a', wait_seconds: Number.NaN })),
      /from 0 to 300/,
    );
    assert.match(
      refusal(() => readStatusInput({ limit: 0 })),
      /from 1 to 100/,
    );
    assert.match(
      refusal(() => readResultsInput({})),
      /foldpad_status without arguments/,
    );
    assert.match(
      refusal(() => readResultsInput({ job_id: 'a', open: 'yes' })),
      /true or false/,
    );
  });
});

const atom = (name: string, chain: string, number: number, value: number, alternative = ' ', record = 'ATOM  ') =>
  `${record}    1  ${name.padEnd(3)}${alternative}ALA ${chain}${String(number).padStart(4)}       1.000   2.000   3.000  1.00${value.toFixed(2).padStart(6)}           C  `;

describe('the confidence of a model, by its PDB file', () => {
  it('is that of each Cα, of the first alternative and the first model', () => {
    const pdb = [
      atom('N', 'A', 1, 11),
      atom('CA', 'A', 1, 95.5),
      atom('CA', 'A', 2, 60, 'A'),
      atom('CA', 'A', 2, 20, 'B'),
      atom('CA', 'A', 3, 1, ' ', 'HETATM'),
      atom('CA', 'B', 1, 100),
      'ENDMDL',
      atom('CA', 'A', 1, 2),
    ].join('\n');
    assert.deepEqual(readConfidence(pdb), [
      { chain: 'A', number: 1, value: 95.5 },
      { chain: 'A', number: 2, value: 60 },
      { chain: 'B', number: 1, value: 100 },
    ]);
  });

  it('is counted by the bands, each border belonging to the upper one', () => {
    const values = [100, 90, 89.99, 70, 69.99, 50, 49.99, 0];
    const residues = values.map((value, index) => ({ chain: 'A', number: index + 1, value }));
    assert.deepEqual(countBands(residues), { veryHigh: 2, high: 2, low: 2, veryLow: 2 });
  });

  it('names unbroken weak stretches, the longest first', () => {
    const of = (chain: string, numbers: readonly number[], value: number): ResidueConfidence[] =>
      numbers.map((number) => ({ chain, number, value }));
    const residues = [
      ...of('A', [1], 40),
      ...of('A', [2, 3], 90),
      ...of('A', [4, 5], 60),
      // A gap of the model ends a stretch; so does the next chain.
      ...of('A', [8, 9, 10], 50),
      ...of('B', [11], 69),
    ];
    assert.deepEqual(weakRegions(residues), [
      { chain: 'A', from: 8, to: 10, mean: 50 },
      { chain: 'A', from: 4, to: 5, mean: 60 },
      { chain: 'A', from: 1, to: 1, mean: 40 },
      { chain: 'B', from: 11, to: 11, mean: 69 },
    ]);
    assert.deepEqual(weakRegions([]), []);
  });
});
