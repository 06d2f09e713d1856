// npm run deploy:backend: puts Foldpad's backend into an AWS account, or updates the one that is there.
import path from 'node:path';
import { build } from '../build.ts';
import { CACHE } from '../lib/paths.ts';
import { formatDuration } from '../lib/say.ts';
import { bootstrap, type CdkApp, deployStack, synthesize } from './cdk.ts';
import { apiUrl } from './checks/api.ts';
import type { AwsClients } from './clients.ts';
import { offerEditor } from './editorOffer.ts';
import { examineAccount, examineDeployment } from './examine.ts';
import { describeFinding, type Finding, summarizeFindings } from './findings.ts';
import { DEPLOY_HELP, type DeployFlags, parseDeployFlags, UsageError } from './flags.ts';
import { describePlan } from './plan.ts';
import { type Prompter, prompter } from './prompter.ts';
import { openSession, runCommandLine, Told, useProfile } from './session.ts';
import { askMissing, configFileOf, type Input, readInput, saveInput, writeForCdk } from './settings.ts';
import { markChange, prepareAdminKey, prepareDatabases, prepareImages, prepareShareKey } from './steps.ts';
import { partsOf, stackOf, type Target } from './target.ts';

async function settle(flags: DeployFlags, ask: Prompter | undefined): Promise<Input> {
  const known = readInput(flags);
  if (!ask) return known;
  const input = await askMissing(known, ask);
  const file = configFileOf(flags);
  if (JSON.stringify(input) === JSON.stringify(known)) return input;
  if (await ask.confirm(`Keep these answers in ${path.basename(file)}?`, true)) await saveInput(file, input);
  return input;
}

function nobodyToAsk(): UsageError {
  return new UsageError('Nobody can be asked here whether this is meant. Add --yes if it is.');
}

/** Waits for a yes. Quotas of 0 and absent machines do not stop a deployment: the other queues work. */
async function agree(findings: readonly Finding[], ask: Prompter | undefined, yes: boolean): Promise<void> {
  if (yes) return;
  if (!ask) throw nobodyToAsk();
  const lacking = findings.some(({ state, name }) => state === 'missing' && name !== 'CDK bootstrap');
  const question = lacking ? 'Deploy all the same? (What is missing above can be mended later.)' : 'Deploy this?';
  if (!(await ask.confirm(question, true))) throw new Told('Nothing was deployed.');
}

async function deployStacks(app: CdkApp, target: Target): Promise<void> {
  const parts = partsOf(target.config);
  for (const [index, part] of parts.entries()) {
    const started = performance.now();
    console.log(`\n[${index + 1}/${parts.length}] ${stackOf(target, part)}`);
    await deployStack(app, part, (line) => console.log(`  ${line}`));
    console.log(`  done in ${formatDuration(performance.now() - started)}`);
  }
}

async function report(aws: AwsClients, target: Target, key: string | undefined): Promise<string> {
  const findings = await examineDeployment(aws, target);
  const open = findings.filter(({ state }) => state !== 'ok');
  console.log(`\n${summarizeFindings(findings)}`);
  for (const finding of open) console.log(describeFinding(finding));
  const url = await apiUrl(aws, target.names.parameters.apiUrl);
  if (url === undefined) throw new Told('The API told no address; npm run doctor:backend says more.');
  console.log(`\n  URL        ${url}`);
  if (key === undefined) {
    console.log('  Admin key  made by an earlier deployment (lost? npm run deploy:backend -- --new-admin-key)');
  } else {
    console.log(`  Admin key  ${key}`);
    console.log('             It is shown this once. Keep it in a password manager; make keys for people with it:');
    console.log('             foldpad keys create --name NAME');
  }
  return url;
}

await runCommandLine(async () => {
  const flags = parseDeployFlags(process.argv.slice(2));
  if (flags.help) return console.log(DEPLOY_HELP);
  useProfile(flags);
  const ask = prompter(flags.yes);
  if (!ask && !flags.yes && !flags['dry-run']) throw nobodyToAsk();
  const { aws, target, input } = await openSession(await settle(flags, ask));

  const findings = await examineAccount(aws, target);
  for (const finding of findings) console.log(describeFinding(finding));
  console.log('\nbuilding the functions and the templates …');
  for (const only of flags.build ? ['lambda', 'image'] : []) await build({ mode: 'production', inHost: false, only });
  const { file } = await writeForCdk(input, target.account);
  const app = await synthesize(file, path.join(CACHE, 'deploy', `${target.config.name}-${target.region}`));
  console.log(await describePlan(target, app.assembly));
  if (flags['dry-run']) return;
  await agree(findings, ask, flags.yes);

  if (findings.some(({ name, state }) => name === 'CDK bootstrap' && state !== 'ok')) {
    console.log('\npreparing the account for the CDK …');
    await bootstrap(app, target.account, target.region, (line) => console.log(`  ${line}`));
  }
  await prepareShareKey(aws, target);
  await deployStacks(app, target);
  const key = await prepareAdminKey(aws, target, flags['new-admin-key']);
  const built = await prepareImages(aws, target, flags);
  await markChange(aws, target);
  await prepareDatabases(aws, target, flags, ask);
  const url = await report(aws, target, key);
  await offerEditor(url, flags['editor-settings'], ask);
  if (!built) process.exitCode = 1;
});
