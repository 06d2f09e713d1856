import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DeploymentInput } from '../../backend/infra/config.ts';
import { FUNCTIONS } from '../../backend/infra/names.ts';
import { type Assembly, synthesize } from './assembly.ts';
import { P3_MACHINE } from './p3Machine.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** What the templates are tested for; each is synthesized once in a process, when it is first asked for. */
const CONFIGURATIONS = {
  /** Every default, with everything that is optional. */
  virginia: {
    mail: ['ada@example.org'],
    queues: ['low', 'mid', 'high', 'p4', 'p5', 'g5', 'g6', 'g6e', 'cpu'],
    images: { p3Machine: P3_MACHINE },
    databases: { preset: 'full' },
    workstation: { enabled: true },
  },
  ningxia: {
    region: 'cn-northwest-1',
    queues: ['low', 'mid', 'high', 'g5', 'cpu'],
    images: { p3Machine: P3_MACHINE },
    databases: { preset: 'full' },
  },
  emulator: { account: '123456789012', emulator: 'http://127.0.0.1:4566' },
  /** As `emulator` was, had it been a real account. */
  account: { account: '123456789012' },
} as const satisfies Record<string, DeploymentInput>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;

export const CONFIGURATION_NAMES = Object.keys(CONFIGURATIONS) as readonly ConfigurationName[];

const made = new Map<string, Assembly>();
const cleanUps: (() => void)[] = [];

/** Templates name the functions' code and hold none of it, so something that can be packed is enough. */
export function placeholderBundles(): string {
  const { folder, remove } = temporaryFolder();
  cleanUps.push(remove);
  for (const name of FUNCTIONS) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  return folder;
}

/** The templates of a configuration; those for real accounts are checked against cdk-nag's rules as well. */
export function assemblyOf(name: ConfigurationName): Assembly {
  const existing = made.get(name);
  if (existing) return existing;
  const assembly = synthesize(CONFIGURATIONS[name], { bundles: placeholderBundles(), nag: name !== 'emulator' });
  cleanUps.push(() => assembly.remove());
  made.set(name, assembly);
  return assembly;
}

process.once('exit', () => {
  for (const cleanUp of cleanUps) cleanUp();
});
