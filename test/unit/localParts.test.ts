import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArguments, UsageError } from '../../backend/local/arguments.ts';
import { isSameKey, loadKey, refuseForeign } from '../../backend/local/auth.ts';
import { DataDirectory, DirectoryInUse } from '../../backend/local/dataDirectory.ts';
import { KeyedChain } from '../../backend/local/keyedChain.ts';
import { chooseCapacity, chooseLibrary } from '../../backend/local/localQueue.ts';
import { attemptProcesses, identify, isAlive } from '../../backend/local/processes.ts';
import { attemptCommand } from '../../backend/local/runnerCommand.ts';
import { ServerLog } from '../../backend/local/serverLog.ts';
import { NewerSchema, SqliteDatabase } from '../../backend/local/sqliteDatabase.ts';
import { shellRun } from '../support/localScheduler.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('parts of the local server', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);

  describe('key', () => {
    it('is made once, for the owner alone', () => {
      const file = path.join(folder, 'key');
      const key = loadKey(file);
      assert.equal(loadKey(file), key);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      chmodSync(file, 0o644);
      loadKey(file);
      assert.equal(statSync(file).mode & 0o777, 0o600, 'others lose what they had no business to have');
    });

    it('may be the user’s own, unless it could be guessed', () => {
      const file = path.join(folder, 'own key');
      writeFileSync(file, '  my-own-key-of-good-length \n', { mode: 0o600 });
      assert.equal(loadKey(file), 'my-own-key-of-good-length');
      for (const bad of ['', 'short', 'long enough but with blanks']) {
        writeFileSync(file, bad);
        assert.throws(() => loadKey(file), /Remove the file to get a new random key/);
      }
    });

    it('is compared whole', () => {
      assert.ok(isSameKey('abcdef', 'abcdef'));
      for (const other of ['abcde', 'abcdeg', 'abcdef ', '']) assert.ok(!isSameKey('abcdef', other));
    });
  });

  describe('guard', () => {
    const refusal = (rawHeaders: string[], url = '/') => {
      const headers = Object.fromEntries(
        rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1]]] : [])),
      );
      return refuseForeign({ rawHeaders, headers, url } as unknown as IncomingMessage, 80)?.status;
    };

    it('lets only this server’s own names through, once', () => {
      assert.equal(refusal(['Host', '127.0.0.1:80']), undefined);
      assert.equal(refusal(['Host', '127.0.0.1:80', 'Host', 'evil']), 403);
      assert.equal(refusal([]), 403);
      assert.equal(refusal(['Host', '127.0.0.1:80'], 'http://evil/'), 400);
      assert.equal(refusal(['Host', '127.0.0.1:80', 'Origin', 'vscode-webview://x']), 403);
    });
  });

  describe('data directory', () => {
    it('belongs to one server at a time', async () => {
      const place = path.join(folder, 'data');
      const first = await DataDirectory.open(place);
      first.announce({ url: 'http://127.0.0.1:1', keyFile: 'k', pid: process.pid, version: '1' });
      await assert.rejects(DataDirectory.open(place), (error) => {
        assert.ok(error instanceof DirectoryInUse);
        assert.match(error.message, /http:\/\/127\.0\.0\.1:1 \(process \d+\)/);
        return true;
      });
      first.close();
      const second = await DataDirectory.open(place);
      second.close();
    });
  });

  describe('database', () => {
    it('keeps what it held when it is opened again, and compiles statements once', () => {
      const file = path.join(folder, 'a.db');
      const first = new SqliteDatabase(file);
      first.prepare('INSERT INTO work (message, visible_at) VALUES (?, ?)').run('{}', 1);
      assert.equal(first.prepare('SELECT 1'), first.prepare('SELECT 1'));
      assert.equal(first.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal');
      first.close();
      const second = new SqliteDatabase(file);
      assert.equal(second.prepare('SELECT count(*) AS n FROM work').get()?.n, 1);
      second.close();
    });

    it('undoes a transaction that fails', () => {
      const database = new SqliteDatabase(':memory:');
      const add = (): unknown =>
        database.transaction(() => {
          database.prepare('INSERT INTO work (message, visible_at) VALUES (?, ?)').run('{}', 1);
          throw new Error('half-way');
        });
      assert.throws(add, /half-way/);
      assert.equal(database.prepare('SELECT count(*) AS n FROM work').get()?.n, 0);
      database.close();
    });

    it('does not touch what a newer Foldpad wrote', () => {
      const file = path.join(folder, 'newer.db');
      const newer = new DatabaseSync(file);
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      assert.throws(() => new SqliteDatabase(file), NewerSchema);
    });
  });

  describe('log', () => {
    it('is one JSON object a line, for the owner alone, and begins anew when it is long', () => {
      const file = path.join(folder, 'server.log');
      const log = new ServerLog(file, 400);
      for (let i = 0; i < 10; i++) log.info('something happened', { i });
      for (const each of [file, `${file}.1`]) {
        assert.equal(statSync(each).mode & 0o777, 0o600);
        assert.ok(statSync(each).size <= 400);
        for (const line of readFileSync(each, 'utf8').trim().split('\n')) {
          assert.equal(JSON.parse(line).message, 'something happened');
        }
      }
      assert.equal(JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '').i, 9);
    });
  });

  describe('chain', () => {
    it('keeps the order within a key, lets keys go side by side, and survives failures', async () => {
      const chain = new KeyedChain();
      const seen: string[] = [];
      const task = (name: string, milliseconds: number) => async (): Promise<void> => {
        await sleep(milliseconds);
        seen.push(name);
      };
      const failing = chain.add('a', async () => {
        throw new Error('no');
      });
      const last = chain.add('a', task('a1', 30)).then(() => chain.add('a', task('a3', 0)));
      void chain.add('a', task('a2', 0));
      void chain.add('b', task('b1', 0));
      await assert.rejects(failing, /no/);
      await last;
      await chain.settled();
      assert.deepEqual(seen, ['b1', 'a1', 'a2', 'a3']);
    });
  });

  describe('choices', () => {
    it('fills in slots and threads from the CPUs', () => {
      assert.deepEqual(chooseCapacity({}, 2), { threads: 2, slots: 1 });
      assert.deepEqual(chooseCapacity({}, 16), { threads: 4, slots: 4 });
      assert.deepEqual(chooseCapacity({ threads: 8 }, 4), { threads: 8, slots: 1 });
      assert.deepEqual(chooseCapacity({ slots: 3 }, 2), { threads: 2, slots: 3 });
    });

    it('uses the library that is there', () => {
      const data = path.join(folder, 'with library');
      const cache = path.join(folder, 'cache');
      const environment = { XDG_CACHE_HOME: cache };
      const own = path.join(data, 'library');
      assert.equal(chooseLibrary(undefined, data, environment), own);
      mkdirSync(path.join(cache, 'foldpad', 'library', 'v1'), { recursive: true });
      assert.equal(chooseLibrary(undefined, data, environment), own, 'one that is not complete does not count');
      writeFileSync(path.join(cache, 'foldpad', 'library', 'v1', 'library.json'), '{}');
      assert.equal(chooseLibrary(undefined, data, environment), path.join(cache, 'foldpad', 'library'));
      mkdirSync(path.join(own, 'v1'), { recursive: true });
      writeFileSync(path.join(own, 'v1', 'library.json'), '{}');
      assert.equal(chooseLibrary(undefined, data, environment), own);
      assert.equal(chooseLibrary('/given', data, environment), '/given');
      assert.equal(chooseLibrary(undefined, data, { ...environment, FOLDPAD_LIBRARY: '/set' }), '/set');
    });

    it('builds the runner’s command line', () => {
      const run = shellRun('', { jobUri: 'file:///d/store/input/1/' });
      const paths = { attempt: 2, log: '/r/attempt-2.log', status: '/r/status-2.json', work: '/r/work' };
      const { command } = attemptCommand(['node', 'runner.mjs'], run, paths, { library: '/lib', threads: 3 });
      assert.deepEqual(command, [
        ...['node', 'runner.mjs', 'run', '--job', 'file:///d/store/input/1/', '--stage', 'predict', '--attempt', '2'],
        ...['--status-file', '/r/status-2.json', '--library', '/lib', '--threads', '3', '--work', '/r/work'],
      ]);
    });

    it('reads its arguments', () => {
      const options = parseArguments(['--port', '8080', '--data', '/d', '--slots', '2', '--idle-exit', '60'], {});
      assert.deepEqual(options, { port: 8080, dataDirectory: '/d', slots: 2, idleExitSeconds: 60 });
      const preset = parseArguments([], { XDG_DATA_HOME: '/x' });
      assert.deepEqual(preset, { port: 0, dataDirectory: '/x/foldpad' });
      for (const bad of [
        ['--port', '70000'],
        ['--slots', '0'],
        ['--data', ''],
        ['--what'],
        ['more'],
        ['--threads', '1.5'],
      ]) {
        assert.throws(() => parseArguments(bad, {}), UsageError, bad.join(' '));
      }
    });
  });

  describe('processes', () => {
    it('knows itself, and nobody who does not live', () => {
      const self = identify(process.pid);
      assert.ok(self && isAlive(self));
      assert.ok(!isAlive({ ...self, started: `${self.started}0` }), 'another process of the same number');
      assert.equal(identify(2 ** 22 + 1), undefined);
      assert.deepEqual(attemptProcesses({ pid: 2 ** 22 + 1, started: self.started }, 'no/1'), []);
    });
  });
});
