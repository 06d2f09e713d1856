// npm start: a real VS Code in the browser, with Foldpad installed and the examples open.
//
//   npm start -- --port 8123     on this port rather than on any free one
//   npm start -- --no-browser    print the address only
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Editor, startEditor } from '../test/support/editor.ts';
import { CACHE, isMain, ROOT } from './lib/paths.ts';
import { beforeSignalEnds } from './lib/process.ts';
import { messageOf, say } from './lib/say.ts';
import { packageExtension } from './package.ts';
import { setUpEditor } from './setup/editor.ts';
import { setUpEngine, setUpLibrary } from './setup/engine.ts';
import { describeFailure } from './setup/result.ts';

const EXAMPLES = path.join(ROOT, 'examples');

/** Settings, state and the backend's data stay here from one start to the next. */
const HOME = path.join(CACHE, 'editor');

/** The program that shows an address to the person at this machine; undefined where nobody would see it. */
function opener(): string[] | undefined {
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['cmd', '/c', 'start', ''];
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

function showInBrowser(url: string): void {
  const [program, ...args] = opener() ?? [];
  if (program === undefined) return;
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', (error) => say(`no browser could be opened (${error.message}); open the address yourself`));
  child.unref();
}

/** The editor is worth having without the engine; Foldpad itself then says what is missing. */
async function bringEngine(): Promise<void> {
  const engine = await setUpEngine({ forTests: false });
  const result = engine.ok ? await setUpLibrary() : engine;
  if (!result.ok) say(`predicting on this machine is not possible yet: ${describeFailure(result)}`);
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`--port must be a number from 1 to 65535, not "${text}"`);
}

async function start(port: number | undefined): Promise<Editor> {
  const [editor] = await Promise.all([setUpEditor(), bringEngine()]);
  if (!editor.ok) throw new Error(describeFailure(editor));
  say('building Foldpad and starting the editor …');
  const vsix = await packageExtension({ inHost: false });
  await mkdir(HOME, { recursive: true });
  return startEditor({ workspace: EXAMPLES, vsix: [vsix], home: HOME, ...(port === undefined ? {} : { port }) });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, browser: { type: 'boolean', default: true } },
    allowNegative: true,
  });
  const editor = await start(portOf(values.port));
  console.log(`\n  VS Code with Foldpad:  ${editor.url}\n\n  Ctrl+C ends it.\n`);
  if (values.browser) showInBrowser(editor.url);
  // Ctrl+C is how this program is meant to end.
  process.exitCode = 0;
  let interrupted = false;
  beforeSignalEnds(async () => {
    interrupted = true;
  });
  const how = await editor.ended;
  if (!interrupted) throw new Error(`the editor stopped: ${how}`);
}

if (isMain(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 1;
  }
}
