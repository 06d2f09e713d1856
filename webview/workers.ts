/** Whether this page may start workers from code of its own. */

/** How long a trial worker may take to say hello (ms) before the page computes on its own thread. */
const PATIENCE_MS = 3000;

/**
 * Tries a worker. A page whose policy forbids them gets an error event or nothing at all, and a surface that waits for
 * one would wait for ever.
 */
export async function workersRun(): Promise<boolean> {
  const url = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, PATIENCE_MS, false);
  let worker: Worker | undefined;
  try {
    worker = new Worker(url);
    worker.onmessage = () => resolve(true);
    worker.onerror = () => resolve(false);
    return await promise;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
}
