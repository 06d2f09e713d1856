import type { EngineReport } from '../../backend/api/runner.ts';

/** An engine's report for people, several lines. */
export function formatReport(report: EngineReport): string {
  const lines = [`${report.engine}: ${report.available ? 'ready' : 'not available'}`];
  if (report.reason) lines.push(`  why:  ${report.reason}`);
  if (report.remedy) lines.push(`  do:   ${report.remedy}`);
  if (report.version) lines.push(`  version: ${report.version}`);
  for (const [name, version] of Object.entries(report.software)) lines.push(`  ${name} ${version}`);
  if (report.library) {
    const { ready, folder, chains } = report.library;
    const state = ready ? `ready${chains === undefined ? '' : `, ${chains} chains`}` : 'built by the first prediction';
    lines.push(`  template library: ${state}${folder === undefined ? '' : ` (${folder})`}`);
  }
  return `${lines.join('\n')}\n`;
}
