// Runs the user's own npm, whatever Node it belongs to, and keeps its output for the case that it fails.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Settings of the surrounding `npm run` that must not reach an npm started in another folder. */
const FOREIGN = /^npm_(config_(local_prefix|prefix|global|nodedir|omit|include|workspace.*)|package_.*|lifecycle_.*)$/i;

function npmCommand() {
  const besideNode = path.dirname(fs.realpathSync(process.execPath));
  const scripts = [
    process.env.npm_execpath ?? '',
    path.join(besideNode, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(besideNode, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = scripts.find((file) => /npm-cli\.[cm]?js$/.test(file) && fs.existsSync(file));
  return script ? { command: process.execPath, args: [script], shell: false } : plainNpm();
}

function plainNpm() {
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** What npm says went wrong, without its warnings, its manual and its own log's place. */
function complaint(output) {
  const lines = output
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line))
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '');
  return (lines.length > 0 ? lines : output.trim().split('\n').slice(-20)).slice(0, 20).join('\n');
}

/**
 * Runs `npm ...args` in a folder. Rejects with what npm said when it fails.
 *
 * @param {string} folder
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [extraEnv] wins over the process's own environment
 * @returns {Promise<void>}
 */
export function runNpm(folder, args, extraEnv = {}) {
  const npm = npmCommand();
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)));
  return new Promise((resolve, reject) => {
    const child = spawn(npm.command, [...npm.args, ...args], {
      cwd: folder,
      env: { ...env, ...extraEnv },
      shell: npm.shell,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) =>
      reject(new Error(`npm could not be started (${error.message}). Install npm, then run this again.`)),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `"npm ${args.join(' ')}" failed in ${folder} (${signal ?? `exit code ${code}`}):\n${complaint(output)}`,
          ),
        );
    });
  });
}
