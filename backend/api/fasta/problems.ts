import type { FastaProblem } from './types.ts';

/** By line, then column; problems of one place keep their order. */
export function sortProblems(problems: readonly FastaProblem[]): FastaProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** `Line 3, column 12, record "x": what is wrong. What to do.` For command line, log and HTTP errors. */
export function describeProblem(problem: FastaProblem): string {
  const record = problem.recordId === undefined ? '' : `, record "${problem.recordId}"`;
  return `Line ${problem.line}, column ${problem.column}${record}: ${problem.message} ${problem.remedy}`;
}

/** True when one of them forbids the prediction. */
export function hasErrors(problems: readonly FastaProblem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
