// npm run build, npm run watch: makes the bundles in dist/. --only product|lambda makes some of them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import webpack, { type Compiler, type Configuration, type Module, type MultiStats, type StatsError } from 'webpack';
import { thirdPartyNotices } from './lib/notices.ts';
import { DIST, isMain, ROOT } from './lib/paths.ts';
import { formatDuration, formatSize } from './lib/say.ts';

export interface BuildOptions {
  mode: 'production' | 'development';
  /** Also bundle the tests that run inside the extension host. */
  inHost: boolean;
  /** Build only these: `product` (extension, viewer, programs) or `lambda` (the functions of the AWS backend). */
  only?: string | undefined;
}

type Configure = (env: { inhost?: boolean; only?: string | undefined }, argv: { mode: string }) => Configuration[];

async function configurations(options: BuildOptions): Promise<Configuration[]> {
  const module: { default: Configure } = await import(pathToFileURL(path.join(ROOT, 'webpack.config.js')).href);
  return module.default({ inhost: options.inHost, only: options.only }, { mode: options.mode });
}

/** What `npm run watch` prints around each build; .vscode/tasks.json waits for them. */
export const WATCH_BEGINS = '[watch] build started';
export const WATCH_ENDS = '[watch] build finished';

/** `path:line:column: error: text`, which editors and the problem matcher in .vscode/tasks.json understand. */
export function describeProblem(error: StatsError): string {
  const text = error.message.trim();
  const esbuild = /^(.+?):(\d+):(\d+): ERROR: (.+)$/m.exec(text);
  if (esbuild) {
    const [, file = '', line, column, message] = esbuild;
    return `${path.relative(ROOT, file)}:${line}:${Number(column) + 1}: error: ${message}`;
  }
  const [line = '1', column = '0'] = error.loc?.split(/[-\s]/)[0]?.split(':') ?? [];
  const file = error.moduleName
    ? path.normalize(error.moduleName.replace(/^.*!/, ''))
    : (error.compilerPath ?? 'build');
  return `${file}:${line}:${Number(column) + 1}: error: ${text.split('\n')[0]}`;
}

function collectErrors(stats: MultiStats): string[] {
  const json = stats.toJson({ all: false, errors: true, warnings: true, errorDetails: false });
  return [...(json.errors ?? []), ...(json.warnings ?? [])].map(describeProblem);
}

function listAssets(stats: MultiStats): string[] {
  return stats.stats.flatMap((one) => {
    const folder = one.compilation.outputOptions.path ?? ROOT;
    return one.compilation
      .getAssets()
      .filter((asset) => !asset.name.endsWith('.map'))
      .map((asset) => {
        const name = path.relative(ROOT, path.join(folder, asset.name));
        return `  ${name.padEnd(28)} ${formatSize(asset.source.size()).padStart(9)}`;
      });
  });
}

/**
 * Absolute paths of the files that went into the bundles that are shipped, or lie beside them as they are; the functions of
 * AWS are not among these. Webpack may have put several modules into one.
 */
function bundledFiles(stats: MultiStats): string[] {
  const filesOf = (module: Module): string[] => {
    const inner = 'modules' in module ? [...(module.modules as Iterable<Module>)] : [];
    return [module.nameForCondition() ?? [], inner.flatMap(filesOf)].flat();
  };
  const shipped = stats.stats.filter(({ compilation }) => compilation.name !== 'lambda');
  return shipped.flatMap(({ compilation }) => [
    ...[...compilation.modules].flatMap(filesOf),
    ...compilation
      .getAssets()
      .flatMap(({ info }) => (info.sourceFilename ? [path.join(ROOT, info.sourceFilename)] : [])),
  ]);
}

/**
 * Makes every bundle once, and a page with the licences of what they contain.
 *
 * @throws Error with one line per problem; a warning counts as a problem
 * @returns lines that list what was made
 */
export async function build(options: BuildOptions): Promise<string[]> {
  const compiler = webpack(await configurations(options));
  if (!compiler) throw new Error('webpack gave no compiler for webpack.config.js');
  try {
    const stats = await new Promise<MultiStats>((resolve, reject) => {
      compiler.run((error, result) =>
        result ? resolve(result) : reject(error ?? new Error('webpack gave no result')),
      );
    });
    const errors = collectErrors(stats);
    if (errors.length > 0) throw new Error(errors.join('\n'));
    if (options.only !== 'lambda') {
      writeFileSync(path.join(DIST, 'THIRD_PARTY_NOTICES.md'), thirdPartyNotices(bundledFiles(stats)));
    }
    return listAssets(stats);
  } finally {
    await new Promise<void>((resolve) => compiler.close(() => resolve()));
  }
}

/** Builds again at every change until the process is ended. */
async function watch(options: BuildOptions): Promise<void> {
  const compiler = webpack(await configurations(options));
  if (!compiler) throw new Error('webpack gave no compiler for webpack.config.js');
  // Several bundles rebuild at about the same time; the editor is told of one start and one end.
  let running = 0;
  const begin = (_: Compiler) => {
    if (running++ === 0) console.log(WATCH_BEGINS);
  };
  for (const one of compiler.compilers) {
    one.hooks.watchRun.tap('announce', begin);
    one.hooks.done.tap('announce', (stats) => {
      for (const error of stats.toJson({ all: false, errors: true, warnings: true }).errors ?? []) {
        console.log(describeProblem(error));
      }
      if (--running === 0) console.log(WATCH_ENDS);
    });
  }
  compiler.watch({ aggregateTimeout: 100 }, (error) => {
    if (error) console.error(error.message);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      watch: { type: 'boolean', default: false },
      mode: { type: 'string' },
      inhost: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  const mode = values.mode ?? (values.watch ? 'development' : 'production');
  if (mode !== 'production' && mode !== 'development') {
    throw new Error(`--mode must be production or development, not "${mode}"`);
  }
  const options: BuildOptions = { mode, inHost: values.inhost, only: values.only };
  if (values.watch) return watch({ ...options, only: options.only ?? 'product' });
  const started = performance.now();
  const lines = await build(options);
  console.log(lines.join('\n'));
  console.log(`built for ${mode} in ${formatDuration(performance.now() - started)}`);
}

if (isMain(import.meta.url)) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
