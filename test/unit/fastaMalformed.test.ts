import assert from 'node:assert/strict';
import { parseFastaBytes } from '../../backend/api/fasta/parseFasta.ts';
import { describeProblem } from '../../backend/api/fasta/problems.ts';
import { type MalformedFile, MUTATIONS, malformedFasta } from '../support/malformedFasta.ts';

const FILES = 10_000;
/** Takes a tenth of a second each: not in every round. */
const EXPENSIVE = new Set(['gzip bomb']);
const EXPENSIVE_FILES = 5;

function assertAnswered(file: MalformedFile): void {
  const { problems } = parseFastaBytes(file.bytes, file.options);
  const told = problems.map((problem) => `${problem.code} ${describeProblem(problem)}`).join('\n');
  const answers = problems.filter(({ code }) => file.codes.includes(code));
  assert.ok(answers.length > 0, `expected ${file.codes.join(' or ')}, got:\n${told}`);
  if (file.line !== undefined) {
    assert.ok(
      answers.some(({ line }) => line === file.line),
      `expected line ${file.line}, got:\n${told}`,
    );
  }
  for (const problem of problems) {
    assert.ok(problem.line >= 1 && problem.column >= 1, describeProblem(problem));
    assert.match(describeProblem(problem), /^Line \d+, column \d+.*: .+\. .+\.$/);
  }
}

describe('malformed FASTA', () => {
  it('knows at least 40 kinds of damage', () => {
    assert.ok(Object.keys(MUTATIONS).length >= 40);
  });

  for (const kind of Object.keys(MUTATIONS)) {
    it(`names the place and the remedy: ${kind}`, () => {
      assertAnswered(malformedFasta(kind, 1));
    });
  }

  it(`answers ${FILES} generated files, each at its place`, function () {
    this.timeout(120_000);
    const kinds = Object.keys(MUTATIONS);
    const cheap = kinds.filter((kind) => !EXPENSIVE.has(kind));
    for (let seed = 0; seed < FILES; seed++) {
      const kind =
        (seed < EXPENSIVE_FILES ? kinds.find((each) => EXPENSIVE.has(each)) : cheap[seed % cheap.length]) ?? '';
      try {
        assertAnswered(malformedFasta(kind, seed));
      } catch (error) {
        throw new Error(`malformedFasta('${kind}', ${seed}): ${String(error)}`);
      }
    }
  });
});
