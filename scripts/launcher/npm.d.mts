/** See npm.mjs. */
export function runNpm(folder: string, args: string[], extraEnv?: NodeJS.ProcessEnv): Promise<void>;
