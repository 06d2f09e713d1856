/** See nodeModules.mjs. */
export function isInstalled(folder: string): boolean;
/** See nodeModules.mjs. */
export function ensureNodeModules(folder: string, what: string, say: (line: string) => void): Promise<boolean>;
