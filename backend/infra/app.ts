/** The CDK program: `npx cdk synth` and `npx cdk deploy` run it (see cdk.json). */
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigError } from './config.ts';
import { loadConfig } from './configFile.ts';
import { addStacks } from './stacks.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

try {
  const app = new App();
  addStacks(
    app,
    loadConfig((key) => app.node.tryGetContext(key), ROOT),
    path.join(ROOT, 'dist', 'lambda'),
  );
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
