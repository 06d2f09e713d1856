// What the scenes of the rehearsal have in hand.
import { setTimeout as delay } from 'node:timers/promises';
import { type CliEnd, CliProcess } from '../../test/support/cliProcess.ts';
import type { Rehearsal } from '../../test/support/rehearsal.ts';
import { type Narrator, RehearsalFailure } from './narrator.ts';

export interface Stage {
  readonly rehearsal: Rehearsal;
  readonly narrator: Narrator;
  /** Folder for what the command line saves. */
  readonly folder: string;
}

/** Runs `foldpad` with somebody's key, shows command and answer. @throws RehearsalFailure at another exit code */
export async function foldpad(
  { rehearsal, narrator }: Stage,
  key: string,
  args: readonly string[],
  { exitCode = 0, quiet = false } = {},
): Promise<CliEnd> {
  narrator.command(args);
  const end = await new CliProcess(args, { env: rehearsal.cliEnvironment(key) }).ended;
  if (end.code !== exitCode) {
    throw new RehearsalFailure(
      `foldpad ${args[0]} ended with ${end.code}, not ${exitCode}:\n${end.stdout}${end.stderr}`,
    );
  }
  if (!quiet) narrator.answer(end.stdout || end.stderr);
  return end;
}

/** Waits until something holds. @throws RehearsalFailure that says what was waited for */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new RehearsalFailure(`Waited in vain for this: ${what}.`);
    await delay(300);
  }
}
