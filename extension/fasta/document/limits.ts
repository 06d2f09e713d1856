/**
 * Up to where each feature goes in a large document.
 *
 * VS Code's own limits (`textModel.ts`, the same since 2020): beyond 20 MB or 300,000 lines a document is neither coloured
 * nor folded and has no lenses, beyond 50 MB no extension is given its text.
 */

/** Records in the outline: the view shows no more without standing still. */
export const MOST_OUTLINED = 5000;
/** VS Code folds no more regions (`editor.foldingMaximumRegions`). */
export const MOST_FOLDED = 5000;
/** Records with actions above each; in a longer document only the one with the cursor has them. */
export const MOST_LENSES = 500;
/** Characters from which on VS Code gives no extension the text (`MODEL_SYNC_LIMIT`). */
export const MOST_SHARED = 50 * 1024 * 1024;
/** Characters and lines from which on VS Code colours and folds nothing. */
export const MOST_COLOURED = 20 * 1024 * 1024;
export const MOST_COLOURED_LINES = 300_000;
/** Bytes of a file that is read although VS Code shows it to no extension. */
export const MOST_READ = 1024 * 1024 * 1024;
