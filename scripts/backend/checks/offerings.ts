// Whether the region has the machines of the queues at all.
import { DescribeInstanceTypeOfferingsCommand } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients.ts';
import { advice, type Finding, missing, ok } from '../findings.ts';

/** A queue and the instance types of which Batch may take any. */
export interface QueueMachines {
  readonly queue: string;
  readonly instanceTypes: readonly string[];
}

/** Instance types may be given as families (`g6`), which stand for all their sizes. */
function pattern(instanceType: string): string {
  return instanceType.includes('.') ? instanceType : `${instanceType}.*`;
}

async function offered(
  { ec2 }: Pick<AwsClients, 'ec2'>,
  types: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const zones = new Map<string, Set<string>>();
  let next: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: types.map(pattern) }],
        ...(next === undefined ? {} : { NextToken: next }),
      }),
    );
    for (const { InstanceType: type = '', Location: zone = '' } of page.InstanceTypeOfferings ?? []) {
      for (const key of [type, type.split('.')[0] ?? '']) zones.set(key, (zones.get(key) ?? new Set()).add(zone));
    }
    next = page.NextToken || undefined;
  } while (next !== undefined);
  return zones;
}

function finding(
  region: string,
  { queue, instanceTypes }: QueueMachines,
  zones: ReadonlyMap<string, ReadonlySet<string>>,
): Finding {
  const name = `machines of queue ${queue}`;
  const there = instanceTypes.filter((type) => zones.has(type));
  const absent = instanceTypes.filter((type) => !zones.has(type));
  if (there.length === 0) {
    const remedy = `Leave queue ${queue} out ("queues" in foldpad.config.json), or deploy to a region that has them.`;
    return missing(name, `${region} has no ${instanceTypes.join(', ')}.`, remedy);
  }
  const where = [...new Set(there.flatMap((type) => [...(zones.get(type) ?? [])]))].sort();
  const found = `${there.join(', ')} in ${where.join(', ')}.`;
  return absent.length === 0 ? ok(name, found) : advice(name, `${found} Not in ${region}: ${absent.join(', ')}.`);
}

/** One finding for each queue. */
export async function checkOfferings(
  aws: Pick<AwsClients, 'ec2'>,
  region: string,
  queues: readonly QueueMachines[],
): Promise<readonly Finding[]> {
  const types = [...new Set(queues.flatMap(({ instanceTypes }) => instanceTypes))];
  if (types.length === 0) return [];
  const zones = await offered(aws, types);
  return queues.map((queue) => finding(region, queue, zones));
}
