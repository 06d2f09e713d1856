// A container image for tests of everything around a prediction: the real runner, with the test engine in it.
import path from 'node:path';
import type { LocalImage } from './batch/engine.ts';

/** @param scratch folder of the "container" */
export function testRunnerImage(scratch: string): Omit<LocalImage, 'repository'> {
  const runner = path.join(import.meta.dirname, 'testRunner.ts');
  const folders = [`TMPDIR=${scratch}`, `HOME=${scratch}`];
  return {
    entrypoint: ['/usr/bin/env', ...folders, process.execPath, '--disable-warning=ExperimentalWarning', runner],
  };
}

/** A target that the test engine treats as the words say; see `testEngineProgram.ts`. */
export function target(words = ''): string {
  return `>crambin ${words}\nTTCCPSIVARSNFNVCRLPGTPEAICATYTGCIIIPGATCPGDYAN\n`;
}
