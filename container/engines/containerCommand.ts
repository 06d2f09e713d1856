import type { EngineCommand } from './engine.ts';

export const CONTAINER_RUNTIMES = ['docker', 'podman'] as const;
export type ContainerRuntime = (typeof CONTAINER_RUNTIMES)[number];

/** A folder or file of this machine that the container sees. */
export interface ContainerMount {
  /** Absolute path on this machine. */
  readonly source: string;
  /** Absolute path inside. */
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ContainerOptions {
  readonly runtime: ContainerRuntime;
  readonly image: string;
  /** Name of the container, by which it is removed should it outlive its client. */
  readonly name: string;
  /** Who owns the files that the engine writes; `undefined` where the system has no such ids (Windows). */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly mounts: readonly ContainerMount[];
  /** Arguments for the image's entry point. */
  readonly args: readonly string[];
}

/**
 * The command line that runs an engine in its image: no network, nothing writable but what is mounted so and /tmp, no
 * capabilities, files owned by the user. The image must be there already: a prediction never downloads one.
 */
export function containerCommand(options: ContainerOptions): EngineCommand {
  const { runtime, image, name, mounts, args } = options;
  return {
    file: runtime,
    args: [
      'run',
      '--rm',
      '--init',
      '--name',
      name,
      '--pull=never',
      '--network=none',
      '--read-only',
      '--tmpfs=/tmp',
      '--cap-drop=ALL',
      '--security-opt=no-new-privileges',
      // Under SELinux the mounted folders would need another label, which would lock other programs out of them.
      '--security-opt=label=disable',
      ...userOptions(runtime, options.user),
      '--env=HOME=/tmp',
      ...mounts.map((mount) => `--mount=${mountOption(mount)}`),
      image,
      ...args,
    ],
    // The container is no child of its client: it goes on when the client is killed.
    release: { file: runtime, args: ['rm', '--force', name] },
  };
}

/** Docker takes the ids as they are; Podman without root maps ids, and has to be told to keep the user's. */
function userOptions(runtime: ContainerRuntime, user: ContainerOptions['user']): string[] {
  if (!user) return [];
  const ids = `--user=${user.uid}:${user.gid}`;
  return runtime === 'podman' && user.uid !== 0 ? ['--userns=keep-id', ids] : [ids];
}

/** The value of `--mount` is one line of CSV, in both programs: a field with a comma or a quote stands in quotes. */
function mountOption({ source, target, readOnly }: ContainerMount): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
