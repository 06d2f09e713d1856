// Whether the account may start the machines that the queues ask for. New accounts may start no GPU at all.
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import { findingsOf, isNotFound } from '../awsErrors.ts';
import type { AwsClients } from '../clients.ts';
import { advice, type Finding, missing, ok } from '../findings.ts';
import { consoleUrl } from '../regions.ts';

/** Kinds of instance that share one quota. */
export type InstanceFamily = 'standard' | 'G' | 'P' | 'P5';

interface QuotaCodes {
  readonly onDemand: string;
  readonly spot: string;
  /** Asked where the account has no quota of its own for `spot`. */
  readonly spotElse?: string;
}

/**
 * Quotas of `ec2`, in vCPUs.
 * Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html (July 2026). P5 had a Spot quota of
 * its own, which newer accounts no longer have: "All P Spot Instance Requests".
 */
const CODES: Readonly<Record<InstanceFamily, QuotaCodes>> = {
  standard: { onDemand: 'L-1216C47A', spot: 'L-34B43A08' },
  G: { onDemand: 'L-DB2E81BA', spot: 'L-3819A6DF' },
  P: { onDemand: 'L-417A185B', spot: 'L-7212CCBC' },
  P5: { onDemand: 'L-417A185B', spot: 'L-C4BD4855', spotElse: 'L-7212CCBC' },
};

/** Storage of Lustre file systems, GiB in all. Source: the service quotas of `fsx`, July 2026. */
const LUSTRE_CODES: Readonly<Record<string, string>> = {
  SCRATCH_2: 'L-AD2FC696',
  PERSISTENT_1: 'L-C8640C82',
  PERSISTENT_2: 'L-8F1B9C74',
};

/** The quota an instance type counts against, by the letters that its name begins with. */
export function familyOf(instanceType: string): InstanceFamily {
  const family = instanceType.split('.')[0] ?? '';
  if (/^p[5-9]/.test(family)) return 'P5';
  if (/^p\d/.test(family)) return 'P';
  return /^(g\d|vt\d)/.test(family) ? 'G' : 'standard';
}

/** One queue and the smallest machine that can serve it. */
export interface QuotaNeed {
  readonly queue: string;
  readonly instanceType: string;
  readonly vcpus: number;
  readonly spot: boolean;
}

/** The account's value, or the one that every account begins with. @returns undefined where the quota does not exist */
async function quotaValue(
  { quotas }: Pick<AwsClients, 'quotas'>,
  service: string,
  code: string,
): Promise<number | undefined> {
  for (const Command of [GetServiceQuotaCommand, GetAWSDefaultServiceQuotaCommand]) {
    try {
      const { Quota: quota } = await quotas.send(new Command({ ServiceCode: service, QuotaCode: code }));
      if (quota?.Value !== undefined) return quota.Value;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return undefined;
}

function askForMore(region: string, service: string, code: string): string {
  return `Ask for more: ${consoleUrl(region)}/servicequotas/home/services/${service}/quotas/${code}`;
}

async function checkNeed(
  aws: Pick<AwsClients, 'quotas'>,
  region: string,
  { queue, instanceType, vcpus, spot }: QuotaNeed,
): Promise<Finding> {
  const codes = CODES[familyOf(instanceType)];
  const wanted = spot ? [codes.spot, ...(codes.spotElse === undefined ? [] : [codes.spotElse])] : [codes.onDemand];
  const name = `quota for queue ${queue}`;
  const kind = spot ? 'Spot' : 'on-demand';
  for (const code of wanted) {
    const value = await quotaValue(aws, 'ec2', code);
    if (value === undefined) continue;
    const remedy = `${askForMore(region, 'ec2', code)} (${vcpus} vCPUs or more; AWS answers within hours to days). Jobs wait until then.`;
    if (value === 0)
      return missing(name, `no ${kind} machine like ${instanceType} may be started: the quota is 0.`, remedy);
    if (value < vcpus) {
      return missing(name, `${value} ${kind} vCPUs are allowed, and one ${instanceType} has ${vcpus}.`, remedy);
    }
    return ok(name, `${value} ${kind} vCPUs: up to ${Math.floor(value / vcpus)} × ${instanceType} at a time.`);
  }
  return advice(name, `AWS tells no ${kind} quota for ${instanceType} in ${region}.`);
}

/** One finding for each queue. */
export async function checkInstanceQuotas(
  aws: Pick<AwsClients, 'quotas'>,
  region: string,
  needs: readonly QuotaNeed[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  // One after the other: Service Quotas answers few requests a second.
  for (const need of needs) {
    findings.push(
      ...(await findingsOf(`quota for queue ${need.queue}`, async () => [await checkNeed(aws, region, need)])),
    );
  }
  return findings;
}

/** Whether a file system of this size may be created. `gib`: its storage capacity in GiB. */
export async function checkLustreQuota(
  aws: Pick<AwsClients, 'quotas'>,
  region: string,
  deploymentType: string,
  gib: number,
): Promise<readonly Finding[]> {
  const name = 'quota for FSx for Lustre';
  const code = LUSTRE_CODES[deploymentType];
  const value = code === undefined ? undefined : await quotaValue(aws, 'fsx', code);
  if (code === undefined || value === undefined)
    return [advice(name, `AWS tells no quota for ${deploymentType} in ${region}.`)];
  if (value >= gib) return [ok(name, `${value} GiB of ${deploymentType}, and ${gib} are asked for.`)];
  return [
    missing(
      name,
      `${value} GiB of ${deploymentType} are allowed, and ${gib} are asked for.`,
      askForMore(region, 'fsx', code),
    ),
  ];
}
