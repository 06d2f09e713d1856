// What the three commands have in common: credentials, clients, and how they end.
import { parseConfig } from '../../backend/infra/config.ts';
import { messageOf, say } from '../lib/say.ts';
import { explainAwsError } from './awsErrors.ts';
import { CdkError } from './cdk.ts';
import { findIdentity } from './checks/credentials.ts';
import { type AwsClients, awsClients } from './clients.ts';
import { describeFinding } from './findings.ts';
import { type CommonFlags, UsageError } from './flags.ts';
import { Interrupted } from './prompter.ts';
import { type Input, regionOf } from './settings.ts';
import { type Target, targetOf } from './target.ts';
import { withZones } from './zones.ts';

/** Something stands in the way that the person has just been told of. */
export class Told extends Error {
  override readonly name = 'Told';
}

/** The SDK and the CDK both read it. */
export function useProfile({ profile }: Pick<CommonFlags, 'profile'>): void {
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
}

export interface Session {
  readonly aws: AwsClients;
  readonly target: Target;
  /** What was given, with the account's own zones. */
  readonly input: Input;
}

/** Finds out whose account this is. @throws ConfigError, Told */
export async function openSession(given: Input): Promise<Session> {
  const region = regionOf(given);
  const aws = awsClients({ region });
  const { identity, finding } = await findIdentity(aws, region);
  console.log(describeFinding(finding));
  if (identity === undefined) throw new Told('Without credentials nothing can be done.');
  const input = await withZones(aws, given, region);
  const config = parseConfig(input);
  if (config.account !== undefined && config.account !== identity.account) {
    throw new UsageError(
      `The configuration is for account ${config.account}, and the credentials belong to ${identity.account}. ` +
        'Choose others (AWS_PROFILE, --profile) or remove "account" from the configuration.',
    );
  }
  return { aws, target: targetOf({ ...config, account: identity.account }, identity), input };
}

const EXPLAINED = ['ConfigError', 'UsageError', 'JsoncError'];

/** Runs a command and gives the process its exit code: 0 done, 1 something stands in the way, 2 wrong usage, 130 stopped. */
export async function runCommandLine(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof Interrupted) process.exitCode = 130;
    else if (error instanceof Told) say(error.message);
    else if (error instanceof CdkError) say(error.message);
    else if (error instanceof Error && EXPLAINED.includes(error.name)) {
      process.exitCode = 2;
      say(messageOf(error));
    } else if (error instanceof Error && '$metadata' in error) {
      const { reason, remedy } = explainAwsError(error);
      say(`AWS refused: ${reason}. ${remedy}`);
    } else {
      say(error instanceof Error && error.stack ? error.stack : messageOf(error));
    }
  }
}
