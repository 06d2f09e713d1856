/**
 * The availability zones of a region, written down, so that a template can be made without an account and without a
 * look-up. Zones are offered to every account under these names except where noted; `network.zones` of the
 * configuration replaces the list (the deploy program asks the account and fills it in when they differ).
 *
 * Source: "AWS Regions and Availability Zones", https://docs.aws.amazon.com/global-infrastructure/latest/regions/
 */
const LETTERS: Readonly<Record<string, string>> = {
  'us-east-1': 'abcdef',
  'us-east-2': 'abc',
  'us-west-2': 'abcd',
  'ca-central-1': 'abd',
  'eu-central-1': 'abc',
  'eu-north-1': 'abc',
  'eu-south-1': 'abc',
  'eu-west-1': 'abc',
  'eu-west-2': 'abc',
  'eu-west-3': 'abc',
  'ap-east-1': 'abc',
  'ap-northeast-1': 'acd',
  'ap-northeast-2': 'abcd',
  'ap-northeast-3': 'abc',
  'ap-south-1': 'abc',
  'ap-southeast-1': 'abc',
  'ap-southeast-2': 'abc',
  'sa-east-1': 'abc',
  'cn-north-1': 'abd',
  'cn-northwest-1': 'abc',
};

/** @returns for example `us-east-1a` … `us-east-1f`; `undefined` for a region that is not in the list */
export function knownZones(region: string): readonly string[] | undefined {
  const letters = LETTERS[region];
  return letters === undefined ? undefined : [...letters].map((letter) => `${region}${letter}`);
}
