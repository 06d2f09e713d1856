import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BuildSpec,
  Cache,
  ComputeType,
  LinuxBuildImage,
  LocalCacheMode,
  Project,
  Source,
} from 'aws-cdk-lib/aws-codebuild';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import type { DeploymentConfig } from './config.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { imageSource } from './imageSource.ts';
import { discardedLogGroup } from './logGroups.ts';
import { IMAGES, type ImageName } from './names.ts';

/** Images that stay: the present one, and some to go back to. */
const KEEP_IMAGES = 5;

/** Each image once from the sources of this checkout; AlphaFold's takes about 40 minutes, the others less than ten. */
const BUILD_LIMIT = Duration.hours(2);

/**
 * Where the images lie, and what builds them in the cloud, so that nobody needs Docker. The deploy program starts the
 * builds; one whose image is there already ends at once. An image of the user's own in the configuration replaces ours
 * in the job definitions, and is not built.
 */
export class ImagesStack extends FoldpadStack {
  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Images', config, 'the images of the engines, and how they are built');
    const log = new LogGroup(this, 'Log', discardedLogGroup(buildLogGroup(config), config));
    for (const image of IMAGES) {
      if (image !== 'databases' && config.images[image] !== undefined) continue;
      this.#build(image, this.#repository(image), log);
    }
  }

  #repository(image: ImageName): Repository {
    return new Repository(this, `${capitalised(image)}Repository`, {
      repositoryName: this.names.repositories[image],
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      lifecycleRules: [{ description: 'old images', tagStatus: TagStatus.ANY, maxImageCount: KEEP_IMAGES }],
      // They can be built again.
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    });
  }

  #build(image: ImageName, repository: Repository, logGroup: LogGroup): void {
    const { tag, ...selection } = imageSource(image);
    const source = new Asset(this, `${capitalised(image)}Source`, selection);
    const role = this.#role(image, repository, source, logGroup);
    const project = new Project(this, `${capitalised(image)}Build`, {
      projectName: this.names.imageBuilds[image],
      // The construct would allow more than a build needs.
      role: role.withoutPolicyUpdates(),
      description: `Foldpad: builds the ${image} image`,
      source: Source.s3({ bucket: source.bucket, path: source.s3ObjectKey }),
      buildSpec: BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: ['bash container/build.sh'] } } }),
      environment: {
        buildImage: LinuxBuildImage.AMAZON_LINUX_2023_5,
        // 128 GB of disk: CUDA's base image, AlphaFold's and their layers.
        computeType: image === 'alphafold' ? ComputeType.LARGE : ComputeType.MEDIUM,
        privileged: true,
      },
      environmentVariables: {
        IMAGE: { value: image },
        REPOSITORY_URI: { value: repository.repositoryUri },
        IMAGE_TAG: { value: tag },
      },
      encryptionKey: Alias.fromAliasName(this, `${capitalised(image)}Key`, 'alias/aws/s3'),
      cache: Cache.local(LocalCacheMode.DOCKER_LAYER),
      logging: { cloudWatch: { logGroup, prefix: image } },
      timeout: BUILD_LIMIT,
      queuedTimeout: Duration.hours(1),
      concurrentBuildLimit: 1,
    });
    Validations.of(project).acknowledge({
      id: 'AwsSolutions-CB3',
      reason: 'Docker needs it to build an image; the project is started by the deployer alone.',
    });
  }

  #role(image: ImageName, repository: Repository, source: Asset, logGroup: LogGroup): Role {
    const role = new Role(this, `${capitalised(image)}Role`, {
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: `Foldpad: builds the ${image} image`,
    });
    const sourceArn = `${source.bucket.bucketArn}/${source.s3ObjectKey}`;
    allow(role, { actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [sourceArn] });
    allow(role, {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${this.arn('logs', `log-group:${buildLogGroup(this.config)}`)}:*`],
      why: 'A log stream is named after the build that writes it.',
    });
    allow(role, {
      actions: ['ecr:GetAuthorizationToken'],
      resources: ['*'],
      why: 'The action knows no resources.',
    });
    const push = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'];
    const pull = ['BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer', 'DescribeImages'];
    allow(role, {
      actions: [...push, ...pull].map((action) => `ecr:${action}`),
      resources: [repository.repositoryArn],
    });
    role.node.addDependency(logGroup);
    return role;
  }
}

function buildLogGroup({ name }: DeploymentConfig): string {
  return `/${name}/images`;
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
