import assert from 'node:assert/strict';
import fc from 'fast-check';
import { problemSchema } from '../../backend/api/problem.ts';
import { MAX_BODY_BYTES } from '../../backend/http/body.ts';
import { type Answer, type ApiWorld, apiWorld, problemOf } from '../support/apiWorld.ts';
import { CRAMBIN } from '../support/coreWorld.ts';

const GOOD = { fasta: 'x', sequence: CRAMBIN };
const FIELDS = [
  'fasta',
  'file_name',
  'sequence',
  'que',
  'preset',
  'db_preset',
  'model_preset',
  'model_names',
  'max_template_date',
  'gpu',
  'comment',
  'models_to_relax',
  'num_multimer_predictions_per_model',
  'random_seed',
  'stop_at_confidence',
  'exclude_templates',
  'max_template_identity',
];

/** A mistake in a request, and a part of the message that names its place. */
interface Mistake {
  readonly body: string;
  readonly place: RegExp;
}

/** Values that no field takes. */
const nonsense = fc.oneof(
  fc.constantFrom<unknown>(null, true, {}, [{}], -1, 1e308, '', '\u0000', ['model_1', 'model_1'], '../../etc/passwd', [
    [],
  ]),
  fc.jsonValue({ maxDepth: 2 }),
);

const wrongField: fc.Arbitrary<Mistake> = fc
  .record({ field: fc.constantFrom(...FIELDS), value: nonsense, before: fc.nat(3) })
  .map(({ field, value, before }) => {
    const bad = { ...GOOD, [field]: value, ...(field === 'file_name' && { sequence: undefined }) };
    const body = JSON.stringify([...new Array(before).fill(GOOD), bad]);
    return { body, place: new RegExp(`(item ${before + 1} of ${before + 1}, )?${field}`) };
  });

const unknownField: fc.Arbitrary<Mistake> = fc
  .string({ minLength: 1, maxLength: 20 })
  .filter((name) => !FIELDS.includes(name))
  .map((name) => ({ body: JSON.stringify({ ...GOOD, [`${name}`]: 1, nonsense_field: 1 }), place: /unknown field/ }));

const brokenJson: fc.Arbitrary<Mistake> = fc
  .tuple(fc.nat(), fc.constantFrom('}', '{', '"', ',', ':', '\u0000', '\\', "'", 'NaN'))
  .map(([at, junk]) => {
    const text = JSON.stringify([GOOD, GOOD], undefined, 1);
    const position = at % text.length;
    return { body: text.slice(0, position) + junk + text.slice(position), place: /line \d+, column \d+/ };
  })
  .filter(({ body }) => {
    try {
      return JSON.stringify(JSON.parse(body)) === '';
    } catch {
      return true;
    }
  });

const noObject: fc.Arbitrary<Mistake> = fc
  .oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.nat())), { maxLength: 5 }),
  )
  .map((value) => ({ body: JSON.stringify(value), place: /JSON object|array is empty|reads|body/ }));

const badFasta: fc.Arbitrary<Mistake> = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 200 }),
    fc.string({ unit: fc.constantFrom(...'ACGT'), minLength: 80, maxLength: 200 }).map((dna) => `>x\n${dna}`),
    fc.constantFrom(
      '>',
      '>x',
      '>x\n\n',
      '>a\nMKV\n>a\nMKV',
      '{"a":1}',
      'HEADER\nATOM',
      '\u0000\u0001',
      '>x\nMKV*LAA*',
      `>x\n${'M'.repeat(29)}`,
    ),
  )
  .filter(
    (sequence) =>
      sequence.replace(/^>.*$/gm, '').replace(/[\s*\d]/g, '').length < 30 ||
      !/^(>.*\n)?[A-IK-NP-TV-Za-ik-np-tv-z\s*]+$/.test(sequence),
  )
  .map((sequence) => ({ body: JSON.stringify({ fasta: 'x', sequence }), place: /line \d+/ }));

/** 4xx, problem+json, a sentence, and the place. */
function assertRefused(answer: Answer, place: RegExp): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  const problem = problemSchema.parse(answer.json);
  assert.equal(problem.status, answer.status);
  assert.match(problem.detail, place);
  assert.ok((problem.errors?.length ?? 0) > 0);
}

describe('malformed requests', function () {
  this.timeout(60_000);
  let world: ApiWorld;
  let refused = 0;
  before(() => {
    world = apiWorld();
  });
  after(() => world.close());

  async function refuse(mistakes: fc.Arbitrary<Mistake>, numRuns: number): Promise<void> {
    await fc.assert(
      fc.asyncProperty(mistakes, async ({ body, place }) => {
        const answer = await world.call('POST', '/', body);
        // Some generated values happen to be right.
        if (answer.status === 202) return;
        assertRefused(answer, place);
        refused += 1;
      }),
      { numRuns },
    );
  }

  it('with a wrong value are refused at its field', () => refuse(wrongField, 400));
  it('with an unknown field are refused by its name', () => refuse(unknownField, 200));
  it('that are no JSON are refused at line and column', () => refuse(brokenJson, 300));
  it('that are no jobs are refused', () => refuse(noObject, 200));
  it('with a FASTA that is none are refused at its line', () => refuse(badFasta, 300));

  it('were a thousand', () => {
    assert.ok(refused >= 1000, `${refused}`);
  });

  it('leave nothing behind', async () => {
    const before = (await world.keys('input/')).length;
    for (const body of [
      '{',
      '[]',
      '[1]',
      JSON.stringify([GOOD, {}]),
      JSON.stringify([GOOD, { ...GOOD, que: 'none' }]),
    ]) {
      assert.notEqual((await world.call('POST', '/', body)).status, 202);
    }
    assert.equal((await world.keys('input/')).length, before);
  });

  it('are refused however deep, long or strange they are', async () => {
    const deep = await world.call('POST', '/', '['.repeat(200_000) + ']'.repeat(200_000));
    problemOf(deep, 422, 'invalid-request');
    problemOf(await world.call('POST', '/', ''), 400, 'malformed-body');
    problemOf(await world.call('POST', '/', JSON.stringify(new Array(1001).fill(GOOD))), 422, 'invalid-request');
    problemOf(
      await world.call('POST', '/', JSON.stringify({ ...GOOD, comment: 'x'.repeat(5000) })),
      422,
      'invalid-request',
    );
    const long = await world.call(
      'POST',
      '/',
      JSON.stringify({ fasta: 'x', sequence: `>x\n${'MKVLAAGIVG'.repeat(900_000)}` }),
    );
    problemOf(long, 422, 'invalid-request');
  });

  it('that are too large are refused before they are read', async () => {
    const large = await world.call('POST', '/', ' '.repeat(MAX_BODY_BYTES + 1));
    problemOf(large, 413, 'body-too-large');
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1 << 20;
        controller.enqueue(new Uint8Array(1 << 20));
      },
    });
    const init = {
      method: 'POST',
      headers: { authorization: 'ada-key' },
      body: endless,
      duplex: 'half',
    } as RequestInit;
    assert.equal((await world.app.fetch(new Request('http://x/', init))).status, 413);
    assert.ok(sent < 2 * MAX_BODY_BYTES);
  });

  it('that are no UTF-8 are refused', async () => {
    const init = { method: 'POST', headers: { authorization: 'ada-key' }, body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) };
    const response = await world.app.fetch(new Request('http://x/', init));
    assert.equal(response.status, 400);
    assert.match(await response.text(), /UTF-8/);
  });
});
