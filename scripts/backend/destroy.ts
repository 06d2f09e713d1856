// npm run destroy:backend: removes a deployment, and the data only when told to.
import path from 'node:path';
import { DeleteParameterCommand } from '@aws-sdk/client-ssm';
import { accessLogBucketName, IMAGES, type StackPart } from '../../backend/infra/names.ts';
import { CACHE } from '../lib/paths.ts';
import { isNotFound } from './awsErrors.ts';
import { deployStack, synthesize } from './cdk.ts';
import { describeStack } from './checks/stacks.ts';
import type { AwsClients } from './clients.ts';
import { DESTROY_HELP, parseDestroyFlags, UsageError } from './flags.ts';
import { prompter } from './prompter.ts';
import { emptyBucket, emptyRepository, endJobs, removeStack } from './removal.ts';
import { openSession, runCommandLine, Told, useProfile } from './session.ts';
import { type Input, readInput, writeForCdk } from './settings.ts';
import { batchQueues, bucketOf, partsOf, stackOf, type Target } from './target.ts';

/** What goes, first to last: nothing is removed before what uses it. */
function removalOrder(target: Target): readonly StackPart[] {
  const { config } = target;
  // The configuration may have changed since they were deployed.
  const workstation = { ...config.workstation, enabled: true };
  const parts = partsOf({ ...config, workstation, databases: { ...config.databases, fileSystem: true } });
  return parts.toReversed().filter((part) => part !== 'Storage' && part !== 'Network');
}

async function removeParts(aws: AwsClients, target: Target, parts: readonly StackPart[]): Promise<void> {
  for (const part of parts) {
    const name = stackOf(target, part);
    console.log(`removing ${name} …`);
    if (!(await removeStack(aws, name))) console.log('  it is not there');
  }
}

async function makeIdle(aws: AwsClients, target: Target): Promise<void> {
  for (const queue of [...batchQueues(target), target.names.databaseQueue]) {
    const ended = await endJobs(aws, queue);
    if (ended > 0) console.log(`ended ${ended} jobs of ${queue}`);
  }
  for (const image of IMAGES) await emptyRepository(aws, target.names.repositories[image]);
}

/** The file system costs most and holds nothing that the bucket does not; with `deleteData` nothing is protected any more. */
async function loosenStorage(aws: AwsClients, target: Target, input: Input, deleteData: boolean): Promise<void> {
  const name = stackOf(target, 'Storage');
  if ((await describeStack(aws, name)) === undefined) return;
  console.log(deleteData ? `taking the protection off ${name} …` : `removing the file system from ${name} …`);
  const databases = { ...((input.databases as object) ?? {}), fileSystem: false };
  const { file } = await writeForCdk(
    { ...input, databases, ...(deleteData ? { keepData: false } : {}) },
    target.account,
  );
  const app = await synthesize(file, path.join(CACHE, 'deploy', `${target.config.name}-removal`));
  await deployStack(app, 'Storage', (line) => console.log(`  ${line}`));
}

async function deleteData(aws: AwsClients, target: Target): Promise<void> {
  const { config, account, region, names } = target;
  for (const bucket of [bucketOf(target), accessLogBucketName(config.name, account, region)]) {
    const count = await emptyBucket(aws, bucket, (removed) => console.log(`  ${removed} objects of ${bucket} removed`));
    console.log(`emptied ${bucket} (${count} objects)`);
  }
  await removeParts(aws, target, ['Storage']);
  try {
    await aws.ssm.send(new DeleteParameterCommand({ Name: names.shareKeyParameter }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function confirmRemoval(target: Target, yes: boolean, withData: boolean): Promise<void> {
  const { name } = target.config;
  const data = withData
    ? 'INCLUDING every input, result, database, job and key'
    : `but not ${stackOf(target, 'Storage')} (inputs, results, databases in S3, jobs, keys)`;
  console.log(`\nThis removes the deployment ${name} in ${target.region}, account ${target.account}, ${data}.`);
  if (yes) return;
  const ask = prompter(yes);
  if (!ask) throw new UsageError('Nobody can be asked here whether this is meant. Add --yes if it is.');
  const wrong = (text: string) => (text === name ? undefined : `write ${name}, or press Ctrl+C`);
  await ask.text(`Write the deployment’s name (${name}) to go on`, '', wrong);
}

await runCommandLine(async () => {
  const flags = parseDestroyFlags(process.argv.slice(2));
  if (flags.help) return console.log(DESTROY_HELP);
  useProfile(flags);
  const { aws, target, input } = await openSession(readInput(flags));
  const withData = flags['delete-data'];
  await confirmRemoval(target, flags.yes, withData);
  await makeIdle(aws, target);
  await removeParts(aws, target, removalOrder(target));
  await loosenStorage(aws, target, input, withData);
  if (withData) await deleteData(aws, target);
  await removeParts(aws, target, ['Network']);
  if (!withData) {
    console.log(
      `\nKept: ${bucketOf(target)} and the table ${target.names.table}. They cost what S3 and DynamoDB store.`,
    );
    console.log(
      'npm run deploy:backend brings everything back; npm run destroy:backend -- --delete-data removes them.',
    );
  }
  if (withData && (await describeStack(aws, stackOf(target, 'Storage'))) !== undefined) {
    throw new Told('The data could not be removed.');
  }
  console.log('\nDone.');
});
