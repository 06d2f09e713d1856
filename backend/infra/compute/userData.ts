import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ECS_RESERVED_MEMORY_MIB } from '../../api/machines.ts';
import { LUSTRE_DATABASE_FOLDER, LUSTRE_MOUNT_POINT } from '../names.ts';

/** The file system that an instance mounts. */
export interface LustreMount {
  readonly dnsName: string;
  readonly mountName: string;
  /** Only the job that stages the databases may write to them. */
  readonly writable: boolean;
}

/** What the boot script of an instance has to know; texts may hold CDK tokens. */
export interface BootSettings {
  readonly prefix: string;
  readonly region: string;
  /** For metrics: the queue's name without the prefix. */
  readonly queue: string;
  readonly hasGpu: boolean;
  readonly lustre?: LustreMount;
}

/** Batch puts a part of its own between ours; its boundary must be another. */
const BOUNDARY = '==FOLDPAD==';

/**
 * User data for a launch template of AWS Batch, which takes none but MIME multi-part: `guard.sh` at every boot, then
 * `boot.sh` with its settings once. See both for what they do and why a machine that is not ready takes no job.
 */
export function bootUserData(settings: BootSettings): string {
  return [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    part('text/cloud-boothook', script('guard.sh')),
    part('text/x-shellscript', withSettings(script('boot.sh'), settings)),
    `--${BOUNDARY}--`,
    '',
  ].join('\n');
}

function part(type: string, text: string): string {
  return `--${BOUNDARY}\nContent-Type: ${type}; charset="us-ascii"\n\n${text}`;
}

function script(name: string): string {
  return readFileSync(path.join(import.meta.dirname, name), 'utf8');
}

/** The settings as shell variables between the script's first line and the rest. */
function withSettings(text: string, settings: BootSettings): string {
  const { prefix, region, queue, hasGpu, lustre } = settings;
  const variables: Record<string, string> = {
    PREFIX: prefix,
    REGION: region,
    QUEUE: queue,
    HAS_GPU: hasGpu ? 'yes' : 'no',
    RESERVED_MEMORY: String(ECS_RESERVED_MEMORY_MIB),
    ...(lustre && {
      LUSTRE_DNS: lustre.dnsName,
      LUSTRE_NAME: lustre.mountName,
      LUSTRE_MOUNT: LUSTRE_MOUNT_POINT,
      LUSTRE_FOLDER: LUSTRE_DATABASE_FOLDER,
      LUSTRE_OPTIONS: `${lustre.writable ? 'rw' : 'ro'},noatime,flock`,
    }),
  };
  const lines = Object.entries(variables).map(([name, value]) => `FOLDPAD_${name}='${value}'`);
  const [first = '', ...rest] = text.split('\n');
  return [first, ...lines, ...rest].join('\n');
}
