import type { Context } from 'mocha';

/** `npm test` sets this to the reason why the homology engine could not be set up, when it could not. */
const MISSING = 'FOLDPAD_ENGINE_MISSING';

/** Skips a test, or a whole suite when called in its `before`, that predicts for real, where the engine cannot be had. */
export function needsEngine(context: Context): void {
  const reason = process.env[MISSING];
  if (!reason) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}
