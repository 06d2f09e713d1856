import { Command, Option } from 'commander';
import { type KeyInfo, keyToWire, ROLES, type Role } from '../../api/keys.ts';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { formatTable, shorten } from '../table.ts';

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly owner?: string;
}

const MAX_NAME_PLACES = 40;

export function keysCommand(host: Host): Command {
  const keys = new Command('keys').description('keys of a backend with several users (for its admins)');
  keys
    .command('create')
    .description('make a key; its text is written to standard output, once and nowhere else')
    .requiredOption('--name <name>', 'whose or what for it is, for example "Ada, laptop"')
    .addOption(
      new Option('--role <role>', 'user sees own jobs, admin all, and may manage keys').choices(ROLES).default('user'),
    )
    .option('--owner <owner>', 'whose jobs it sees (default: made of the name); keys of one owner see the same jobs')
    .action((options: CreateOptions, command: Command) => host.run(command, (session) => create(session, options)));
  keys
    .command('list')
    .description('list the keys, newest first; never their texts')
    .action((_options: unknown, command: Command) => host.run(command, list));
  keys
    .command('revoke')
    .description('end a key; it is refused everywhere within a minute')
    .argument('<id>', 'id of the key, see keys list')
    .action((id: string, _options: unknown, command: Command) => host.run(command, (session) => revoke(session, id)));
  return keys;
}

async function create(session: Session, { name, role, owner }: CreateOptions): Promise<number> {
  const { output, signal } = session;
  const client = await session.client();
  const { info, key } = await client.createKey({ name, role, ...(owner !== undefined && { owner }) }, { signal });
  if (output.json) output.document({ data: keyToWire(info), key });
  else output.line(key);
  output.note(
    `Key ${info.id} for "${info.name}" (${info.role}, owner ${info.owner}). Nobody can show it again: put it where it belongs now.`,
  );
  return EXIT_CODES.ok;
}

async function list(session: Session): Promise<number> {
  const { output, signal } = session;
  const found = await (await session.client()).keys({ signal });
  if (output.json) output.document({ keys: found.map(keyToWire) });
  else if (output.isTerminal) {
    const heading = ['ID', 'NAME', 'OWNER', 'ROLE', 'MADE', 'USED', ''].map((text) => output.style('dim', text));
    const rows = found.map((key) => [...columnsOf(key), key.revokedAt ? output.style('red', 'revoked') : '']);
    for (const line of formatTable([heading, ...rows])) output.line(line);
  } else for (const key of found) output.line([...columnsOf(key), key.revokedAt ? 'revoked' : ''].join('\t'));
  return EXIT_CODES.ok;
}

function columnsOf({ id, name, owner, role, createdAt, lastUsedOn }: KeyInfo): readonly string[] {
  return [id, shorten(name, MAX_NAME_PLACES), owner, role, createdAt.slice(0, 10), lastUsedOn ?? 'never'];
}

async function revoke(session: Session, id: string): Promise<number> {
  const { output, signal } = session;
  const key = await (await session.client()).revokeKey(id, { signal });
  if (output.json) output.document({ data: keyToWire(key) });
  else output.line(`${key.id}\trevoked\t${key.name}`);
  return EXIT_CODES.ok;
}
