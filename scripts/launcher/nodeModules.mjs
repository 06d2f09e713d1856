// Makes sure that a folder's node_modules is what its package-lock.json says, at the cost of one hash when it is.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { runNpm } from './npm.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STAMP = '.foldpad-stamp';

/** One lock per folder, in the checkout's own cache folder (which git ignores). */
function installLock(folder) {
  const name = path.relative(ROOT, folder).replaceAll(path.sep, '-') || 'root';
  return path.join(ROOT, '.cache', 'locks', `install-${name}.lock`);
}

function lockHash(folder) {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(folder, 'package-lock.json')))
    .digest('hex');
}

function readStamp(folder) {
  try {
    return fs.readFileSync(path.join(folder, 'node_modules', STAMP), 'utf8').trim();
  } catch {
    return '';
  }
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * True when npm itself has already installed what the lock file says (`npm ci` or `npm install` run by hand): npm writes
 * what it installed into node_modules/.package-lock.json when it is done.
 */
function npmSaysInstalled(folder) {
  const wanted = readPackages(path.join(folder, 'package-lock.json'));
  const present = readPackages(path.join(folder, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true;
    const found = present[place];
    if (!found) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** @param {string} folder */
export function isInstalled(folder) {
  const hash = lockHash(folder);
  if (readStamp(folder) === hash) return true;
  if (!npmSaysInstalled(folder)) return false;
  fs.writeFileSync(path.join(folder, 'node_modules', STAMP), `${hash}\n`);
  return true;
}

/**
 * Installs a folder's locked packages when they are missing or differ from the lock file. Install scripts never run.
 *
 * @param {string} folder holds package.json and package-lock.json
 * @param {string} what what the user is told is being installed
 * @param {(line: string) => void} say
 * @returns {Promise<boolean>} true when something was installed
 */
export async function ensureNodeModules(folder, what, say) {
  if (isInstalled(folder)) return false;
  const onWait = (pid) => say(`waiting for another process${pid ? ` (${pid})` : ''} that is installing ${what} …`);
  return withLock(
    installLock(folder),
    async () => {
      if (isInstalled(folder)) return false;
      const started = Date.now();
      say(`installing ${what} …`);
      // The explicit includes win over NODE_ENV=production and an `omit` in the user's npm settings.
      await runNpm(folder, [
        'ci',
        '--ignore-scripts',
        '--include=dev',
        '--include=optional',
        '--no-audit',
        '--no-fund',
      ]);
      fs.writeFileSync(path.join(folder, 'node_modules', STAMP), `${lockHash(folder)}\n`);
      say(`installed ${what} in ${Math.round((Date.now() - started) / 1000)} s`);
      return true;
    },
    { onWait },
  );
}
