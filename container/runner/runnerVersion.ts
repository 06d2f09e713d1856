import manifest from '../../package.json' with { type: 'json' };

/** Version of Foldpad that this runner belongs to. */
export const RUNNER_VERSION: string = manifest.version;
