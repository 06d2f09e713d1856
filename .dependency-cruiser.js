// The house's rules: what each room may import. `npm run check` fails on a violation, type-only imports included.
//
//   api ← core ← http ← { local, lambda }        local, aws: implement core's ports and know nothing of each other
//   extension, webview, backend/cli, container → from backend/ only backend/api

const ROOMS = '^(extension|webview|backend|container)/';

/** Node's built-in modules, however they are written. */
const NODE_BUILT_IN = { dependencyTypes: ['core'] };

/** The editor's API has no package of its own, only types. */
const VSCODE = '^vscode$|^node_modules/@types/vscode/';

/** Nor has the shape of what Lambda calls our functions with. */
const LAMBDA_TYPES = '^aws-lambda$';

/**
 * A room may import its own files, the rooms listed, and packages; nothing else of ours.
 *
 * @param {string} name
 * @param {string} room a folder
 * @param {string[]} others folders or files it may import from, as regular expressions
 * @param {string} why
 */
function only(name, room, others, why) {
  return {
    name,
    severity: 'error',
    comment: why,
    from: { path: `^${room}/` },
    to: { path: ROOMS, pathNot: [room, ...others].map((allowed) => `^${allowed}(/|$)`) },
  };
}

const forbidden = [
  only('api-stands-alone', 'backend/api', [], 'The contract is what everyone else imports; it imports none of them.'),
  only('core-knows-only-api', 'backend/core', ['backend/api'], 'The domain speaks to the world through its ports.'),
  only(
    'http-knows-api-and-core',
    'backend/http',
    ['backend/api', 'backend/core'],
    'One app for the local server and for Lambda: it must not know which of them it runs in.',
  ),
  only(
    'local-implements-ports',
    'backend/local',
    ['backend/api', 'backend/core', 'backend/http'],
    'The local backend knows nothing of AWS, and starts the runner as a process.',
  ),
  only('aws-implements-ports', 'backend/aws', ['backend/api', 'backend/core'], 'The AWS ports know nothing of local.'),
  only(
    'lambda-mounts-the-parts',
    'backend/lambda',
    ['backend/api', 'backend/core', 'backend/http', 'backend/aws'],
    'Handlers put the core, the app and the AWS ports together.',
  ),
  only(
    'infra-knows-only-api',
    'backend/infra',
    ['backend/api'],
    'The CDK app names handlers by path and imports none.',
  ),
  only('cli-knows-only-api', 'backend/cli', ['backend/api'], 'The command line is one more client.'),
  only('extension-knows-only-api', 'extension', ['backend/api'], 'The editor is one more client.'),
  only(
    'webview-knows-only-api-and-protocol',
    'webview',
    ['backend/api', 'extension/structure/(protocol|\\w+Messages|formats|align)\\.ts'],
    'The page shares with the editor their messages, the names of formats and how sequences are aligned; nothing else.',
  ),
  only(
    'container-knows-only-api',
    'container',
    ['backend/api'],
    'What runs a prediction is given a job folder; it knows no server and no editor.',
  ),
  {
    name: 'engines-belong-to-the-runner',
    severity: 'error',
    comment: 'Everyone else asks for a prediction through the API.',
    from: { path: ROOMS, pathNot: '^container/(runner|engines)/' },
    to: { path: '^container/engines/' },
  },
  {
    name: 'api-has-no-node',
    severity: 'error',
    comment: 'The contract also runs in a browser. Code that needs Node sits in a file named *.node.ts.',
    from: { path: '^backend/api/', pathNot: '\\.node\\.ts$' },
    to: NODE_BUILT_IN,
  },
  {
    name: 'api-has-no-node-behind-a-file',
    severity: 'error',
    comment: 'A file of the contract that any client may import must not pull a *.node.ts file in.',
    from: { path: '^backend/api/', pathNot: '\\.node\\.ts$' },
    to: { path: '\\.node\\.ts$' },
  },
  {
    name: 'core-has-no-node',
    severity: 'error',
    comment: 'The domain is pure: clocks, files and processes come through ports.',
    from: { path: '^backend/core/' },
    to: NODE_BUILT_IN,
  },
  {
    name: 'webview-has-no-node',
    severity: 'error',
    comment: 'The page runs in a browser.',
    from: { path: '^webview/' },
    to: NODE_BUILT_IN,
  },
  {
    name: 'webview-reaches-no-node',
    severity: 'error',
    comment: 'Nothing that the page imports may need Node or the editor either.',
    from: { path: '^webview/' },
    to: { path: `^node:|\\.node\\.ts$|${VSCODE}`, reachable: true },
  },
  {
    name: 'vscode-only-in-the-extension',
    severity: 'error',
    comment: 'Only the extension host has this module (and the tests and benchmarks that run inside it).',
    from: { pathNot: '^(extension|test/e2e/inhost|test/bench/inhost)/' },
    to: { path: VSCODE },
  },
  {
    name: 'production-imports-no-tools',
    severity: 'error',
    comment: 'What is shipped must not need what is not.',
    from: { path: ROOMS },
    to: { path: '^(test|scripts|tools)/' },
  },
  {
    name: 'no-cycles',
    severity: 'error',
    comment: 'Files that need each other are one subject, or one of them knows too much.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'everything-resolves',
    severity: 'error',
    comment: 'An import that leads nowhere.',
    from: {},
    to: { couldNotResolve: true, pathNot: `${VSCODE}|${LAMBDA_TYPES}` },
  },
];

export default {
  forbidden,
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|fixtures)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    builtInModules: { add: ['node:sqlite'] },
  },
};
