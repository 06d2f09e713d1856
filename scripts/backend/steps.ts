// The steps of a deployment after its stacks: what CloudFormation cannot do.

import { PutObjectCommand } from '@aws-sdk/client-s3';
import { changeMarkText, featuresKeys } from '../../backend/api/featuresIndex.ts';
import { DynamoKeyStore } from '../../backend/aws/dynamoKeyStore.ts';
import { ensureAdminKey } from './adminKey.ts';
import type { AwsClients } from './clients.ts';
import { databaseState, startStaging } from './databaseJob.ts';
import type { DeployFlags } from './flags.ts';
import { buildReason, followBuilds, imagesOf, startBuild } from './imageBuilds.ts';
import type { Prompter } from './prompter.ts';
import { ensureShareKey } from './shareKey.ts';
import { systemClock } from './systemClock.ts';
import { bucketOf, type Target } from './target.ts';

export async function prepareShareKey(aws: AwsClients, { names }: Target): Promise<void> {
  const made = await ensureShareKey(aws, names.shareKeyParameter);
  console.log(made ? `made ${names.shareKeyParameter}, which signs download links` : `kept ${names.shareKeyParameter}`);
}

/** @returns the key, if one was made */
export async function prepareAdminKey(
  aws: AwsClients,
  { names }: Target,
  another: boolean,
): Promise<string | undefined> {
  return ensureAdminKey(new DynamoKeyStore({ client: aws.dynamo, tableName: names.table }), systemClock, another);
}

/** Builds what is missing or out of date, or nothing, or everything: as told. @returns whether all images are there */
export async function prepareImages(aws: AwsClients, target: Target, flags: DeployFlags): Promise<boolean> {
  const wanted = flags['build-images'];
  if (wanted === false) return true;
  const started: string[] = [];
  for (const image of imagesOf(target)) {
    if (image.own !== undefined) continue;
    const reason = wanted === true ? 'asked for' : await buildReason(aws, image);
    if (reason === undefined) continue;
    console.log(`building the image for ${image.engine} in the cloud (${reason}) …`);
    started.push(await startBuild(aws, image.project));
  }
  if (started.length === 0 || !flags.wait) return true;
  const builds = await followBuilds(aws, started, ({ projectName, buildStatus, currentPhase }) => {
    console.log(`  ${projectName}: ${buildStatus === 'IN_PROGRESS' ? currentPhase : buildStatus}`);
  });
  const failed = builds.filter(({ buildStatus }) => buildStatus !== 'SUCCEEDED');
  for (const { projectName, logs } of failed) console.log(`  ${projectName} failed; its log: ${logs?.deepLink ?? '?'}`);
  return failed.length === 0;
}

/** Programs may be others now, even where an image kept its name: features that were found with the old ones are asked for no more. */
export async function markChange({ s3 }: Pick<AwsClients, 's3'>, target: Target): Promise<void> {
  const body = changeMarkText(crypto.randomUUID());
  try {
    await s3.send(new PutObjectCommand({ Bucket: bucketOf(target), Key: featuresKeys.changed, Body: body }));
  } catch (error) {
    // Only an image that changed under its name needs the mark: not worth a failed deployment.
    const why = error instanceof Error ? error.message : String(error);
    console.log(
      `features from before this deployment may be used for a week: ${featuresKeys.changed} was refused (${why})`,
    );
  }
}

/** Starts the job that downloads the databases, if they are wanted and not there. It mails when it is done. */
export async function prepareDatabases(
  aws: AwsClients,
  target: Target,
  flags: DeployFlags,
  ask: Prompter | undefined,
): Promise<void> {
  const { config, names } = target;
  if (!config.databases.fileSystem || config.queues.every((queue) => queue === 'cpu')) return;
  const place = { bucket: bucketOf(target), preset: config.databases.preset, queue: names.databaseQueue };
  const state = await databaseState(aws, place);
  if (state.kind === 'staged') return console.log(`the ${place.preset} databases are there already`);
  if (state.kind === 'running') return console.log(`the databases are being downloaded (Batch job ${state.jobId})`);
  const asked = flags['stage-databases'];
  const question = `Download the ${place.preset} databases now? AlphaFold needs them; it takes hours and a few dollars.`;
  if (!(asked ?? (await ask?.confirm(question, true)) ?? false)) {
    return console.log('the databases were not asked for: npm run deploy:backend -- --stage-databases');
  }
  const jobId = await startStaging(aws, { ...place, definition: names.databaseJobDefinition });
  console.log(
    `started the download of the ${place.preset} databases (Batch job ${jobId}); a mail tells when it is done`,
  );
}
