// What a deployment costs a month before anything is predicted, counted in the templates that are about to be deployed.
import type { DeploymentConfig } from '../../backend/infra/config.ts';
import * as prices from './prices.ts';
import type { Template, TemplateResource } from './templates.ts';

export interface CostLine {
  readonly what: string;
  readonly dollarsPerMonth: number;
}

function number(value: unknown): number {
  const result = Number(value ?? 0);
  return Number.isFinite(result) ? result : 0;
}

function lustre({ Properties: properties = {} }: TemplateResource): CostLine {
  const gib = number(properties.StorageCapacity);
  const settings = (properties.LustreConfiguration ?? {}) as Record<string, unknown>;
  const type = String(settings.DeploymentType);
  const throughput = number(settings.PerUnitStorageThroughput);
  const persistent = type === 'PERSISTENT_1' ? prices.LUSTRE_PERSISTENT_1 : prices.LUSTRE_PERSISTENT_2;
  const price = type.startsWith('SCRATCH') ? prices.LUSTRE_SCRATCH_2 : persistent[throughput];
  if (price === undefined) {
    throw new Error(`There is no price for FSx for Lustre ${type} with ${throughput} MB/s/TiB; add it to prices.ts.`);
  }
  const speed = type.startsWith('SCRATCH') ? '' : `, ${throughput} MB/s/TiB`;
  return { what: `FSx for Lustre, ${gib} GiB ${type}${speed}`, dollarsPerMonth: gib * price };
}

/** Dollars a month of one resource, by its type; types that cost nothing by themselves are absent. */
const MONTHLY: Readonly<Record<string, (resource: TemplateResource) => CostLine | undefined>> = {
  'AWS::FSx::FileSystem': lustre,
  'AWS::EC2::NatGateway': () => ({
    what: 'NAT gateway, without traffic',
    dollarsPerMonth: prices.NAT_GATEWAY_HOUR * prices.HOURS_PER_MONTH,
  }),
  'AWS::EC2::EIP': () => ({
    what: 'public IPv4 address',
    dollarsPerMonth: prices.PUBLIC_IPV4_HOUR * prices.HOURS_PER_MONTH,
  }),
  'AWS::EC2::VPCEndpoint': ({ Properties: properties = {} }) => {
    if (properties.VpcEndpointType !== 'Interface') return undefined;
    const subnets = Array.isArray(properties.SubnetIds) ? properties.SubnetIds.length : 1;
    return {
      what: 'interface endpoint',
      dollarsPerMonth: prices.INTERFACE_ENDPOINT_HOUR * prices.HOURS_PER_MONTH * subnets,
    };
  },
  'AWS::CloudWatch::Alarm': () => ({ what: 'alarm', dollarsPerMonth: prices.ALARM_MONTH }),
  'AWS::CloudWatch::CompositeAlarm': () => ({
    what: 'composite alarm',
    dollarsPerMonth: prices.COMPOSITE_ALARM_MONTH,
  }),
  'AWS::CloudWatch::Dashboard': () => ({
    what: 'dashboard (free if it is one of your first three)',
    dollarsPerMonth: prices.DASHBOARD_MONTH,
  }),
  'AWS::KMS::Key': () => ({ what: 'encryption key (KMS)', dollarsPerMonth: prices.KMS_KEY_MONTH }),
  'AWS::EC2::Volume': ({ Properties: properties = {} }) => ({
    what: 'disk',
    dollarsPerMonth: number(properties.Size) * prices.GP3_GB_MONTH,
  }),
  'AWS::EC2::Instance': ({ Properties: properties = {} }) => {
    const disks = (properties.BlockDeviceMappings ?? []) as { Ebs?: { VolumeSize?: number } }[];
    const size = disks.reduce((sum, disk) => sum + number(disk.Ebs?.VolumeSize), 0);
    return { what: 'disk of the workstation (stopped)', dollarsPerMonth: size * prices.GP3_GB_MONTH };
  },
};

function together(lines: readonly CostLine[]): readonly CostLine[] {
  const groups = Map.groupBy(lines, ({ what }) => what);
  return [...groups].map(([what, same]) => ({
    what: same.length === 1 ? what : `${same.length} × ${what}`,
    dollarsPerMonth: same.reduce((sum, line) => sum + line.dollarsPerMonth, 0),
  }));
}

/** The dearest first. */
export function standingCost(templates: readonly Template[], { databases }: DeploymentConfig): readonly CostLine[] {
  const lines = templates
    .flatMap((template) => Object.values(template.Resources))
    .flatMap((resource) => MONTHLY[resource.Type]?.(resource) ?? []);
  const gb = prices.DATABASE_GB[databases.preset];
  const staged: CostLine = {
    what: `the ${databases.preset} databases in S3, ${gb} GB once they are staged`,
    dollarsPerMonth: gb * prices.S3_STANDARD_GB_MONTH,
  };
  return [...together(lines), staged].toSorted((a, b) => b.dollarsPerMonth - a.dollarsPerMonth);
}

export function totalOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0);
}

/** A table for people, with the sum and where the prices come from. */
export function describeCost(lines: readonly CostLine[], region: string): string {
  const rows = [...lines, { what: 'together', dollarsPerMonth: totalOf(lines) }];
  const width = Math.max(...rows.map(({ what }) => what.length));
  const table = rows.map(
    ({ what, dollarsPerMonth }) => `  ${what.padEnd(width)}  ${dollarsPerMonth.toFixed(2).padStart(9)} $/month`,
  );
  const elsewhere = region === 'us-east-1' ? '' : ` ${region} charges its own, often more; in China in yuan.`;
  return [
    ...table,
    `  Prices: ${prices.PRICES_FROM} (scripts/backend/prices.ts).${elsewhere}`,
    '  Everything else (functions, queue, table, machines) costs nothing while nobody predicts.',
  ].join('\n');
}
