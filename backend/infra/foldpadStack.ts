import { Aws, type Environment, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type DeploymentConfig, zonesOf } from './config.ts';
import {
  accessLogBucketName,
  bucketName,
  type ResourceNames,
  resourceNames,
  type StackPart,
  stackName,
  TAGS,
} from './names.ts';

/**
 * What every stack of a deployment has in common: its name, its tags, the deployment's configuration, and zones that are
 * written down, so that a synthesis never asks an account anything.
 */
export abstract class FoldpadStack extends Stack {
  readonly config: DeploymentConfig;
  readonly names: ResourceNames;

  /** @param purpose one sentence, shown in the CloudFormation console */
  constructor(scope: Construct, part: StackPart, config: DeploymentConfig, purpose: string) {
    super(scope, part, {
      stackName: stackName(config.name, part),
      description: `Foldpad: ${purpose}`,
      env: environment(config),
      terminationProtection: part === 'Storage' && config.keepData && config.emulator === undefined,
    });
    this.config = config;
    this.names = resourceNames(config.name);
    Tags.of(this).add(TAGS.deployment, config.name);
    Tags.of(this).add(TAGS.part, part);
  }

  /** `Vpc` asks its stack, and the stock answer is a look-up in the account. */
  override get availabilityZones(): string[] {
    return [...zonesOf(this.config)];
  }

  /** Whether only encrypted connections are accepted: always, but in an emulator, which has no others. */
  get enforceSSL(): boolean {
    return this.config.emulator === undefined;
  }

  /** Holds a token where the account is not known before the deployment. */
  get bucketName(): string {
    return bucketName(this.config.name, Aws.ACCOUNT_ID, this.config.region);
  }

  get accessLogBucketName(): string {
    return accessLogBucketName(this.config.name, Aws.ACCOUNT_ID, this.config.region);
  }

  /** The ARN of something in this account and region, by its name. */
  arn(service: string, resource: string): string {
    return `arn:${Aws.PARTITION}:${service}:${this.config.region}:${Aws.ACCOUNT_ID}:${resource}`;
  }

  get bucketArn(): string {
    return `arn:${Aws.PARTITION}:s3:::${this.bucketName}`;
  }
}

function environment({ account, region }: DeploymentConfig): Environment {
  return account === undefined ? { region } : { account, region };
}
