// The same clicks as on the local backend, in a real VS Code, on the platform that was deployed.
import path from 'node:path';
import { PLATFORM_VARIABLES } from '../../test/support/editorPlatform.ts';
import { ROOT } from '../lib/paths.ts';
import { runCommand } from '../lib/process.ts';
import { packageExtension } from '../package.ts';
import { setUpBrowser } from '../setup/browser.ts';
import { setUpEditor } from '../setup/editor.ts';
import { describeFailure } from '../setup/result.ts';
import { RehearsalFailure } from './narrator.ts';
import type { Stage } from './stage.ts';

const TIMEOUT_MS = 15 * 60_000;
const TEST = path.join('test', 'e2e', 'rehearsal.test.ts');

/** The same is walked in each language; one is enough here. */
const LANGUAGE = 'in English';

/** Lines of mocha that say how a step ended. */
const STEP = /^\s*(✔|\d+\)) /;

/** Submits, watches, reads the log, opens the structure, cancels and deletes in the editor. */
export async function useEditor({ rehearsal, narrator }: Stage): Promise<void> {
  narrator.chapter('In a real VS Code');
  for (const result of [await setUpEditor(), await setUpBrowser()]) {
    if (!result.ok) throw new RehearsalFailure(describeFailure(result));
  }
  const key = await rehearsal.newKey('Grace Hopper');
  narrator.hide(key, 'key of Grace Hopper');
  const vsix = await packageExtension({ inHost: false });
  let unfinished = '';
  const { code, output } = await runCommand(
    process.execPath,
    [path.join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js'), TEST, '--grep', LANGUAGE],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        FOLDPAD_VSIX: vsix,
        [PLATFORM_VARIABLES.url]: rehearsal.url,
        [PLATFORM_VARIABLES.key]: key,
        NO_COLOR: '1',
      },
      timeoutMs: TIMEOUT_MS,
      onOutput: (text) => {
        const lines = (unfinished + text).split('\n');
        unfinished = lines.pop() ?? '';
        for (const line of lines) if (STEP.test(line)) narrator.say(line.trim());
      },
    },
  );
  narrator.check(code === 0, 'the editor works on the AWS backend as on the local one', () => output.slice(-6_000));
  narrator.say('screenshots of each step: test/e2e/shots/aws-*.png');
}
