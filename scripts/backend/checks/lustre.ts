// The file system with the databases.
import { DescribeFileSystemsCommand } from '@aws-sdk/client-fsx';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { advice, type Finding, missing, ok } from '../findings.ts';

/** @param parameter SSM parameter with the file system's id */
export async function checkLustre(
  { fsx, ssm }: Pick<AwsClients, 'fsx' | 'ssm'>,
  parameter: string,
): Promise<readonly Finding[]> {
  const name = 'file system of the databases';
  const deploy = 'Run: npm run deploy:backend';
  try {
    const id = (await ssm.send(new GetParameterCommand({ Name: parameter }))).Parameter?.Value ?? '';
    const { FileSystems: [system] = [] } = await fsx.send(new DescribeFileSystemsCommand({ FileSystemIds: [id] }));
    const { Lifecycle: state, StorageCapacity: gib } = system ?? {};
    if (state === 'AVAILABLE') return [ok(name, `${id}, ${gib} GiB.`)];
    if (state === 'CREATING' || state === 'UPDATING') return [advice(name, `${id} is being made (${state}).`)];
    const why = system?.FailureDetails?.Message ?? 'no reason is given';
    return [missing(name, `${id} is ${state ?? 'gone'}: ${why}.`, deploy)];
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return [missing(name, 'there is none: AlphaFold cannot search its databases.', deploy)];
  }
}
