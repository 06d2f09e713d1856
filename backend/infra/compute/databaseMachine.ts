import type { InstanceType } from '../../api/machines.ts';

/**
 * What stages the databases: unpacking ten of them at 300 MB/s each, with checksums, keeps 16 cores busy, and needs a
 * network of at least 10 Gbit/s. No GPU, no disks of its own: everything lies on the file system. Cheapest first;
 * prices and sizes as in the catalogue of machines.
 */
export const BEST_FOR_DATABASES: readonly [InstanceType, ...InstanceType[]] = [
  { name: 'c6i.4xlarge', vcpus: 16, memoryMiB: 32 * 1024, gpus: 0, dollarsPerHour: 0.68 },
  { name: 'c5.4xlarge', vcpus: 16, memoryMiB: 32 * 1024, gpus: 0, dollarsPerHour: 0.68 },
  { name: 'm6i.4xlarge', vcpus: 16, memoryMiB: 64 * 1024, gpus: 0, dollarsPerHour: 0.768 },
  { name: 'm5.4xlarge', vcpus: 16, memoryMiB: 64 * 1024, gpus: 0, dollarsPerHour: 0.768 },
];
