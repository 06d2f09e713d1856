import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  App,
  CliCredentialsStackSynthesizer,
  DefaultStackSynthesizer,
  type IReusableStackSynthesizer,
  Validations,
} from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type DeploymentConfig, type DeploymentInput, parseConfig } from '../../backend/infra/config.ts';
import { STACK_PARTS, type StackPart } from '../../backend/infra/names.ts';
import { addStacks } from '../../backend/infra/stacks.ts';
import { DIST, ROOT } from '../../scripts/lib/paths.ts';

/** The feature flags of cdk.json, under which every template is made. */
export function cdkContext(): Record<string, unknown> {
  const file: { context: Record<string, unknown> } = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
  return file.context;
}

export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what CloudFormation takes here differs by type, and tests compare it
  readonly Properties: Readonly<Record<string, any>>;
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** A rule that was broken, and where. */
export interface Finding {
  readonly rule: string;
  readonly description: string;
  readonly constructs: readonly string[];
  /** Why it stands; absent if nobody explained it. */
  readonly reason?: string;
}

interface ValidationReport {
  readonly pluginReports: readonly {
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly Violation[];
  }[];
}

interface Violation {
  readonly ruleName: string;
  readonly description: string;
  readonly violatingConstructs: readonly { readonly constructPath?: string }[];
  readonly reason?: string;
}

/** A cloud assembly: all stacks of a configuration, as CloudFormation templates in a folder. */
export class Assembly {
  readonly config: DeploymentConfig;
  readonly folder: string;

  constructor(config: DeploymentConfig, folder: string) {
    this.config = config;
    this.folder = folder;
  }

  template(part: StackPart): Template {
    const text = readFileSync(path.join(this.folder, `${part}.template.json`), 'utf8');
    const template = JSON.parse(text) as { Resources: Record<string, Partial<TemplateResource> & { Type: string }> };
    const resources = Object.entries(template.Resources).map(([id, one]) => [
      id,
      { ...one, Properties: one.Properties ?? {} },
    ]);
    return { Resources: Object.fromEntries(resources) };
  }

  /** The parts that there are templates of. */
  get parts(): readonly StackPart[] {
    return STACK_PARTS.filter((part) => existsSync(path.join(this.folder, `${part}.template.json`)));
  }

  /** Everything of one type, in one stack or in all. */
  resources(type: string, part?: StackPart): readonly TemplateResource[] {
    const parts = part === undefined ? this.parts : [part];
    return parts.flatMap((one) => Object.values(this.template(one).Resources)).filter(({ Type }) => Type === type);
  }

  /** All broken rules, the explained ones too; nothing is checked but with `nag`. */
  get findings(): readonly Finding[] {
    return readFindings(this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface SynthesisOptions {
  /** Folder with a folder per function. Default: the project's own, built before. */
  readonly bundles?: string;
  /** Check cdk-nag's AwsSolutions rules; what they find is in {@link Assembly.findings}. */
  readonly nag?: boolean;
}

/** Makes the templates of a configuration in a folder of their own, just as `npx cdk synth` does. */
export function synthesize(
  input: DeploymentInput,
  { bundles = path.join(DIST, 'lambda'), nag = false }: SynthesisOptions = {},
): Assembly {
  const config = parseConfig(input);
  const folder = mkdtempSync(path.join(tmpdir(), 'foldpad-cdk-'));
  // The CDK's own roles have conditions that an emulator which enforces policies does not understand; it is deployed to
  // as the account's owner instead. The roles of the functions are enforced all the same.
  const synthesizer =
    config.emulator === undefined ? new DefaultStackSynthesizer() : new CliCredentialsStackSynthesizer();
  synthesizeApp(folder, nag, (app) => addStacks(app, config, bundles), synthesizer as IReusableStackSynthesizer);
  return new Assembly(config, folder);
}

/** Synthesizes any app under the project's feature flags. @throws Error for a broken rule that nobody explained */
export function synthesizeApp(
  folder: string,
  nag: boolean,
  fill: (app: App) => unknown,
  defaultStackSynthesizer = new DefaultStackSynthesizer() as IReusableStackSynthesizer,
): void {
  const app = new App({ outdir: folder, context: cdkContext(), defaultStackSynthesizer });
  fill(app);
  if (nag) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

/** All rules that were found broken in a synthesis with `nag`, the explained ones too. */
export function readFindings(folder: string): readonly Finding[] {
  const file = path.join(folder, 'validation-report.json');
  if (!existsSync(file)) return [];
  const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as ValidationReport;
  return pluginReports
    .flatMap(({ violations, suppressedViolations = [] }) => [...violations, ...suppressedViolations])
    .map(({ ruleName, description, violatingConstructs, reason }) => ({
      rule: ruleName,
      description,
      constructs: violatingConstructs.flatMap(({ constructPath }) => constructPath ?? []),
      ...(reason !== undefined && { reason }),
    }));
}
