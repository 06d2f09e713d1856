import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { cancelCommand } from './commands/cancel.ts';
import { deleteCommand } from './commands/delete.ts';
import { doctorCommand } from './commands/doctor.ts';
import { estimateCommand } from './commands/estimate.ts';
import { keysCommand } from './commands/keys.ts';
import { listCommand } from './commands/list.ts';
import { logsCommand } from './commands/logs.ts';
import { predictCommand } from './commands/predict.ts';
import { queuesCommand } from './commands/queues.ts';
import { resultsCommand } from './commands/results.ts';
import { showCommand } from './commands/show.ts';
import { EXIT_CODES } from './exitCodes.ts';
import { type Environment, Host } from './host.ts';

const COMMANDS = [
  predictCommand,
  listCommand,
  showCommand,
  logsCommand,
  resultsCommand,
  cancelCommand,
  deleteCommand,
  estimateCommand,
  queuesCommand,
  keysCommand,
  doctorCommand,
];

const FOOTER = `
Without --url (or FOLDPAD_URL), the backend on this machine is used, and started if need be.

Exit codes: 0 done, 1 error, 2 wrong usage, 3 cannot be predicted (no template), 4 some of several failed,
5 no connection to the backend, 130 interrupted.

Examples:
  foldpad predict hbb.fasta -o hbb           predict, wait, save the structure into hbb/
  zcat all.fa.gz | foldpad predict - --no-wait --json
  foldpad logs -f 3f2a`;

/**
 * The command line program.
 *
 * @param argv arguments without program and script
 * @returns the exit code, see `EXIT_CODES`
 */
export async function runCli(argv: readonly string[], environment: Environment): Promise<number> {
  const host = new Host(environment);
  try {
    await buildProgram(host, environment).parseAsync([...argv], { from: 'user' });
    return host.exitCode;
  } catch (error) {
    // Thrown for help and version too, with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    throw error;
  }
}

function buildProgram(host: Host, { streams }: Environment): Command {
  const program = new Command('foldpad')
    .description('Predict protein structures: submit FASTA files, watch the jobs, save the models.')
    .version(manifest.version)
    .option('--url <url>', 'address of the backend (FOLDPAD_URL)')
    .option('--key-file <file>', 'file with the key for that backend (FOLDPAD_KEY_FILE)')
    .option('--data <dir>', 'data directory of the backend on this machine')
    .option('--json', 'answer with one JSON document on standard output')
    .addHelpText('after', FOOTER)
    .showHelpAfterError('(foldpad --help says more)');
  for (const make of COMMANDS) program.addCommand(make(host));
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    });
  }
  return program;
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((inner) => withSubcommands(inner))];
}
