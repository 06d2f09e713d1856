/** `DIR/server.json`: how a running local backend says where it listens. Pure. */

/** What the file says. */
export interface RunningServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** File with the key, readable by its owner alone. */
  readonly keyFile: string;
  readonly pid: number;
  /** Version of Foldpad that the server belongs to. */
  readonly version: string;
}

const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/**
 * Reads the file's text. A file that points anywhere but to this machine is not believed: the key is sent to that
 * address.
 * @returns undefined for anything that is not a whole and sane file
 */
export function parseServerFile(text: string): RunningServer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { url, keyFile, pid, version } = value as Record<string, unknown>;
  const good =
    typeof url === 'string' &&
    LOOPBACK.test(url) &&
    typeof keyFile === 'string' &&
    keyFile !== '' &&
    Number.isSafeInteger(pid) &&
    (pid as number) > 1 &&
    typeof version === 'string';
  return good ? { url, keyFile, pid: pid as number, version } : undefined;
}

/** Whether version `a` is newer than `b`; only the three numbers count. */
export function isNewer(a: string, b: string): boolean {
  const numbers = (version: string): number[] => version.split(/[-+]/)[0]?.split('.').map(Number) ?? [];
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
