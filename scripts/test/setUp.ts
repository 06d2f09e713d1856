// Brings what the chosen parts need: the editor, a browser, the engine with its library, the AWS emulator, the bundles
// and the VSIX.
import { build } from '../build.ts';
import { packageExtension } from '../package.ts';
import { setUpAlphafold } from '../setup/alphafold.ts';
import { setUpBrowser } from '../setup/browser.ts';
import { setUpEditor } from '../setup/editor.ts';
import { setUpEngine, setUpLibrary } from '../setup/engine.ts';
import { setUpPython } from '../setup/python.ts';
import { describeFailure, type SetupResult } from '../setup/result.ts';
import type { Part, Requirement } from './parts.ts';
import type { TestRecord } from './results.ts';

/** What could not be brought, and why. */
export type Missing = Partial<Record<Requirement, string>>;

async function engineWithLibrary(): Promise<SetupResult> {
  const engine = await setUpEngine({ forTests: true });
  return engine.ok ? setUpLibrary() : engine;
}

/** Packages come through one apt, so what may need it goes one after the other; the editor is mostly npm's work. */
async function bringAll(wanted: ReadonlySet<Requirement>): Promise<Missing> {
  const missing: Missing = {};
  const note = (name: Requirement, result: SetupResult) => {
    if (!result.ok) missing[name] = describeFailure(result);
  };
  await Promise.all([
    (async () => {
      if (wanted.has('editor')) note('editor', await setUpEditor());
    })(),
    (async () => {
      if (wanted.has('browser')) note('browser', await setUpBrowser());
      if (wanted.has('engine')) note('engine', await engineWithLibrary());
      if (wanted.has('alphafold')) note('alphafold', await setUpAlphafold());
    })(),
    (async () => {
      if (wanted.has('aws')) note('aws', await setUpPython('aws'));
    })(),
  ]);
  return missing;
}

/** Parts that run without these, but have tests that skip themselves when one is missing. */
const USED_BY = {
  engine: ['integration', 'inhost', 'e2e'],
  aws: ['unit', 'infra', 'contract', 'integration', 'e2e'],
} as const satisfies Partial<Record<Requirement, readonly string[]>>;

export async function bringRequirements(parts: readonly Part[]): Promise<Missing> {
  const wanted = new Set(parts.flatMap((part) => part.needs));
  for (const need of ['engine', 'aws'] as const) {
    const users: readonly string[] = USED_BY[need];
    if (parts.some((part) => users.includes(part.name))) wanted.add(need);
  }
  return bringAll(wanted);
}

export interface BuildOutcome {
  records: TestRecord[];
  /** The package; undefined when the build failed. */
  vsix: string | undefined;
}

/** Builds everything once, tests included. That it is fit to be shipped is a test too. */
export async function buildForTests(): Promise<BuildOutcome> {
  const title = 'the bundles build, and the VSIX is complete and within its limits';
  try {
    const vsix = await packageExtension({ inHost: true });
    for (const only of ['lambda', 'image']) await build({ mode: 'production', inHost: false, only });
    return { vsix, records: [{ title, state: 'passed' }] };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { vsix: undefined, records: [{ title, state: 'failed', error: text }] };
  }
}
