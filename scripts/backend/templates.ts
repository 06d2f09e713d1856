// The CloudFormation templates of a synthesis.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { StackPart } from '../../backend/infra/names.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Description?: string;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** The template of one stack in the folder that `cdk synth` wrote. */
export async function readTemplate(folder: string, part: StackPart): Promise<Template> {
  return JSON.parse(await readFile(path.join(folder, `${part}.template.json`), 'utf8')) as Template;
}

/** Types that come in such numbers, or say so little, that a person would not count them. */
const UNCOUNTED =
  /^AWS::(CDK|IAM|Lambda::(Permission|Version|EventSourceMapping)|SSM|EC2::(Route|SubnetRouteTable|VPCGatewayAttachment|SecurityGroup(Ingress|Egress))|S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy)/;

/** `3 job definitions, 17 job queues`: what a stack will create, in words. */
export function describeResources({ Resources: resources }: Template): string {
  const counts = new Map<string, number>();
  for (const { Type: type } of Object.values(resources)) {
    if (UNCOUNTED.test(type)) continue;
    const [, service = '', kind = ''] = type.split('::');
    const name = `${service} ${kind.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase()}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ');
}
