// Whether there is an image to run.
import { BatchGetBuildsCommand, type Build, ListBuildsForProjectCommand } from '@aws-sdk/client-codebuild';
import { DescribeImagesCommand, type ImageDetail } from '@aws-sdk/client-ecr';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { advice, type Finding, missing, ok } from '../findings.ts';

type Aws = Pick<AwsClients, 'ecr' | 'codeBuild'>;

/** The repository and the CodeBuild project that fills it. */
export interface ImageNames {
  readonly engine: string;
  readonly repository: string;
  readonly project: string;
  /** An image of the user's own, which is not looked for. */
  readonly own?: string | undefined;
}

async function newestImage({ ecr }: Aws, repository: string): Promise<ImageDetail | undefined> {
  try {
    const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName: repository }));
    const pushed = (image: ImageDetail) => image.imagePushedAt?.getTime() ?? 0;
    return imageDetails.toSorted((a, b) => pushed(b) - pushed(a))[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The newest build of a project. */
export async function lastBuild(
  { codeBuild }: Pick<AwsClients, 'codeBuild'>,
  project: string,
): Promise<Build | undefined> {
  try {
    const { ids = [] } = await codeBuild.send(
      new ListBuildsForProjectCommand({ projectName: project, sortOrder: 'DESCENDING' }),
    );
    const newest = ids[0];
    if (newest === undefined) return undefined;
    return (await codeBuild.send(new BatchGetBuildsCommand({ ids: [newest] }))).builds?.[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function why(build: Build): string {
  const failed = build.phases?.find(({ phaseStatus }) => phaseStatus === 'FAILED');
  const message = failed?.contexts?.map((context) => context.message).find((text) => text) ?? '';
  return failed === undefined ? '' : ` in ${failed.phaseType}${message === '' ? '' : `: ${message}`}`;
}

/** Serious weaknesses that the scan at the push found. */
function scanned(image: ImageDetail): string {
  const counts = image.imageScanFindingsSummary?.findingSeverityCounts ?? {};
  const critical = counts.CRITICAL ?? 0;
  return critical > 0 ? ` Its scan found ${critical} critical weakness${critical === 1 ? '' : 'es'}.` : '';
}

export async function checkImage(
  aws: Aws,
  { engine, repository, project, own }: ImageNames,
): Promise<readonly Finding[]> {
  const name = `image for ${engine}`;
  if (own !== undefined) return [ok(name, `your own, ${own}.`)];
  const build = `Run: aws codebuild start-build --project-name ${project}   (deploy:backend does it for you).`;
  const image = await newestImage(aws, repository);
  if (image !== undefined) {
    const tag = image.imageTags?.[0] ?? image.imageDigest?.slice(0, 19) ?? '';
    const found = `${repository}:${tag}, built ${image.imagePushedAt?.toISOString().slice(0, 10) ?? 'at an unknown time'}.`;
    const warning = scanned(image);
    return [warning === '' ? ok(name, found) : advice(name, found + warning, build)];
  }
  const last = await lastBuild(aws, project);
  if (last?.buildStatus === 'IN_PROGRESS') {
    return [
      missing(name, `it is being built now (${last.currentPhase ?? 'started'}).`, 'Wait: jobs fail until it is there.'),
    ];
  }
  if (last !== undefined && last.buildStatus !== 'SUCCEEDED') {
    const log = last.logs?.deepLink ?? `aws codebuild batch-get-builds --ids ${last.id}`;
    return [missing(name, `its build ${last.buildStatus}${why(last)}.`, `Read the log: ${log}   Then ${build}`)];
  }
  return [missing(name, `there is none in ${repository}: jobs fail.`, build)];
}
