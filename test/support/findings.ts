import assert from 'node:assert/strict';
import type { Finding } from '../../scripts/backend/findings.ts';

/** A finding that asks for something must say what. */
export function only(findings: readonly Finding[]): Finding {
  assert.equal(findings.length, 1);
  const [finding] = findings;
  assert.ok(finding);
  if (finding.state === 'missing' || finding.state === 'unknown') assert.ok(finding.remedy, finding.found);
  return finding;
}
