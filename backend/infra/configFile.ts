/** Where a deployment's configuration comes from: the file, and what the CDK was given as context. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, type DeploymentConfig, deploymentSchema, parseConfig } from './config.ts';

/** The file's name, in the root of the checkout unless `-c config=<path>` says otherwise. */
export const CONFIG_FILE = 'foldpad.config.json';

/**
 * The file's content; an empty object if the file is not there and nobody asked for it by name.
 *
 * @throws ConfigError if it cannot be read or is no JSON object
 */
export function readConfigFile(file: string, required = false): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) {
    if (!required) return {};
    throw new ConfigError(`There is no ${file}. Make it (an empty object, {}, takes every default) or name another.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} is not JSON: ${(error as Error).message}. Correct it there.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(`${file} must hold one JSON object, such as {"region": "us-east-1"}.`);
  return value as Record<string, unknown>;
}

/**
 * The configuration of one synthesis: `foldpad.config.json`, overlaid with every context value that has the name of one
 * of its fields. Context from the command line is text, so numbers, `true`, lists and objects are read as JSON.
 *
 * @param context reads one context value, such as `app.node.tryGetContext`
 * @param root folder in which the file is looked for
 * @throws ConfigError naming field and remedy
 */
export function loadConfig(context: (key: string) => unknown, root: string): DeploymentConfig {
  const named = context('config');
  const file = path.resolve(root, typeof named === 'string' ? named : CONFIG_FILE);
  const input: Record<string, unknown> = { ...readConfigFile(file, named !== undefined) };
  for (const field of Object.keys(deploymentSchema.shape)) {
    const value = context(field);
    if (value !== undefined) input[field] = typeof value === 'string' ? fromText(field, value) : value;
  }
  return parseConfig(input, path.basename(file));
}

/** Fields that are text stay text, also when it looks like a number (`account`). */
function fromText(field: string, text: string): unknown {
  if (field === 'name' || field === 'region' || field === 'account') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
