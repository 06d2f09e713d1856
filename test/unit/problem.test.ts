import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findJsonTrouble } from '../../backend/api/jsonError.ts';
import { PROBLEM_KINDS, ProblemError, type ProblemKind, problem, problemSchema } from '../../backend/api/problem.ts';

describe('problems', () => {
  it('have a stable type, a status, a title and a sentence', () => {
    for (const kind of Object.keys(PROBLEM_KINDS) as ProblemKind[]) {
      const error = problem(kind, 'What happened. What to do.');
      assert.ok(error instanceof ProblemError);
      assert.equal(error.kind, kind);
      assert.equal(error.status, PROBLEM_KINDS[kind].status);
      assert.equal(error.message, 'What happened. What to do.');
      assert.ok(problemSchema.safeParse(error.problem).success);
    }
  });

  it('leave out an empty list of errors', () => {
    assert.equal('errors' in problem('conflict', 'x', []).problem, false);
  });
});

describe('where a text stops being JSON', function () {
  this.timeout(30_000);
  const cases: readonly (readonly [text: string, line: number, column: number, message: RegExp])[] = [
    ['', 1, 1, /empty/],
    ['  \n ', 2, 2, /empty/],
    ['{"a":}', 1, 6, /expected a value, found "}"/],
    ['{\n  "a": 1,\n}', 3, 1, /expected a name in double quotes, found "}"/],
    ['[1,]', 1, 4, /expected a value, found "\]"/],
    ["{'a': 1}", 1, 2, /expected a name in double quotes/],
    ["['a']", 1, 2, /double quotes only/],
    ['{"a" 1}', 1, 6, /expected ":"/],
    ['{"a": 1 "b": 2}', 1, 9, /expected "," or "}"/],
    ['[1 2]', 1, 4, /expected "," or "]"/],
    ['[1}', 1, 3, /expected "," or "]"/],
    ['{"a": tru}', 1, 7, /expected a value/],
    ['01', 1, 2, /unexpected "1" after the end/],
    ['{} x', 1, 4, /unexpected "x" after the end/],
    ['{"a": "b', 1, 7, /no closing double quote/],
    ['{"a": "b\nc"}', 1, 9, /control character U\+000a inside a string/],
    ['"\\x"', 1, 2, /backslash/],
    ['{"a": [1, 2', 1, 12, /before the closing "]"/],
    ['{"fasta": "ü😀", nope}', 1, 18, /expected a name/],
    ['fasta=x&gpu=1', 1, 1, /expected a value, found "f"/],
  ];
  for (const [text, line, column, message] of cases) {
    it(`finds it in ${JSON.stringify(text)}`, () => {
      const trouble = findJsonTrouble(text);
      assert.deepEqual([trouble.line, trouble.column], [line, column]);
      assert.match(trouble.message, message);
    });
  }

  it('agrees with JSON.parse about which texts are JSON, and where damage begins', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('}', ']', ',', '"', ':', 'x', '\\', '\u0001', ''),
        (json, at, junk) => {
          const position = at % (json.length + 1);
          const damaged = json.slice(0, position) + junk + json.slice(position + (junk === '' ? 1 : 0));
          let valid = true;
          try {
            JSON.parse(damaged);
          } catch {
            valid = false;
          }
          const { line, column, message } = findJsonTrouble(damaged);
          const offset =
            damaged
              .split('\n')
              .slice(0, line - 1)
              .join('\n').length +
            (line > 1 ? 1 : 0) +
            column -
            1;
          if (valid) {
            assert.match(message, /ends too early/);
            assert.equal(offset, damaged.length);
          } else {
            assert.ok(offset <= damaged.length);
            assert.doesNotMatch(message, /ends too early/);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes no stack for depth and no time for length', () => {
    assert.equal(findJsonTrouble('['.repeat(1_000_000)).column, 1_000_001);
    assert.equal(findJsonTrouble(`["${'x'.repeat(3_000_000)}`).column, 2);
  });
});
