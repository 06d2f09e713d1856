import type { Context } from 'mocha';
import { homologyEngine } from '../../container/engines/homology.ts';
import { needsEngine } from './engine.ts';

/**
 * Skips a suite, in its `before`, where the engine cannot be had. One that is there has to be fit for use with its library.
 * @throws Error that says what it lacks, and what to do
 */
export async function needsFitEngine(context: Context, libraryFolder?: string): Promise<void> {
  needsEngine(context);
  const report = await homologyEngine.doctor({
    env: process.env,
    ...(libraryFolder === undefined ? {} : { libraryFolder }),
  });
  if (!report.available) throw new Error(`${report.reason} ${report.remedy}`);
}
