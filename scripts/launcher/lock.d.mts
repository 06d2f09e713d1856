/** See lock.mjs. */
export function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options?: { onWait?: (ownerPid: number | undefined) => void },
): Promise<T>;
