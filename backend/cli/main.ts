#!/usr/bin/env node
import { runCli } from './program.ts';

// A reader that has seen enough (`foldpad list | head -1`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { env, stdin, stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), { env, stdin, streams: { stdout, stderr } });
