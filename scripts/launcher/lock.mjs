// A lock file that outlives nothing: it is stale as soon as its owner is dead or has stopped touching it.
// Plain JavaScript, because the launcher needs it before Node 24 (which runs TypeScript) is there.
import fs from 'node:fs';
import path from 'node:path';

const HEARTBEAT_MS = 2_000;
const STALE_AFTER_MS = 60_000;
const RETRY_MS = 200;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The owner's process id as written in the lock file; undefined when the file is gone or not yet written. */
function ownerOf(file) {
  try {
    const pid = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isStale(file) {
  try {
    const age = Date.now() - fs.statSync(file).mtimeMs;
    const owner = ownerOf(file);
    if (age > STALE_AFTER_MS) return true;
    return owner !== undefined && !isAlive(owner);
  } catch {
    return false;
  }
}

/** Moves a stale lock aside. Of several processes that try, one succeeds; a fresh lock taken by mistake is put back. */
function removeStale(file) {
  const aside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  if (!isStale(aside)) {
    try {
      fs.linkSync(aside, file);
    } catch {
      // Someone took the lock in between: both owners then run at once, which the caller's re-check makes harmless.
    }
  }
  fs.rmSync(aside, { force: true });
}

function tryAcquire(file) {
  try {
    fs.writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/**
 * Runs `work` while holding the lock file; waits for another process that holds it.
 * Whoever waited must look again whether there is still something to do.
 *
 * @template T
 * @param {string} file path of the lock file; its folder is made when missing
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (ownerPid: number | undefined) => void }} [options] `onWait` is called once, when the lock is held
 * @returns {Promise<T>}
 */
export async function withLock(file, work, options = {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!tryAcquire(file)) {
    if (isStale(file)) {
      removeStale(file);
      continue;
    }
    if (!told) {
      told = true;
      options.onWait?.(ownerOf(file));
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  const heartbeat = setInterval(() => {
    try {
      const now = new Date();
      fs.utimesSync(file, now, now);
    } catch {
      // The file was removed by hand; the work goes on.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  const release = () => {
    if (ownerOf(file) === process.pid) fs.rmSync(file, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.removeListener('exit', release);
    release();
  }
}
