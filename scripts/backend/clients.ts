// The AWS services that deploying and looking after a deployment talk to.
import { BatchClient } from '@aws-sdk/client-batch';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { FSxClient } from '@aws-sdk/client-fsx';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

export interface AwsClients {
  readonly batch: BatchClient;
  readonly cloudFormation: CloudFormationClient;
  readonly codeBuild: CodeBuildClient;
  readonly dynamo: DynamoDBClient;
  readonly ec2: EC2Client;
  readonly ecr: ECRClient;
  readonly fsx: FSxClient;
  readonly quotas: ServiceQuotasClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

export interface ClientOptions {
  readonly region: string;
  /** Fixed credentials, for tests; otherwise those of the environment, the profile, SSO … */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of an emulator of AWS; for S3 its buckets then are in the path. */
  readonly endpoint?: string;
}

/** One client per service. Nothing is sent yet. */
export function awsClients(options: ClientOptions): AwsClients {
  return {
    batch: new BatchClient(options),
    cloudFormation: new CloudFormationClient(options),
    codeBuild: new CodeBuildClient(options),
    dynamo: new DynamoDBClient(options),
    ec2: new EC2Client(options),
    ecr: new ECRClient(options),
    fsx: new FSxClient(options),
    quotas: new ServiceQuotasClient(options),
    s3: new S3Client({ ...options, forcePathStyle: options.endpoint !== undefined }),
    sns: new SNSClient(options),
    sqs: new SQSClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  };
}
