// Whose account this is.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { explainAwsError } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { type Finding, missing, ok } from '../findings.ts';
import { partitionOf } from '../regions.ts';

export interface Identity {
  readonly account: string;
  readonly arn: string;
  readonly partition: string;
}

/** @returns who the credentials belong to, or the finding that says why that is not known */
export async function findIdentity(
  { sts }: Pick<AwsClients, 'sts'>,
  region: string,
): Promise<{ readonly identity?: Identity; readonly finding: Finding }> {
  const name = 'credentials';
  try {
    const { Account: account = '', Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    const partition = arn.split(':')[1] ?? 'aws';
    if (partition !== partitionOf(region)) {
      const remedy = `Choose a region of the partition ${partition}, or other credentials (AWS_PROFILE).`;
      return { finding: missing(name, `they belong to the partition ${partition}, and ${region} does not.`, remedy) };
    }
    return { identity: { account, arn, partition }, finding: ok(name, `account ${account}, as ${arn}.`) };
  } catch (error) {
    const { reason, remedy } = explainAwsError(error);
    return { finding: missing(name, `${reason}.`, remedy) };
  }
}
