// The account's own availability zones, where the list that comes with Foldpad is not right for it.
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import { knownZones } from '../../backend/infra/zones.ts';
import type { AwsClients } from './clients.ts';
import type { Input } from './settings.ts';

async function accountZones({ ec2 }: Pick<AwsClients, 'ec2'>, region: string): Promise<readonly string[]> {
  const { AvailabilityZones: zones = [] } = await ec2.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: 'region-name', Values: [region] },
        { Name: 'zone-type', Values: ['availability-zone'] },
        { Name: 'state', Values: ['available'] },
      ],
    }),
  );
  return zones.flatMap(({ ZoneName: name }) => name ?? []).sort();
}

/** Fills in `network.zones`, unless the configuration says them or names a network of its own. */
export async function withZones(aws: Pick<AwsClients, 'ec2'>, input: Input, region: string): Promise<Input> {
  const network = (input.network ?? {}) as { readonly zones?: unknown; readonly vpc?: unknown };
  if (network.zones !== undefined || (network.vpc !== undefined && network.vpc !== 'new')) return input;
  const known = knownZones(region) ?? [];
  const actual = await accountZones(aws, region);
  if (actual.length === 0 || actual.join() === known.join()) return input;
  return { ...input, network: { ...network, zones: actual } };
}
