/** One stack, synthesized alone, for tests that read its template. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type DeploymentConfig, type DeploymentInput, parseConfig } from '../../backend/infra/config.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const CDK_JSON = path.resolve(import.meta.dirname, '../../cdk.json');

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: as loose as CloudFormation's own JSON
  readonly Properties: any;
}

export class StackTemplate {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
  readonly text: string;

  constructor(template: {
    Resources?: Record<string, Resource>;
    Parameters?: Record<string, { Type: string; Default?: string }>;
  }) {
    this.resources = template.Resources ?? {};
    this.parameters = template.Parameters ?? {};
    this.text = JSON.stringify(template);
  }

  /** Logical id and resource of every resource of the type. */
  all(type: string): [id: string, resource: Resource][] {
    return Object.entries(this.resources).filter(([, { Type }]) => Type === type);
  }

  /** The only resource of the type with a property of this value. */
  one(type: string, property: string, value: unknown): Resource {
    const found = this.all(type).filter(([, { Properties }]) => Properties[property] === value);
    if (found.length !== 1 || !found[0]) throw new Error(`${found.length} × ${type} with ${property} = ${value}`);
    return found[0][1];
  }

  /** What a reference (`Ref`, `Fn::GetAtt`) points at. */
  at(reference: unknown): Resource {
    const { Ref, 'Fn::GetAtt': attribute } = reference as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
    const resource = this.resources[Ref ?? attribute?.[0] ?? ''];
    if (!resource) throw new Error(`${JSON.stringify(reference)} points at no resource`);
    return resource;
  }
}

/** @throws when cdk-nag or CloudFormation's validator find something that nobody explained */
export function synthesize(
  make: (app: App, config: DeploymentConfig) => Stack,
  input: DeploymentInput = {},
): StackTemplate {
  const home = temporaryFolder();
  try {
    // The feature flags are those that the CDK's own program would give it.
    const { context } = JSON.parse(readFileSync(CDK_JSON, 'utf8')) as { context: Record<string, unknown> };
    const app = new App({ outdir: home.folder, context });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const stack = make(app, parseConfig(input));
    return new StackTemplate(app.synth().getStackByName(stack.stackName).template);
  } finally {
    home.remove();
  }
}

/** A value with its functions worked out as far as tests need: joins, and references as `<Name>`. */
export function plainText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const functions = value as Record<string, unknown>;
  const { Ref, 'Fn::Join': join, 'Fn::Base64': base64, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = functions;
  if (Ref !== undefined) return `<${Ref}>`;
  if (sub !== undefined) return String(sub);
  if (base64 !== undefined) return plainText(base64);
  if (attribute !== undefined) return `<${(attribute as string[]).join('.')}>`;
  const [separator, parts] = join as [string, unknown[]];
  return parts.map(plainText).join(separator);
}

/** Every statement of every policy in the template. */
export function statements(template: StackTemplate): { Action: string[]; Resource: string[]; Condition?: unknown }[] {
  return template.all('AWS::IAM::Policy').flatMap(([, { Properties }]) =>
    (Properties.PolicyDocument.Statement as Record<string, unknown>[]).map(({ Action, Resource, Condition }) => ({
      Action: [Action].flat() as string[],
      Resource: [Resource].flat().map(plainText),
      ...(Condition !== undefined && { Condition }),
    })),
  );
}
