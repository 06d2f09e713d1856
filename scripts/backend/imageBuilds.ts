// Starts the builds of the container images in the cloud and follows them.
import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  type Build,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import { IMAGES } from '../../backend/infra/names.ts';
import { checkImage, type ImageNames, lastBuild } from './checks/images.ts';
import type { AwsClients } from './clients.ts';
import type { Target } from './target.ts';

type CodeBuild = Pick<AwsClients, 'codeBuild'>;

const POLL_MS = 15_000;

const ENGINES = { alphafold: 'AlphaFold', homology: 'homology', databases: 'staging the databases' } as const;

/** Every image of a deployment, and which of them are the user's own. */
export function imagesOf({ config, names }: Pick<Target, 'config' | 'names'>): readonly ImageNames[] {
  return IMAGES.map((image) => ({
    engine: ENGINES[image],
    repository: names.repositories[image],
    project: names.imageBuilds[image],
    own: image === 'databases' ? undefined : config.images[image],
  }));
}

async function sourceOf({ codeBuild }: CodeBuild, project: string): Promise<string | undefined> {
  const { projects } = await codeBuild.send(new BatchGetProjectsCommand({ names: [project] }));
  return projects?.[0]?.source?.location;
}

/** Why an image must be built; `undefined` if what is there was made from the present source. */
export async function buildReason(
  aws: Pick<AwsClients, 'codeBuild' | 'ecr'>,
  image: ImageNames,
): Promise<'no image' | 'new source' | undefined> {
  if (image.own !== undefined) return undefined;
  const [last, source, [finding]] = await Promise.all([
    lastBuild(aws, image.project),
    sourceOf(aws, image.project),
    checkImage(aws, image),
  ]);
  const running = last?.buildStatus === 'IN_PROGRESS';
  // CDK names the source after its content.
  if (last !== undefined && last.source?.location !== source) return 'new source';
  return finding?.state === 'missing' && !running ? 'no image' : undefined;
}

/** @returns the build's id */
export async function startBuild({ codeBuild }: CodeBuild, project: string): Promise<string> {
  const { build } = await codeBuild.send(new StartBuildCommand({ projectName: project }));
  return build?.id ?? '';
}

/**
 * Waits until every build has ended.
 *
 * @param tell is called with each build when its phase has changed
 */
export async function followBuilds(
  { codeBuild }: CodeBuild,
  ids: readonly string[],
  tell: (build: Build) => void,
  pollMs = POLL_MS,
): Promise<readonly Build[]> {
  const told = new Map<string, string>();
  for (;;) {
    const { builds = [] } = await codeBuild.send(new BatchGetBuildsCommand({ ids: [...ids] }));
    for (const build of builds) {
      const phase = `${build.buildStatus} ${build.currentPhase}`;
      if (told.get(build.id ?? '') === phase) continue;
      told.set(build.id ?? '', phase);
      tell(build);
    }
    if (builds.every(({ buildComplete }) => buildComplete)) return builds;
    await delay(pollMs);
  }
}
