import assert from 'node:assert/strict';
import { parseConfig } from '../../../backend/infra/config.ts';
import { describeCost, standingCost, totalOf } from '../../../scripts/backend/standingCost.ts';
import { describeResources, type TemplateResource } from '../../../scripts/backend/templates.ts';

function template(resources: readonly TemplateResource[]) {
  return { Resources: Object.fromEntries(resources.map((resource, index) => [`R${index}`, resource])) };
}

const ALARM = { Type: 'AWS::CloudWatch::Alarm' };
const LUSTRE = {
  Type: 'AWS::FSx::FileSystem',
  Properties: {
    StorageCapacity: 2400,
    LustreConfiguration: { DeploymentType: 'PERSISTENT_2', PerUnitStorageThroughput: 250 },
  },
};

describe('deploy: standing cost', () => {
  const config = parseConfig({});

  it('counts what is in the templates', () => {
    const lines = standingCost(
      [
        template([ALARM, ALARM, LUSTRE]),
        template([
          { Type: 'AWS::EC2::NatGateway' },
          { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Gateway' } },
          { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] } },
          { Type: 'AWS::Lambda::Function' },
        ]),
      ],
      config,
    );
    const cents = Object.fromEntries(
      lines.map(({ what, dollarsPerMonth }) => [what, Math.round(dollarsPerMonth * 100)]),
    );
    assert.deepEqual(cents, {
      'FSx for Lustre, 2400 GiB PERSISTENT_2, 250 MB/s/TiB': 50_400,
      'NAT gateway, without traffic': 3285,
      'interface endpoint': 1460,
      'the reduced databases in S3, 600 GB once they are staged': 1380,
      '2 × alarm': 20,
    });
    assert.equal(Math.round(totalOf(lines) * 100), 56_545);
  });

  it('the dearest comes first, the sum last', () => {
    const text = describeCost(standingCost([template([ALARM, LUSTRE])], config), 'eu-west-1');
    assert.match(text.split('\n')[0] ?? '', /FSx/);
    assert.match(text, /together\s+517\.90 \$\/month\n.*eu-west-1 charges its own/);
  });

  it('a file system without a known price is an error, not a guess', () => {
    const odd = {
      ...LUSTRE,
      Properties: { StorageCapacity: 1, LustreConfiguration: { DeploymentType: 'PERSISTENT_2' } },
    };
    assert.throws(() => standingCost([template([odd])], config), /no price for FSx for Lustre PERSISTENT_2/);
  });

  it('says in words what a stack holds', () => {
    const text = describeResources(
      template([ALARM, ALARM, { Type: 'AWS::IAM::Role' }, { Type: 'AWS::Batch::JobQueue' }, LUSTRE]),
    );
    assert.equal(text, '2 × CloudWatch alarm, Batch job queue, FSx file system');
  });
});
