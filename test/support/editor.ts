// Starts a real VS Code (code-server) in a home folder of its own, on the loopback address.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeSignalEnds, ownGroup, runCommand } from '../../scripts/lib/process.ts';
import { type EditorProgram, setUpEditor } from '../../scripts/setup/editor.ts';
import { libraryFolder } from '../../scripts/setup/engine.ts';
import { describeFailure } from '../../scripts/setup/result.ts';
import { installLanguagePack } from './languagePack.ts';
import { endMarked, type Leftover } from './leftovers.ts';
import { freePort } from './ports.ts';

/** In the environment of the editor and of everything it starts. */
const MARK = 'FOLDPAD_EDITOR_RUN';
const READY_TIMEOUT_MS = 60_000;

/** Nothing that reaches out, moves, or asks: what a test looks at is what the extension does. */
const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
} as const;

/** Folders are not trusted, and nobody is asked about it when the window opens. */
const TRUST_SETTINGS = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
} as const;

export interface EditorOptions {
  /** The folder to open, absolute. */
  workspace: string;
  /** Extensions to install first, as VSIX files. */
  vsix?: readonly string[];
  /** Display language of the editor, for example `zh-cn`. Default: English. */
  language?: string;
  /** Settings of the user, beside the quiet ones. */
  settings?: Record<string, unknown>;
  /** Settings of the machine that extensions run on, as opposed to those of the user. */
  machineSettings?: Readonly<Record<string, unknown>>;
  /** Environment of the editor and of everything it starts. */
  env?: NodeJS.ProcessEnv;
  /** Where settings, state and HOME live; a temporary folder, removed at the end, when absent. */
  home?: string;
  port?: number;
  /** No folder is trusted before somebody says so, as it is outside of tests. */
  workspaceTrust?: boolean;
  /** Lets tests run inside the extension host. It also suppresses notification toasts. */
  testDriver?: boolean;
}

export interface Editor {
  /** What to open in a browser. */
  url: string;
  port: number;
  /** HOME of the editor and of everything it starts. */
  home: string;
  /** What the editor's server has printed. */
  log: () => Promise<string>;
  /** Settles when the editor has ended, for whatever reason, with how it did. */
  ended: Promise<string>;
  /** Ends the editor and everything it started. Answers what had left its process group and was ended one by one. */
  stop: () => Promise<Leftover[]>;
}

function environment(home: string, mark: string, extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // A surrounding VS Code, npm run or debugger must not reach into this one.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|npm_|NODE_OPTIONS$|ELECTRON_)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    // HOME is a new one, but the template library takes a minute to prepare and is shared.
    FOLDPAD_LIBRARY: libraryFolder(),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_STATE_HOME: path.join(home, '.local', 'state'),
    CODE_SERVER_CONFIG: path.join(home, 'config.yaml'),
    [MARK]: mark,
    ...extra,
  };
}

function folders(home: string): string[] {
  return ['--user-data-dir', path.join(home, 'data'), '--extensions-dir', path.join(home, 'extensions')];
}

async function writeSettings(home: string, whose: 'User' | 'Machine', settings: object): Promise<void> {
  const folder = path.join(home, 'data', whose);
  const file = path.join(folder, 'settings.json');
  await mkdir(folder, { recursive: true });
  // A home that is kept keeps what the user has changed.
  await writeFile(file, JSON.stringify(settings, null, 2), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function install(program: EditorProgram, home: string, vsix: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = [program.entry, ...folders(home), '--install-extension', vsix, '--force'];
  const { code, output } = await runCommand(program.node, args, { env, timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`the editor could not install ${vsix}:\n${output.trim()}`);
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}

/** The editor, installed where it is missing. */
export async function editorProgram(): Promise<EditorProgram> {
  const result = await setUpEditor();
  if (!result.ok) throw new Error(describeFailure(result));
  return result.editor;
}

/** Starts an editor and waits until it answers. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const program = await editorProgram();
  const temporary = options.home === undefined;
  const home = options.home ?? (await mkdtemp(path.join(tmpdir(), 'foldpad-editor-')));
  const port = options.port ?? (await freePort());
  const mark = randomUUID();
  const env = environment(home, mark, options.env ?? {});
  await writeSettings(home, 'User', {
    ...QUIET_SETTINGS,
    ...(options.workspaceTrust ? TRUST_SETTINGS : {}),
    ...options.settings,
  });
  await writeSettings(home, 'Machine', options.machineSettings ?? {});
  const { language } = options;
  if (language !== undefined) await installLanguagePack(language, path.join(home, 'data'));
  for (const vsix of options.vsix ?? []) await install(program, home, vsix, env);

  const logFile = path.join(home, 'server.log');
  const args = [
    program.entry,
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
    ...['--disable-telemetry', '--disable-update-check'],
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    '--disable-getting-started-override',
    ...folders(home),
    ...(language === undefined ? [] : ['--locale', language]),
    ...(options.testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const child = spawn(program.node, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true, cwd: home });
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const stopGroup = ownGroup(child);
  let failure: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  void ended.then((how) => {
    failure = how;
  });

  const readLog = () => readFile(logFile, 'utf8').catch(() => '');
  const stop = async (): Promise<Leftover[]> => {
    forget();
    await stopGroup();
    // Processes that left the group on purpose, such as a local backend that serves several windows.
    const leftovers = await endMarked(MARK, mark);
    log.end();
    if (temporary) await rm(home, { recursive: true, force: true, maxRetries: 5 });
    return leftovers;
  };
  const forget = beforeSignalEnds(stop);

  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (failure === undefined && Date.now() < deadline) {
      await delay(100);
      continue;
    }
    const printed = await readLog();
    await stop();
    throw new Error(`the editor did not start: ${failure ?? 'it did not answer in time'}\n${printed.trim()}`);
  }
  const url = `http://127.0.0.1:${port}/?folder=${encodeURI(options.workspace)}`;
  return { url, port, home, log: readLog, ended, stop };
}
