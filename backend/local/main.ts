#!/usr/bin/env node
import { parseArguments, USAGE, UsageError } from './arguments.ts';
import { runLocalServer } from './run.ts';

/** The local backend as a program; see `USAGE`. */
async function main(): Promise<number> {
  try {
    const options = parseArguments(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    return await runLocalServer(options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`foldpad: ${message}\n${error instanceof UsageError ? `\n${USAGE}` : ''}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main();
