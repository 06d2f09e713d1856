import { Validations } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type IPeer,
  IpAddresses,
  type IVpc,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { StringListParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type DeploymentConfig, type ExistingVpc, zonesOf } from './config.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { discardedLogGroup } from './logGroups.ts';

/** What Lustre's clients and servers speak over; see "File system access control" in the FSx for Lustre guide. */
export const LUSTRE_PORTS: readonly { readonly from: number; readonly to: number }[] = [
  { from: 988, to: 988 },
  { from: 1018, to: 1023 },
];

/**
 * Where instances run: a network of its own over all zones of the region, or one that exists already.
 *
 * The subnets are public and nothing may connect into them (ADR 023): instances reach AWS without a NAT gateway, which
 * would cost $33 a month and $0.045 a gigabyte also while nobody predicts anything. Whoever must have private subnets
 * names an existing VPC in the configuration.
 */
export class NetworkStack extends FoldpadStack {
  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Network', config, 'the network that predictions run in');
    const { vpc: place } = config.network;
    const vpc = place === 'new' ? this.#newVpc() : this.#existingVpc(place);
    const subnetIds = place === 'new' ? vpc.publicSubnets.map(({ subnetId }) => subnetId) : [...place.subnetIds];

    const compute = this.#securityGroup(vpc, 'Compute', 'Foldpad instances: only the file system answers back');
    const lustre = this.#securityGroup(vpc, 'Lustre', 'Foldpad databases: Lustre from Foldpad instances only');
    for (const { from, to } of LUSTRE_PORTS) {
      const port = from === to ? Port.tcp(from) : Port.tcpRange(from, to);
      lustre.addIngressRule(compute as IPeer, port, 'Lustre from instances');
      lustre.addIngressRule(lustre as IPeer, port, 'Lustre between its servers');
      compute.addIngressRule(lustre as IPeer, port, 'Lustre answers of the file system');
    }

    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W3010',
      reason: 'Zones are written down so that a new zone of the region moves no subnet, and synthesis asks no account.',
    });

    const { parameters } = this.names;
    this.#tell('VpcId', parameters.vpcId, vpc.vpcId);
    this.#tell('ComputeSecurityGroupId', parameters.computeSecurityGroupId, compute.securityGroupId);
    this.#tell('LustreSecurityGroupId', parameters.lustreSecurityGroupId, lustre.securityGroupId);
    this.#tellList('SubnetIds', parameters.subnetIds, subnetIds);
    this.#tellList('Zones', parameters.zones, [...zonesOf(config)]);
  }

  #newVpc(): IVpc {
    const { config } = this;
    const vpc = new Vpc(this, 'Vpc', {
      vpcName: config.name,
      ipAddresses: IpAddresses.cidr(config.network.cidr),
      availabilityZones: [...zonesOf(config)],
      natGateways: 0,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: true }],
      // Nothing ever uses the VPC's default group; emptying it would take a function with rights over the network.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    if (config.emulator === undefined) {
      vpc.addFlowLog('FlowLog', {
        trafficType: FlowLogTrafficType.ALL,
        destination: FlowLogDestination.toCloudWatchLogs(
          new LogGroup(this, 'FlowLogGroup', discardedLogGroup(this.names.flowLogGroup, config)),
        ),
      });
    }
    // The CDK's own types differ in what may be left out.
    return vpc as IVpc;
  }

  #existingVpc({ id, zones }: ExistingVpc): IVpc {
    return Vpc.fromVpcAttributes(this, 'Vpc', { vpcId: id, availabilityZones: [...zones] });
  }

  #securityGroup(vpc: IVpc, id: string, description: string): SecurityGroup {
    return new SecurityGroup(this, `${id}SecurityGroup`, {
      vpc,
      securityGroupName: `${this.config.name}-${id.toLowerCase()}`,
      description,
      allowAllOutbound: true,
    });
  }

  #tell(id: string, parameterName: string, stringValue: string): void {
    new StringParameter(this, `${id}Parameter`, { parameterName, stringValue });
  }

  #tellList(id: string, parameterName: string, stringListValue: string[]): void {
    new StringListParameter(this, `${id}Parameter`, { parameterName, stringListValue });
  }
}
