// npm test: sets up what it needs, runs every test there is, and says at the end how many passed.
//
//   npm test -- --only unit,contract    only these parts
//   npm test -- --grep "reducer"        only tests whose title matches
import { parseArgs } from 'node:util';
import { isMain } from './lib/paths.ts';
import { messageOf, say } from './lib/say.ts';
import { libraryFolder } from './setup/engine.ts';
import { PARTS, type Part } from './test/parts.ts';
import type { TestRecord } from './test/results.ts';
import { bringRequirements, buildForTests, type Missing } from './test/setUp.ts';
import { count, type PartOutcome, summarize } from './test/summary.ts';

/** The whole run ends within this time: what is left of it is what a part may take at most. */
const TOTAL_MS = 44 * 60_000;
const LEAST_MS = 30_000;

/** `e2e` means all that runs in the editor. */
const ALIASES: Record<string, string[]> = { e2e: ['inhost', 'e2e'] };

/** The parts named by --only, or all of them. */
export function chooseParts(only: string | undefined): Part[] {
  if (only === undefined) return [...PARTS];
  const names = new Set(only.split(',').flatMap((name) => ALIASES[name.trim()] ?? [name.trim()]));
  const unknown = [...names].filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `--only: there is no part "${unknown.join('", "')}"; there are ${PARTS.map((part) => part.name).join(', ')}`,
    );
  }
  return PARTS.filter((part) => names.has(part.name));
}

/** A machine may lack something; a build server that is meant to have everything may not. */
function notSetUp(what: string, reason: string): TestRecord {
  const state = process.env.CI === 'true' ? 'failed' : 'skipped';
  return { title: `${what} could not be set up`, state, error: reason };
}

async function timed(name: string, work: () => Promise<TestRecord[]>): Promise<PartOutcome> {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(4, 72 - name.length))}\n`);
  const started = performance.now();
  let records: TestRecord[];
  try {
    records = await work();
  } catch (error) {
    records = [{ title: `${name} can be run`, state: 'failed', error: messageOf(error) }];
  }
  return { name, records, milliseconds: performance.now() - started };
}

function environment(missing: Missing, vsix: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    FOLDPAD_LIBRARY: libraryFolder(),
    // Mocha writes to a pipe either way, and takes CI for a terminal.
    ...(process.stdout.isTTY ? { FOLDPAD_COLOR: '1' } : { NO_COLOR: '1' }),
    // Read by engine.ts, miniStack.ts and package.ts in test/support.
    ...(missing.engine === undefined ? {} : { FOLDPAD_ENGINE_MISSING: missing.engine }),
    ...(missing.aws === undefined ? {} : { FOLDPAD_AWS_MISSING: missing.aws }),
    ...(vsix === undefined ? {} : { FOLDPAD_VSIX: vsix }),
  };
}

async function runParts(parts: readonly Part[], grep: string | undefined): Promise<PartOutcome[]> {
  const deadline = Date.now() + TOTAL_MS;
  const missing = await bringRequirements(parts);
  const outcomes: PartOutcome[] = [];
  let vsix: string | undefined;
  let buildFailed = false;
  if (parts.some((part) => part.needsBuild)) {
    const outcome = await timed('build', async () => {
      const built = await buildForTests();
      ({ vsix } = built);
      buildFailed = vsix === undefined;
      return built.records;
    });
    outcomes.push(outcome);
  }
  const env = environment(missing, vsix);
  for (const part of parts) {
    const lacks = part.needs.find((need) => missing[need] !== undefined);
    const timeoutMs = Math.max(LEAST_MS, Math.min(part.minutes * 60_000, deadline - Date.now()));
    const outcome = await timed(part.name, async () => {
      if (lacks !== undefined) return [notSetUp(lacks, missing[lacks] ?? '')];
      if (part.needs.includes('editor') && buildFailed) {
        return [{ title: `${part.name} can be run`, state: 'failed', error: 'There is no build to test.' }];
      }
      return part.run({ grep, env, timeoutMs });
    });
    outcomes.push(outcome);
  }
  const unnamed = (['engine', 'aws'] as const).flatMap((need) => {
    const reason = missing[need];
    return reason === undefined || parts.some((part) => part.needs.includes(need)) ? [] : [notSetUp(need, reason)];
  });
  if (unnamed.length > 0) outcomes.push({ name: 'set-up', records: unnamed, milliseconds: 0 });
  return outcomes;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' } } });
  const outcomes = await runParts(chooseParts(values.only), values.grep);
  console.log(`\n${summarize(outcomes)}`);
  const { passed, failed } = count(outcomes);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (isMain(import.meta.url)) {
  try {
    process.exitCode = await main();
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 1;
  }
}
