/** Paths of result files as people should see them. Pure. */

/**
 * The folder that all paths have in common, with its slash; empty when there is none. Runners put each attempt's files
 * into a folder of its own, whose name says nothing to the user.
 */
export function commonFolder(paths: readonly string[]): string {
  const [first = '', ...rest] = paths;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const path of rest) {
    while (!path.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}
