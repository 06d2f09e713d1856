import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { appendFile, copyFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Packing } from './catalogue.ts';
import { CorruptDownload, messageOf } from './errors.ts';

/**
 * Unpacks a verified archive.
 *
 * @param target a folder for tar, else a file; a file that is there already is continued
 * @throws CorruptDownload when what is inside is damaged
 */
export async function unpack(archive: string, packing: Packing, target: string, signal: AbortSignal): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  switch (packing) {
    case 'gzip':
      return toFile(await decompressor(signal), archive, target, signal);
    case 'tar':
    case 'tar.gz': {
      await mkdir(target, { recursive: true });
      const compressed = packing === 'tar' ? [] : [`--use-compress-program=${await decompressor(signal)}`];
      // The owner that upstream's tar names is nobody here, and its modes may shut out the engine, which is an ordinary user.
      const own = ['--no-same-owner', '--no-same-permissions'];
      await run('tar', ['--extract', ...own, ...compressed, '--file', archive, '--directory', target], signal);
      return readableByAll(target, signal);
    }
    case 'proteins':
      return keepProteins(archive, target);
    case 'plain':
      return copyFile(archive, target);
  }
}

/** Adds rights, which no option of tar does. */
async function readableByAll(folder: string, signal: AbortSignal): Promise<void> {
  try {
    await run('chmod', ['-R', 'u+rwX,go+rX', folder], signal);
  } catch (error) {
    signal.throwIfAborted();
    // Not the archive's fault: it need not be fetched again.
    throw new Error(`what was unpacked cannot be made readable: ${messageOf(error)}`);
  }
}

/** pigz reads ahead and writes on other cores; gzip is everywhere. */
async function decompressor(signal: AbortSignal): Promise<'pigz' | 'gzip'> {
  return run('pigz', ['--version'], signal).then(
    () => 'pigz' as const,
    () => 'gzip' as const,
  );
}

async function toFile(program: string, archive: string, target: string, signal: AbortSignal): Promise<void> {
  const handle = await open(target, 'a');
  try {
    await run(program, ['--decompress', '--stdout', archive], signal, handle.fd);
  } finally {
    await handle.close();
  }
}

/** Starts a program and waits for its success; its last words are the reason when it fails. */
async function run(program: string, args: readonly string[], signal: AbortSignal, stdout?: number): Promise<void> {
  const child = spawn(program, args, { signal, stdio: ['ignore', stdout ?? 'ignore', 'pipe'] });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2_000);
  });
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, name) => resolve(exitCode ?? name ?? 'unknown'));
  });
  if (code === 0) return;
  const line = words.trim().split('\n').at(-1) ?? '';
  if (/No space left|Disk quota/i.test(words)) throw new Error(`the disk is full: ${line}`);
  throw new CorruptDownload(`${program} ended with ${code}: ${line}`);
}

const LINES_AT_ONCE = 10_000;

/**
 * PDB's list of sequences holds nucleic acids too, on which AlphaFold's template search ends with an error. Each entry
 * is a line `>101m_A mol:protein length:154  MYOGLOBIN` and one line of sequence.
 */
async function keepProteins(archive: string, target: string): Promise<void> {
  let isProtein = false;
  let lines: string[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length > 0) await appendFile(target, `${lines.join('\n')}\n`);
    lines = [];
  };
  try {
    for await (const line of createInterface({
      input: createReadStream(archive),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (line.startsWith('>')) isProtein = line.includes(' mol:protein');
      if (isProtein) lines.push(line);
      if (lines.length >= LINES_AT_ONCE) await flush();
    }
    await flush();
  } catch (error) {
    throw new Error(`${archive} could not be read: ${messageOf(error)}`);
  }
}
