import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CfnOutput, CfnParameter, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnInstance, CfnLaunchTemplate, CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnInstanceProfile, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { allow } from './allow.ts';
import { type DeploymentConfig, isChina } from './config.ts';
import { explain } from './explain.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { BUCKET_FOLDERS } from './names.ts';
import { NetworkLinks } from './networkLinks.ts';

/** Ubuntu 22.04 with NVIDIA's driver, which AWS keeps up to date; the newest is taken when the instance is made. */
const IMAGE_PARAMETER = '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id';

/** Of DCV's server: TCP for the browser, UDP for its own client on slow lines. */
const DCV_PORT = 8443;

const ROOT_VOLUME_GIB = 120;

/** Below this many percent in three hours nobody works there, whatever the machine's own script says. */
const IDLE_CPU_PERCENT = 3;

/**
 * A desktop with PyMOL and the results as a folder, for those who would rather not download them. One instance, which
 * stops when nobody is connected; it is reached through Session Manager, or from one range of addresses. What is kept
 * on its own disk is lost when the stack is removed, or makes it anew.
 */
export class WorkstationStack extends FoldpadStack {
  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Workstation', config, 'a remote desktop with PyMOL and the results');
    const secret = this.#password();
    const instance = this.#instance(secret, this.#profile(secret));
    this.#stopWhenIdle(instance);

    new CfnOutput(this, 'InstanceId', { value: instance.ref });
    new CfnOutput(this, 'Connect', {
      description: 'Run this, then open https://localhost:8443 and log in as "scientist"',
      value:
        `aws ssm start-session --region ${config.region} --target ${instance.ref} --document-name ` +
        `AWS-StartPortForwardingSession --parameters portNumber=${DCV_PORT},localPortNumber=${DCV_PORT}`,
    });
    new CfnOutput(this, 'Password', {
      description: 'Prints the password',
      value:
        `aws secretsmanager get-secret-value --region ${config.region} --secret-id ${secret.secretArn} ` +
        '--query SecretString --output text',
    });
  }

  #password(): Secret {
    const secret = new Secret(this, 'UserPassword', {
      description: `Of the user "scientist" on the workstation of ${this.config.name}`,
      generateSecretString: { passwordLength: 24, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    explain(secret, 'AwsSolutions-SMG4', 'Set on the instance when it is made; a new instance gets a new one.');
    return secret;
  }

  #profile(secret: Secret): CfnInstanceProfile {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: 'Foldpad: the workstation',
    });
    allow(role, { actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] });
    allow(role, {
      actions: ['s3:GetObject'],
      resources: [`${this.bucketArn}/${BUCKET_FOLDERS.output}*`],
      why: 'All results, to read; their names are not known beforehand.',
    });
    allow(role, {
      actions: ['s3:ListBucket'],
      resources: [this.bucketArn],
      conditions: { StringLike: { 's3:prefix': [`${BUCKET_FOLDERS.output}*`] } },
    });
    allow(role, {
      actions: ['s3:GetObject'],
      resources: [`arn:${isChina(this.config.region) ? 'aws-cn' : 'aws'}:s3:::dcv-license.${this.config.region}/*`],
      why: 'Where DCV finds that it runs on EC2, and so needs no licence.',
    });
    allow(role, {
      actions: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
      why: 'Session Manager; these actions know no resources.',
    });
    return new CfnInstanceProfile(this, 'Profile', { roles: [role.roleName] });
  }

  #instance(secret: Secret, profile: CfnInstanceProfile): CfnInstance {
    const { config } = this;
    const { workstation } = config;
    const network = new NetworkLinks(this);
    const image = new CfnParameter(this, 'Image', {
      type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      default: IMAGE_PARAMETER,
    });
    const group = this.#securityGroup(network.vpcId, workstation.allowedCidr);
    const template = new CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateData: {
        // What an instance resource cannot say itself.
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      },
    });
    const instance = new CfnInstance(this, 'Instance', {
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
      imageId: image.valueAsString,
      instanceType: workstation.instanceType,
      iamInstanceProfile: profile.ref,
      subnetId: network.subnetIds[0] as string,
      securityGroupIds: [group.ref],
      monitoring: true,
      // The idle script powers off: stopped, the desktop can be started again as it was.
      instanceInitiatedShutdownBehavior: 'stop',
      blockDeviceMappings: [
        {
          deviceName: '/dev/sda1',
          ebs: { volumeType: 'gp3', volumeSize: ROOT_VOLUME_GIB, encrypted: true, deleteOnTermination: true },
        },
      ],
      userData: Fn.base64(
        workstationUserData({
          FOLDPAD_REGION: config.region,
          FOLDPAD_SECRET: secret.secretArn,
          FOLDPAD_BUCKET: this.bucketName,
          FOLDPAD_IDLE_MINUTES: String(workstation.stopAfterIdleMinutes),
        }),
      ),
      tags: [{ key: 'Name', value: `${config.name}-workstation` }],
    });
    explain(instance, 'AwsSolutions-EC29', 'Nothing on it is the only copy: it can be made again at any time.');
    return instance;
  }

  #securityGroup(vpcId: string, cidr: string | undefined): CfnSecurityGroup {
    const from = (ipProtocol: string, cidrIp: string): CfnSecurityGroup.IngressProperty => ({
      ipProtocol,
      cidrIp,
      fromPort: DCV_PORT,
      toPort: DCV_PORT,
      description: 'DCV from the configured addresses',
    });
    return new CfnSecurityGroup(this, 'SecurityGroup', {
      groupDescription: 'Foldpad workstation: reached through Session Manager, or from the configured addresses',
      vpcId,
      securityGroupEgress: [{ ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'AWS, and packages' }],
      ...(cidr !== undefined && { securityGroupIngress: [from('tcp', cidr), from('udp', cidr)] }),
    });
  }

  /** In case the script on the machine fails. */
  #stopWhenIdle(instance: CfnInstance): void {
    new CfnAlarm(this, 'Idle', {
      alarmName: `${this.config.name}-workstation-idle`,
      alarmDescription: 'The workstation has done nothing for three hours; it is stopped. Start it again in EC2.',
      namespace: 'AWS/EC2',
      metricName: 'CPUUtilization',
      dimensions: [{ name: 'InstanceId', value: instance.ref }],
      statistic: 'Maximum',
      period: 900,
      evaluationPeriods: 12,
      threshold: IDLE_CPU_PERCENT,
      comparisonOperator: 'LessThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [`arn:${isChina(this.config.region) ? 'aws-cn' : 'aws'}:automate:${this.config.region}:ec2:stop`],
    });
  }
}

/**
 * `setup.sh` with its settings, and `idle.sh` packed into one of them.
 *
 * @param settings values without a single quote; they may hold CDK tokens
 */
export function workstationUserData(settings: Readonly<Record<string, string>>): string {
  const script = (name: string) => readFileSync(path.join(import.meta.dirname, 'workstation', name));
  const [first = '', ...rest] = script('setup.sh').toString('utf8').split('\n');
  const all = { ...settings, FOLDPAD_IDLE_SCRIPT: script('idle.sh').toString('base64') };
  const lines = Object.entries(all).map(([name, value]) => `${name}='${value}'`);
  return [first, ...lines, ...rest].join('\n');
}
