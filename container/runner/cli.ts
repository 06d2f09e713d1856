import { EXIT, type RunnerStatus } from '../../backend/api/runner.ts';
import type { Engine } from '../engines/engine.ts';
import { parseArguments, type RunnerCommand, USAGE, UsageError } from './arguments.ts';
import { formatReport } from './doctorReport.ts';
import { jobIdOf } from './jobLocation.ts';
import { Journal } from './journal.ts';
import { ProgressEvents } from './progressEvents.ts';
import { type RunEnd, runJob } from './runJob.ts';
import { messageOf, Terminated } from './runnerError.ts';
import { writeStatusFile } from './statusFile.ts';

const TERMINATING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * The runner as a program: does what the command line says and returns the exit code (see `EXIT`).
 *
 * @param engines those that jobs and doctor may ask for
 * @param argv arguments without program and script
 */
export async function runMain(engines: readonly Engine[], argv: readonly string[]): Promise<number> {
  // A run outlives whoever reads its output.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  let command: RunnerCommand;
  try {
    command = parseArguments(argv, process.env);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return EXIT.failed;
  }
  switch (command.kind) {
    case 'help':
      process.stdout.write(USAGE);
      return EXIT.done;
    case 'doctor':
      return doctor(engines, command);
    case 'run':
      return run(engines, command);
  }
}

async function doctor(
  engines: readonly Engine[],
  command: Extract<RunnerCommand, { kind: 'doctor' }>,
): Promise<number> {
  const engine = engines.find(({ name }) => name === command.engine);
  const report = engine
    ? await engine.doctor({
        env: process.env,
        ...(command.libraryFolder === undefined ? {} : { libraryFolder: command.libraryFolder }),
      })
    : {
        engine: command.engine,
        available: false,
        reason: `This runner has no engine called "${command.engine}".`,
        remedy: `Ask for one of: ${engines.map(({ name }) => name).join(', ')}.`,
        software: {},
      };
  process.stdout.write(command.json ? `${JSON.stringify(report)}\n` : formatReport(report));
  return report.available ? EXIT.done : EXIT.failed;
}

async function run(engines: readonly Engine[], command: Extract<RunnerCommand, { kind: 'run' }>): Promise<number> {
  const { options, statusFile } = command;
  const started = new Date().toISOString();
  const events = await openEvents(command, (text) => journal.log(text));
  const journal: Journal = new Journal(
    options.stage,
    (line) => process.stdout.write(line),
    (progress) => events?.report(progress),
  );
  const end = ({ exitCode, reason }: RunEnd): number => {
    journal.log(reason);
    if (statusFile === undefined) return exitCode;
    const status: RunnerStatus = {
      exit_code: exitCode,
      attempt: options.attempt,
      started_at: started,
      ended_at: new Date().toISOString(),
      reason,
    };
    writeStatusFile(statusFile, status);
    return exitCode;
  };
  process.once('uncaughtException', (error) => {
    process.exit(end({ exitCode: EXIT.failed, reason: `The runner itself failed: ${messageOf(error)}` }));
  });
  const terminated = new AbortController();
  for (const signal of TERMINATING) process.once(signal, () => terminated.abort(new Terminated(signal)));
  const outcome = await runJob(engines, options, journal, terminated.signal);
  await events?.flush();
  return end(outcome);
}

/** Where progress is sent besides stdout, if anywhere. Of a wrong address `runJob` complains. */
async function openEvents(
  { options, runId }: Extract<RunnerCommand, { kind: 'run' }>,
  log: (text: string) => void,
): Promise<ProgressEvents | undefined> {
  const jobId = jobIdOf(options.jobUri);
  if (process.env.FOLDPAD_EVENTS !== 'eventbridge' || runId === undefined || jobId === undefined) return undefined;
  const { eventBridgeSender } = await import('./eventBridge.ts');
  return new ProgressEvents({
    run: { job_id: jobId, run_id: runId, attempt: options.attempt },
    send: eventBridgeSender(),
    onTrouble: (error) => log(`progress cannot be told to EventBridge: ${messageOf(error)}`),
  });
}
