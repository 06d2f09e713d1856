// What differs between the parts of the AWS world.

/** `aws-cn` for the two regions in China, which are another company with other accounts; `aws-us-gov` for GovCloud. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The console's address for a region, without a path. */
export function consoleUrl(region: string): string {
  const partition = partitionOf(region);
  if (partition === 'aws-cn') return `https://${region}.console.amazonaws.cn`;
  if (partition === 'aws-us-gov') return `https://${region}.console.amazonaws-us-gov.com`;
  return `https://${region}.console.aws.amazon.com`;
}

export function isChina(region: string): boolean {
  return partitionOf(region) === 'aws-cn';
}
