// The bundles that a release consists of. Each runs with nothing but what is in it (and `vscode`, in the editor).
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { EsbuildPlugin } from 'esbuild-loader';
import webpack from 'webpack';

const ROOT = import.meta.dirname;
const DIST = path.join(ROOT, 'dist');

/** VS Code 1.105 and the oldest Node that runs our programs both speak this. */
const NODE_TARGET = 'node22';
const BROWSER_TARGET = 'es2022';

/** Lets a bundle be started as a program. */
class ExecutablePlugin {
  constructor(file) {
    this.file = file;
  }

  apply(compiler) {
    compiler.hooks.afterEmit.tap('ExecutablePlugin', () => chmodSync(this.file, 0o755));
  }
}

/** Ships a file of a package as it is, beside the bundle. */
class ShipPlugin {
  constructor(file, name) {
    this.file = file;
    this.name = name;
  }

  apply(compiler) {
    const { Compilation, sources } = webpack;
    compiler.hooks.thisCompilation.tap('ShipPlugin', (compilation) => {
      compilation.fileDependencies.add(this.file);
      const stage = Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL;
      compilation.hooks.processAssets.tap({ name: 'ShipPlugin', stage }, () => {
        // Its source map is not shipped.
        const text = readFileSync(this.file, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
        const sourceFilename = path.relative(ROOT, this.file);
        compilation.emitAsset(this.name, new sources.RawSource(text), { minimized: true, sourceFilename });
      });
    });
  }
}

/**
 * What all bundles share.
 *
 * @param {string} name shown in the build's output
 * @param {string} target what esbuild writes for
 * @param {boolean} production
 * @param {object} minify how a production bundle is made smaller
 */
function common(name, target, production, minify) {
  return {
    name,
    context: ROOT,
    mode: production ? 'production' : 'development',
    // Hidden: written beside the bundle for reading a stack trace, named by no bundle, and never shipped.
    devtool: production ? 'hidden-source-map' : 'source-map',
    resolve: { extensions: ['.ts', '.js'] },
    module: {
      rules: [{ test: /\.ts$/, loader: 'esbuild-loader', options: { target } }],
    },
    optimization: {
      minimizer: [new EsbuildPlugin({ target, legalComments: 'none', ...minify })],
      splitChunks: false,
    },
    performance: false,
    stats: 'errors-warnings',
    infrastructureLogging: { level: 'error' },
  };
}

/**
 * Names of functions stay in the programs, because their logs show stacks. Errors carry their name as a string, so nothing
 * else depends on one; and what the editor loads at its start is to be small.
 */
const PROGRAM_MINIFY = { keepNames: true };
const EDITOR_MINIFY = { keepNames: false };
/** As for the editor. The SDK has thousands of shapes, of which webpack cannot tell that nobody uses them; this can. */
const FUNCTION_MINIFY = { keepNames: false, treeShaking: true, format: 'esm' };

function commonJs(name, entry, file, production, externals = []) {
  const names = ['vscode', ...externals];
  const base = common(name, NODE_TARGET, production, EDITOR_MINIFY);
  return {
    ...base,
    target: NODE_TARGET,
    entry,
    externals: Object.fromEntries(names.map((external) => [external, `commonjs ${external}`])),
    output: {
      path: path.dirname(file),
      filename: path.basename(file),
      // What the editor loads later lies beside what it loads at once.
      chunkFilename: '[name].cjs',
      library: { type: 'commonjs2' },
    },
  };
}

function program(name, entry, production) {
  const file = path.join(DIST, `${name}.mjs`);
  const base = common(name, NODE_TARGET, production, PROGRAM_MINIFY);
  const hasShebang = readFileSync(path.join(ROOT, entry), 'utf8').startsWith('#!');
  return {
    ...base,
    target: NODE_TARGET,
    entry,
    experiments: { outputModule: true },
    // import.meta stays what it is at run time; webpack would freeze this machine's paths into it.
    module: { ...base.module, parser: { javascript: { importMeta: false } } },
    output: { path: DIST, filename: `${name}.mjs`, module: true, chunkFormat: 'module', library: { type: 'module' } },
    plugins: [
      ...(hasShebang ? [] : [new webpack.BannerPlugin({ banner: '#!/usr/bin/env node', raw: true, entryOnly: true })]),
      // One file each: a program must not look for chunks beside itself.
      new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
      new ExecutablePlugin(file),
    ],
  };
}

/** Where the AWS SDK looks for credentials outside Lambda: profiles, single sign-on, instance metadata … */
const CREDENTIAL_SOURCES = ['http', 'ini', 'login', 'process', 'sso', 'web-identity'].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
);

/**
 * The code of the Lambda functions: a folder with one file for each. The SDK is in it, in the version that was tested. In
 * Lambda it finds its credentials in the environment, which it looks at first, so all that it would try next is left out.
 */
function functions(entries, production) {
  const base = common('lambda', NODE_TARGET, production, FUNCTION_MINIFY);
  return {
    ...base,
    target: NODE_TARGET,
    entry: entries,
    experiments: { outputModule: true },
    // `import` of a module of Node reads all that it exports, and so loads its fetch and its Web Crypto at every start;
    // `require` does not.
    externalsPresets: { node: false },
    externals: [({ request }, done) => (isBuiltin(request) ? done(null, `node-commonjs ${request}`) : done())],
    resolve: { ...base.resolve, alias: Object.fromEntries(CREDENTIAL_SOURCES.map((source) => [source, false])) },
    // What is imported later stays in the file, but does not run before: a function must start quickly.
    module: { ...base.module, parser: { javascript: { importMeta: false, dynamicImportMode: 'eager' } } },
    output: {
      path: path.join(DIST, 'lambda'),
      filename: '[name]/index.mjs',
      module: true,
      chunkFormat: 'module',
      library: { type: 'module' },
    },
  };
}

function page(name, entry, production) {
  // NGL sends the text of its functions to a worker. Functions of one scope are renamed alike, so their texts still find
  // each other (the viewer's tests draw a surface in a worker); keepNames would wrap them in a helper that is not sent.
  const base = common(name, BROWSER_TARGET, production, {
    minifyIdentifiers: true,
    minifyWhitespace: true,
    minifySyntax: true,
    css: true,
  });
  const style = entry.replace(/\.ts$/, '.css');
  return {
    ...base,
    target: ['web', BROWSER_TARGET],
    entry: { [name]: existsSync(path.join(ROOT, style)) ? [entry, style] : [entry] },
    // A script of its own, which the browser reads while the page's own code is at work already.
    externals: { ngl: 'var NGL' },
    experiments: { css: true },
    output: {
      path: path.join(DIST, 'webview'),
      filename: '[name].js',
      cssFilename: '[name].css',
      publicPath: '',
      // The times of the files tell whether they are older than their sources (scripts/support/viewerBundle.ts).
      compareBeforeEmit: false,
    },
    plugins: [
      new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
      // The package's own main file expects three.js and others beside it; this one is complete.
      new ShipPlugin(path.join(ROOT, 'node_modules/ngl/dist/ngl.js'), 'ngl.js'),
    ],
  };
}

const BUNDLES = [
  {
    entry: './extension/extension.ts',
    config: (entry, production) => commonJs('extension', entry, path.join(DIST, 'extension.cjs'), production),
  },
  { entry: './webview/viewer.ts', config: (entry, production) => page('viewer', entry, production) },
  { entry: './backend/local/main.ts', config: (entry, production) => program('server', entry, production) },
  { entry: './backend/cli/main.ts', config: (entry, production) => program('foldpad', entry, production) },
  { entry: './container/runner/main.ts', config: (entry, production) => program('runner', entry, production) },
];

const FUNCTIONS = {
  entry: Object.fromEntries(
    ['authorizer', 'query', 'command', 'dispatcher', 'tracker', 'reconciler'].map((name) => [
      name,
      `./backend/lambda/${name}.ts`,
    ]),
  ),
  config: functions,
};

/** What the images of the cloud run; apart from the extension's own bundles, so that each can be built alone. */
const IMAGES = [
  { entry: './container/runner/main.ts', config: (entry, production) => program('image/runner', entry, production) },
  {
    entry: './container/databases/main.ts',
    config: (entry, production) => program('image/databases', entry, production),
  },
];

/** The tests that run inside the extension host. Mocha stays outside: it finds its own files at run time. */
const IN_HOST_TESTS = {
  entry: './test/e2e/inhost/index.ts',
  config: (entry, production) =>
    commonJs('inhost', entry, path.join(DIST, 'test', 'inhost.cjs'), production, ['mocha']),
};

/** What can be built alone, by `--env only=…`. */
const GROUPS = { product: BUNDLES, lambda: [FUNCTIONS], image: IMAGES };

/**
 * `--env inhost` adds the tests that run inside the extension host; `--env only=lambda` (or `product`, `image`) leaves the other
 * bundles out.
 */
export default (env = {}, argv = {}) => {
  const production = (argv.mode ?? 'production') === 'production';
  const chosen = env.only ? GROUPS[env.only] : Object.values(GROUPS).flat();
  if (!chosen) throw new Error(`--only: there is no "${env.only}"; there are ${Object.keys(GROUPS).join(', ')}`);
  const wanted = env.inhost ? [...chosen, IN_HOST_TESTS] : chosen;
  return wanted.map(({ entry, config }) => config(entry, production));
};
