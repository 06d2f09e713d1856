// npm run doctor:backend: says in plain words what a deployment lacks, and how to mend it.

import { examineAccount, examineDeployment } from './examine.ts';
import { describeFinding, type Finding, summarizeFindings } from './findings.ts';
import { DOCTOR_HELP, parseDoctorFlags } from './flags.ts';
import { openSession, runCommandLine, useProfile } from './session.ts';
import { readInput } from './settings.ts';

function show(title: string, findings: readonly Finding[]): void {
  console.log(`\n${title}`);
  for (const finding of findings) console.log(describeFinding(finding));
}

await runCommandLine(async () => {
  const flags = parseDoctorFlags(process.argv.slice(2));
  if (flags.help) return console.log(DOCTOR_HELP);
  useProfile(flags);
  const { aws, target } = await openSession(readInput(flags));
  const account = await examineAccount(aws, target);
  show('The account', account);
  const deployment = await examineDeployment(aws, target);
  show('The deployment', deployment);
  const all = [...account, ...deployment];
  console.log(`\n${summarizeFindings(all)}`);
  if (all.some(({ state }) => state === 'missing' || state === 'unknown')) process.exitCode = 1;
});
