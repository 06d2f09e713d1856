import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { RunnerStatus } from '../../backend/api/runner.ts';

/**
 * Writes how the run ended, whole or not at all. Synchronous, because it is the last thing that a dying process does.
 */
export function writeStatusFile(file: string, status: RunnerStatus): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  mkdirSync(path.dirname(file), { recursive: true });
  const handle = openSync(temporary, 'w');
  try {
    writeSync(handle, `${JSON.stringify(status)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}
