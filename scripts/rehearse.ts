// npm run rehearse: the AWS backend from deployment to deletion, on this machine, without an account.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Rehearsal, startRehearsal } from '../test/support/rehearsal.ts';
import { build } from './build.ts';
import { isMain } from './lib/paths.ts';
import { beforeSignalEnds } from './lib/process.ts';
import { messageOf, say } from './lib/say.ts';
import { useEditor } from './rehearsal/editorScene.ts';
import { Narrator, RehearsalFailure } from './rehearsal/narrator.ts';
import { cancel, leave, lookAround, makeKey, predict, readMail, remove } from './rehearsal/scenes.ts';
import { setUpEngine, setUpLibrary } from './setup/engine.ts';
import { setUpPython } from './setup/python.ts';
import { describeFailure } from './setup/result.ts';

async function setUp(): Promise<void> {
  for (const step of [() => setUpPython('aws'), () => setUpEngine({ forTests: false }), setUpLibrary]) {
    const result = await step();
    if (!result.ok) throw new RehearsalFailure(describeFailure(result));
  }
}

/** Everything that a user does, on a platform that was deployed a moment ago. */
async function perform(rehearsal: Rehearsal, narrator: Narrator, folder: string): Promise<void> {
  const stage = { rehearsal, narrator, folder };
  narrator.hide(rehearsal.adminKey, 'admin key');
  await lookAround(stage);
  const ada = await makeKey(stage);
  const succeeded = await predict(stage, ada.key);
  await readMail(stage, succeeded);
  const cancelled = await cancel(stage, ada.key);
  await remove(stage, ada.key, [succeeded, cancelled]);
  await useEditor(stage);
  await leave(stage, ada);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { build: { type: 'boolean', default: true } }, allowNegative: true });
  const narrator = new Narrator((line) => console.log(line));
  narrator.chapter('Deploying into an emulator of AWS');
  await setUp();
  if (values.build) {
    narrator.say('building the functions');
    await build({ mode: 'production', inHost: false, only: 'lambda' });
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'foldpad-rehearse-'));
  let rehearsal: Rehearsal | undefined;
  const stop = async () => {
    await rehearsal?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const forget = beforeSignalEnds(stop);
  try {
    rehearsal = await startRehearsal({ tell: (line) => narrator.say(line) });
    narrator.check(true, `deployed: ${rehearsal.url}`);
    await perform(rehearsal, narrator, folder);
    narrator.end();
  } catch (error) {
    const log = rehearsal?.miniStack.log() ?? '';
    if (log !== '') say(`the end of the emulator's log:\n${log.slice(-6_000)}`);
    throw error;
  } finally {
    forget();
    await stop();
  }
}

if (isMain(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    const known = error instanceof RehearsalFailure;
    say(`the rehearsal failed: ${known ? error.message : error instanceof Error ? error.stack : messageOf(error)}`);
    process.exitCode = 1;
  }
}
