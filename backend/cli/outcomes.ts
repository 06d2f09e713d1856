import type { BulkOutcome } from '../api/job.ts';
import { EXIT_CODES } from './exitCodes.ts';
import type { Output } from './output.ts';
import { formatTable } from './table.ts';

/**
 * Shows what became of each job of a cancel or delete.
 *
 * @param nothing said to a person when there was none
 * @returns the exit code: refusals are failures
 */
export function showOutcomes(output: Output, outcomes: readonly BulkOutcome[], nothing: string): number {
  if (output.json) output.document({ outcomes });
  else if (outcomes.length === 0) output.note(nothing);
  else {
    const rows = outcomes.map(({ id, outcome, reason = '' }) => [id, outcome, reason]);
    for (const line of formatTable(rows)) output.line(line);
  }
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused').length;
  if (refused === 0) return EXIT_CODES.ok;
  return refused === outcomes.length ? EXIT_CODES.error : EXIT_CODES.someFailed;
}
