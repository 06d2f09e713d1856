/**
 * Prices of what costs money while nobody predicts anything. US dollars, us-east-1, without taxes.
 *
 * Sources, as known in November 2026: https://aws.amazon.com/fsx/lustre/pricing/ (storage of 125 MB/s/TiB and of scratch
 * also in the AWS Price List of July 2026), https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/privatelink/pricing/,
 * https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/s3/pricing/,
 * https://aws.amazon.com/ebs/pricing/
 */
export const PRICES_FROM = 'us-east-1, November 2026';

/** What AWS calls a month. */
export const HOURS_PER_MONTH = 730;

/** For a GB of FSx for Lustre on SSD and a month, by MB/s per TiB of PERSISTENT_2. */
export const LUSTRE_PERSISTENT_2: Readonly<Record<number, number>> = { 125: 0.145, 250: 0.21, 500: 0.34, 1000: 0.6 };
/** The same for PERSISTENT_1, which the regions in China have (at prices of their own, in yuan). */
export const LUSTRE_PERSISTENT_1: Readonly<Record<number, number>> = { 50: 0.14, 100: 0.19, 200: 0.29 };
export const LUSTRE_SCRATCH_2 = 0.14;

export const NAT_GATEWAY_HOUR = 0.045;
/** For each subnet that the endpoint is in. */
export const INTERFACE_ENDPOINT_HOUR = 0.01;
export const PUBLIC_IPV4_HOUR = 0.005;
export const ALARM_MONTH = 0.1;
export const COMPOSITE_ALARM_MONTH = 0.5;
/** The first three of an account are free. */
export const DASHBOARD_MONTH = 3;
export const KMS_KEY_MONTH = 1;
export const S3_STANDARD_GB_MONTH = 0.023;
export const GP3_GB_MONTH = 0.08;

/** GB that the unpacked databases take in the bucket. Source: AlphaFold's README (2.62 TB and about 600 GB). */
export const DATABASE_GB: Readonly<Record<'reduced' | 'full', number>> = { reduced: 600, full: 2620 };
