/** Long work in short slices: between two of them the extension host hears of keystrokes and answers the editor. */

/** Milliseconds of work between two pauses: half of what a keystroke may wait. */
const SLICE_MS = 5;

/**
 * Runs a generator to its end, a few milliseconds at a time.
 *
 * @param isWanted asked after each pause; once it answers no, the work is left where it is
 * @returns undefined when it was left
 */
export async function inSlices<T>(steps: Generator<void, T>, isWanted: () => boolean): Promise<T | undefined> {
  let end = performance.now() + SLICE_MS;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < end) continue;
    await pause();
    if (!isWanted()) {
      steps.return(undefined as T);
      return undefined;
    }
    end = performance.now() + SLICE_MS;
  }
}

/** Lets everything happen that waits. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
