/** The CDK program: `npx cdk synth` and `npx cdk deploy` run it (see cdk.json). */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError } from './config.ts';
import { loadConfig } from './configFile.ts';
import { bundleFolder } from './functions.ts';
import { FUNCTIONS } from './names.ts';
import { addStacks } from './stacks.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const BUNDLES = path.join(ROOT, 'dist', 'lambda');

/** Builds the functions if one of them is missing; what is there already is taken as it is. */
function buildFunctions(): void {
  if (FUNCTIONS.every((name) => existsSync(path.join(bundleFolder(BUNDLES, name), 'index.mjs')))) return;
  const build = [path.join(ROOT, 'scripts', 'build.ts'), '--only', 'lambda'];
  // Standard output belongs to the CDK.
  const { status } = spawnSync(process.execPath, build, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new ConfigError('The functions could not be built; the errors are above.');
}

try {
  const app = new App();
  const config = loadConfig((key) => app.node.tryGetContext(key), ROOT);
  buildFunctions();
  addStacks(app, config, BUNDLES);
  // An emulator is no place to be safe in, and its stacks lack what it cannot make.
  if (config.emulator === undefined) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
