import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editDistance, nearestWord } from '../../backend/api/nearest.ts';
import { type ProblemDetail, ProblemError } from '../../backend/api/problem.ts';
import { MAX_JOBS_PER_REQUEST, parseJobRequests } from '../../backend/api/requests.ts';

const GOOD = { fasta: 'x', sequence: '>x\nMKV' };

function mistakes(body: unknown): readonly ProblemDetail[] {
  try {
    parseJobRequests(body);
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.status, 422);
    assert.ok(error.problem.detail.length > 20);
    return error.problem.errors ?? [];
  }
  return assert.fail('the body was accepted');
}

/** The only mistake of a request with these fields added. */
function mistake(fields: object): ProblemDetail {
  const details = mistakes({ ...GOOD, ...fields });
  assert.equal(details.length, 1, JSON.stringify(details));
  const [detail] = details;
  assert.ok(detail?.remedy, 'says what to do');
  return detail;
}

describe('requests', function () {
  this.timeout(30_000);
  it('takes one object or an array, with the article’s defaults', () => {
    const [one] = parseJobRequests({ fasta: 'x', file_name: 'x.fasta' });
    assert.deepEqual(one, {
      name: 'x',
      source: { kind: 'file', fileName: 'x.fasta' },
      comment: '',
      parameters: {
        dbPreset: 'full_dbs',
        modelPreset: 'monomer',
        modelNames: ['model_1', 'model_2', 'model_3', 'model_4', 'model_5'],
        maxTemplateDate: '2020-05-14',
        gpu: 1,
        modelsToRelax: 'best',
        numMultimerPredictionsPerModel: 5,
        excludeTemplates: [],
      },
      given: ['fasta', 'file_name'],
    });
    assert.equal(parseJobRequests([GOOD, GOOD]).length, 2);
  });

  it('reads the article’s presets, which AlphaFold’s own win over', () => {
    const presets = (fields: object): unknown => {
      const { dbPreset, modelPreset } = parseJobRequests({ ...GOOD, ...fields })[0]?.parameters ?? {};
      return [dbPreset, modelPreset];
    };
    assert.deepEqual(presets({ preset: 'reduced' }), ['reduced_dbs', 'monomer']);
    assert.deepEqual(presets({ preset: 'CASP14' }), ['full_dbs', 'monomer_casp14']);
    assert.deepEqual(presets({ preset: 'CASP14', model_preset: 'multimer' }), ['full_dbs', 'multimer']);
    assert.deepEqual(presets({ preset: 'full', db_preset: 'reduced_dbs' }), ['reduced_dbs', 'monomer']);
  });

  it('names unknown fields, and the one that was meant', () => {
    assert.deepEqual(mistake({ modle_names: [] }), {
      item: 0,
      field: 'modle_names',
      message: 'unknown field "modle_names" (did you mean model_names?)',
      remedy: 'Write model_names, or leave the field out.',
      code: 'unknown-field',
    });
    assert.match(mistake({ queue: 'low' }).message, /did you mean que\?/);
    assert.match(mistake({ Preset: 'full' }).message, /did you mean preset\?/);
    const { message, remedy } = mistake({ frobnicate: 1 });
    assert.equal(message, 'unknown field "frobnicate"');
    assert.match(remedy ?? '', /Known fields: fasta, file_name/);
    assert.equal(mistakes({ ...GOOD, a1b2: 1, c3d4: 2 }).length, 2);
  });

  it('does not take prototype names for fields', () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      assert.match(mistake(JSON.parse(`{"${key}": 1}`)).message, /unknown field/);
    }
  });

  it('names the place inside arrays', () => {
    const { field, message } = mistake({ model_names: ['model_1', 'model_9'] });
    assert.equal(field, 'model_names[1]');
    assert.equal(
      message,
      '"model_9" is not one of model_1, model_2, model_3, model_4, model_5 (did you mean model_1?)',
    );
    assert.equal(mistake({ exclude_templates: ['1CRN', 'crambin'] }).field, 'exclude_templates[1]');
  });

  it('names the item of an array, counted from 1 for people', () => {
    const [detail] = mistakes([GOOD, { ...GOOD, gpu: 9 }]);
    assert.equal(detail?.item, 1);
    assert.throws(() => parseJobRequests([GOOD, { ...GOOD, gpu: 9 }]), /item 2 of 2, gpu: must be at most 8; it is 9/);
  });

  it('tells types, missing fields and sizes in plain words', () => {
    assert.equal(mistake({ gpu: '2' }).message, 'must be a number, not a string');
    assert.equal(mistake({ gpu: 1.5 }).message, 'must be a whole number, not a number');
    assert.equal(mistake({ gpu: 0 }).message, 'must be at least 1; it is 0');
    assert.equal(mistake({ comment: null }).message, 'must be a string, not null');
    assert.equal(mistake({ model_names: 'model_1' }).message, 'must be an array, not a string');
    assert.equal(mistake({ model_names: [] }).message, 'must have at least 1 entry; it has 0');
    assert.equal(mistake({ fasta: 'n'.repeat(201) }).message, 'must have at most 200 characters; it has 201');
    assert.match(mistake({ max_template_date: '14.5.2020' }).message, /YYYY-MM-DD/);
    assert.match(mistake({ max_template_date: '2020-02-30' }).message, /YYYY-MM-DD/);
    assert.equal(mistake({ preset: 'ful' }).message, '"ful" is not one of full, reduced, CASP14 (did you mean full?)');
    assert.deepEqual(
      mistakes({}).map(({ field, message }) => [field, message]),
      [
        ['fasta', 'is missing'],
        ['file_name', 'give exactly one of file_name (a file under input/) and sequence (the FASTA text itself)'],
      ],
    );
  });

  it('wants a file or a sequence, and not both', () => {
    assert.match(mistake({ file_name: 'x.fasta' }).message, /exactly one/);
  });

  it('refuses file names that lead elsewhere or that no store can hold', () => {
    const bad = [
      '../x',
      '/x',
      'a//b',
      'a/../b',
      '.',
      'a\\b',
      'a\0b',
      '',
      'ü'.repeat(200),
      `${'蛋'.repeat(60)}/`.repeat(8),
    ];
    for (const name of bad) {
      const [detail] = mistakes({ fasta: 'x', file_name: name });
      assert.equal(detail?.field, 'file_name', name);
    }
  });

  it('refuses bodies that are no jobs at all', () => {
    assert.match(mistakes([])[0]?.message ?? '', /empty/);
    assert.match(mistakes(new Array(MAX_JOBS_PER_REQUEST + 1).fill(GOOD))[0]?.message ?? '', /1001 jobs.*1000/);
    for (const [body, kind] of [
      ['text', 'a string'],
      [5, 'a number'],
      [null, 'null'],
      [true, 'a boolean'],
      [[[]], 'an array'],
      [[null], 'null'],
    ] as const) {
      assert.match(mistakes(body)[0]?.message ?? '', new RegExp(`must be a JSON object.*not ${kind}`));
    }
  });

  it('accepts as many jobs as it says', () => {
    assert.equal(parseJobRequests(new Array(MAX_JOBS_PER_REQUEST).fill(GOOD)).length, MAX_JOBS_PER_REQUEST);
  });

  it('names at most a hundred mistakes one by one, but counts all', () => {
    const body = new Array(300).fill({ ...GOOD, gpu: 0 });
    assert.equal(mistakes(body).length, 100);
    assert.throws(() => parseJobRequests(body), /^ProblemError: 300 mistakes/);
  });

  it('does not hang or flood on a huge wrong value', () => {
    const details = mistakes({ ...GOOD, preset: 'x'.repeat(2_000_000), ['k'.repeat(1_000_000)]: 1 });
    assert.ok(JSON.stringify(details).length < 2000);
  });

  it('takes any JSON for what it is: a request, or a mistake that names a place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          assert.ok(parseJobRequests(body).length > 0);
        } catch (error) {
          assert.ok(error instanceof ProblemError, String(error));
          assert.ok((error.problem.errors?.length ?? 0) > 0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('nearest word', () => {
  it('counts a swap, a wrong, a missing and an added letter as one', () => {
    assert.deepEqual(
      ['modle', 'mosel', 'moel', 'moddel', 'model', ''].map((word) => editDistance(word, 'model')),
      [1, 1, 1, 1, 0, 5],
    );
  });

  it('is symmetric', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.equal(editDistance(a, b) === 0, a === b);
      }),
    );
  });

  it('finds nothing when nothing is near', () => {
    assert.equal(nearestWord('zzz', ['gpu', 'que']), undefined);
    assert.equal(nearestWord('qeu', ['gpu', 'que']), 'que');
  });
});
