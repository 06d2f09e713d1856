#!/usr/bin/env node
/** Stages AlphaFold's databases; see USAGE. In AWS it is the one job of the Databases stack. */
import { announcer } from './announce.ts';
import { parseArguments, type StageArguments, USAGE } from './arguments.ts';
import { databasesOf } from './catalogue.ts';
import { markChange } from './changeMark.ts';
import { Parent, stageInChild } from './childProcess.ts';
import { messageOf, StagingError } from './errors.ts';
import { PATIENCE } from './http.ts';
import { stageAll } from './stageAll.ts';
import { stageDatabase } from './stageDatabase.ts';

const EXIT_FAILED = 1;
/** Ended by SIGTERM (128 + 15). */
const EXIT_TERMINATED = 143;

const argv = process.argv.slice(2);
const terminated = new AbortController();
process.once('SIGTERM', () => terminated.abort(new StagingError('ended by SIGTERM')));
process.once('SIGINT', () => terminated.abort(new StagingError('ended by SIGINT')));

try {
  const options = parseArguments(argv);
  if (!options) process.stdout.write(USAGE);
  else if (options.only === undefined) await stageEverything(options);
  else await stageOnly(options, options.only);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = terminated.signal.aborted ? EXIT_TERMINATED : EXIT_FAILED;
} finally {
  // The channel to the parent would keep this process alive.
  if (process.connected) process.disconnect();
}

async function stageEverything(options: StageArguments): Promise<void> {
  const log = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  await stageAll(options, {
    stageOne: stageInChild(process.argv[1] as string, argv),
    announcer: announcer(process.env, log),
    onChange: () => markChange(process.env, log),
    log,
    signal: terminated.signal,
  });
}

async function stageOnly(options: StageArguments, name: string): Promise<void> {
  const parent = new Parent(process);
  const database = databasesOf(options.preset).find((candidate) => candidate.name === name);
  if (!database || options.snapshot === undefined) throw new StagingError(`--only ${name} needs --snapshot as well.`);
  process.once('disconnect', () => terminated.abort(new StagingError('the process that started this one has ended')));
  try {
    const record = await stageDatabase(database, {
      ...options,
      snapshot: options.snapshot,
      patience: PATIENCE,
      signal: terminated.signal,
      log: (line) => parent.log(line),
      onBytes: (count) => parent.bytes(count),
    });
    parent.record(record);
  } catch (error) {
    parent.failed(messageOf(error));
    throw error;
  }
}
