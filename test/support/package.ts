import { packageExtension } from '../../scripts/package.ts';

/** The extension as users get it: the VSIX that `npm test` has built, or a new one for a test started by hand. */
export async function vsixFile(): Promise<string> {
  return process.env.FOLDPAD_VSIX || packageExtension({ inHost: false });
}
