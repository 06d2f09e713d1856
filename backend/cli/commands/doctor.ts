import { Command } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };
import { reportError } from '../errors.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';

/** One thing that was looked at. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found: a version, an address, what is wrong. */
  readonly found: string;
  readonly remedy?: string;
}

export function doctorCommand(host: Host): Command {
  return new Command('doctor')
    .description('check that everything a prediction needs is there, and say what to do about what is not')
    .action((_options: unknown, command: Command) => host.run(command, doctor));
}

async function doctor(session: Session): Promise<number> {
  const { output } = session;
  const { checks, exitCode } = await examine(session);
  if (output.json) {
    output.document({ ok: exitCode === EXIT_CODES.ok, checks });
    return exitCode;
  }
  for (const { name, ok, found, remedy } of checks) {
    output.line(`${ok ? output.style('green', '✓') : output.style('red', '✗')} ${name}: ${found}`);
    if (remedy) output.line(`    ${remedy}`);
  }
  return exitCode;
}

async function examine(session: Session): Promise<{ checks: Check[]; exitCode: number }> {
  const checks: Check[] = [
    { name: 'foldpad', ok: true, found: `${manifest.version} on Node ${process.versions.node}, ${process.platform}` },
  ];
  try {
    const { client, url, dataDirectory } = await session.connect();
    const { signal } = session;
    const { backend, version } = await client.health({ signal });
    const sameVersion = version === manifest.version;
    checks.push({
      name: 'backend',
      ok: sameVersion,
      found: `${backend} ${version} at ${url}${dataDirectory === undefined ? '' : `, data in ${dataDirectory}`}`,
      ...(sameVersion
        ? {}
        : {
            remedy: `It is not of this program's version (${manifest.version}); end it, so that the right one starts.`,
          }),
    });
    for (const queue of await client.queues({ signal })) {
      const { name, engine, available, reason, remedy, description } = queue;
      checks.push({
        name: `queue ${name}`,
        ok: available,
        found: available ? `${engine} is ready (${description})` : `${engine}: ${reason ?? 'not available'}`,
        ...(remedy === undefined ? {} : { remedy }),
      });
    }
  } catch (error) {
    session.signal.throwIfAborted();
    const { message, exit_code } = reportError(error);
    checks.push({ name: 'backend', ok: false, found: message });
    return { checks, exitCode: exit_code };
  }
  return { checks, exitCode: checks.every(({ ok }) => ok) ? EXIT_CODES.ok : EXIT_CODES.error };
}
