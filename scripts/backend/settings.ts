// The configuration of a deployment: the file, the command line over it, and questions about what neither says.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MACHINES, QUEUE_NAMES, type QueueName } from '../../backend/api/machines.ts';
import {
  type DeploymentConfig,
  defaultQueues,
  deploymentSchema,
  isWithoutImage,
  parseConfig,
} from '../../backend/infra/config.ts';
import { CONFIG_FILE, readConfigFile } from '../../backend/infra/configFile.ts';
import { CACHE, ROOT } from '../lib/paths.ts';
import type { CommonFlags, DeployFlags } from './flags.ts';
import type { Prompter } from './prompter.ts';
import { isChina } from './regions.ts';

/** What is written in the file, before defaults. */
export type Input = Readonly<Record<string, unknown>>;

export function configFileOf({ config }: Pick<CommonFlags, 'config'>): string {
  return path.resolve(ROOT, config ?? CONFIG_FILE);
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Lays what was said on the command line over the file. */
export function overlay(file: Input, flags: Partial<DeployFlags>): Input {
  const { name, region, mail, databases, queues, spot } = flags;
  return {
    ...file,
    ...(name === undefined ? {} : { name }),
    ...(region === undefined ? {} : { region }),
    ...(mail === undefined ? {} : { mail: mail.flatMap(list) }),
    ...(databases === undefined ? {} : { databases: { ...((file.databases as object) ?? {}), preset: databases } }),
    ...(queues === undefined ? {} : withQueues(file, list(queues))),
    ...(spot === undefined ? {} : { spot: list(spot) }),
  };
}

/** Queues that were left out can have no Spot twin either. */
function withQueues(input: Input, queues: readonly string[]): Input {
  if (!Array.isArray(input.spot)) return { queues };
  return { queues, spot: input.spot.filter((twin) => queues.includes(twin)) };
}

/** @throws ConfigError */
export function readInput(flags: Partial<DeployFlags>): Input {
  return overlay(readConfigFile(configFileOf(flags), flags.config !== undefined), flags);
}

/** What is wrong with one field, in a sentence; undefined when it is good. */
function problemOf(field: keyof typeof deploymentSchema.shape, value: unknown): string | undefined {
  return deploymentSchema.shape[field].safeParse(value).error?.issues[0]?.message;
}

/** What may be chosen: what would be refused afterwards, with all the answers, is not offered. */
function queueChoices({ p3Machine }: { readonly p3Machine?: unknown }) {
  return QUEUE_NAMES.filter((queue) => p3Machine !== undefined || !isWithoutImage(queue)).map((value) => {
    const machine = MACHINES.find(({ queue }) => queue === value);
    return { value, label: `${value}: ${machine?.description ?? ''}` };
  });
}

/** The region alone: what else is wrong with the configuration is told later, all at once. @throws ConfigError */
export function regionOf({ region }: Input): string {
  return parseConfig({ region, network: { zones: ['not looked at'] } }).region;
}

/** Machines that can be had in China; the others are refused by its regions. */
const QUEUES_IN_CHINA: readonly QueueName[] = ['low', 'mid', 'high', 'g5', 'cpu'];

/** Asks for the four things that nobody can guess, unless they are known. */
export async function askMissing(input: Input, ask: Prompter): Promise<Input> {
  const answers: Record<string, unknown> = { ...input };
  answers.region ??= await ask.text('In which AWS region?', 'us-east-1', (text) => problemOf('region', text));
  answers.mail ??= list(
    await ask.text(
      'Who is told by mail when a prediction ends? (addresses, separated by commas; none is allowed)',
      '',
      (text) => problemOf('mail', list(text)),
    ),
  );
  if ((answers.databases as { preset?: unknown } | undefined)?.preset === undefined) {
    const preset = await ask.choose(
      'Which databases?',
      [
        { value: 'reduced', label: 'reduced', hint: '0.6 TB; staged within an hour or two' },
        { value: 'full', label: 'full', hint: '2.6 TB; the best alignments, about four hours' },
      ],
      'reduced',
    );
    answers.databases = { ...((answers.databases as object) ?? {}), preset };
  }
  if (answers.queues === undefined) {
    const images = (answers.images as { readonly p3Machine?: unknown } | undefined) ?? {};
    const usual = defaultQueues(images);
    const offered = isChina(String(answers.region)) ? usual.filter((queue) => QUEUES_IN_CHINA.includes(queue)) : usual;
    const queues = await ask.chooseMany(
      'Which queues? They cost nothing while they are empty.',
      queueChoices(images),
      offered,
    );
    Object.assign(answers, withQueues(answers, [...new Set([...queues, 'cpu'])]));
  }
  return answers;
}

/** Keeps what was answered, so that the next time nothing is asked. */
export async function saveInput(file: string, input: Input): Promise<void> {
  await writeFile(file, `${JSON.stringify(input, null, 2)}\n`);
}

/**
 * Writes the whole configuration where the CDK program reads it, pinned to one account: credentials that change in
 * between must not deploy half of it elsewhere.
 *
 * @returns the file
 */
export async function writeForCdk(input: Input, account: string): Promise<{ file: string; config: DeploymentConfig }> {
  const pinned = { ...input, account: input.account ?? account };
  const config = parseConfig(pinned);
  const folder = path.join(CACHE, 'deploy');
  const file = path.join(folder, `${config.name}-${config.region}.json`);
  await mkdir(folder, { recursive: true });
  await saveInput(file, pinned);
  return { file, config };
}
