import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parseConfig } from '../../../backend/infra/config.ts';
import { findEditors, withProfile, writeProfile } from '../../../scripts/backend/editorProfile.ts';
import { parseDeployFlags, UsageError } from '../../../scripts/backend/flags.ts';
import { JsoncError, readJsonc, setJsoncValues } from '../../../scripts/backend/jsonc.ts';
import type { Prompter } from '../../../scripts/backend/prompter.ts';
import { askMissing, type Input, overlay, readInput } from '../../../scripts/backend/settings.ts';
import { partsOf, queueMachines, quotaNeeds } from '../../../scripts/backend/target.ts';
import { P3_MACHINE } from '../../support/p3Machine.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('deploy: the command line over the file', () => {
  it('changes what it names and leaves the rest', () => {
    const file = { region: 'eu-west-1', mail: ['ada@example.org'], databases: { preset: 'full', fileSystem: false } };
    const flags = parseDeployFlags(['--databases', 'reduced', '--mail', 'a@b.org,c@d.org', '--mail', 'e@f.org']);
    assert.deepEqual(overlay(file, flags), {
      region: 'eu-west-1',
      mail: ['a@b.org', 'c@d.org', 'e@f.org'],
      databases: { preset: 'reduced', fileSystem: false },
    });
  });

  it('queues that are left out take their Spot twins along', () => {
    const input = overlay({ spot: ['g5', 'cpu'] }, parseDeployFlags(['--queues', 'low, cpu']));
    assert.deepEqual(input, { queues: ['low', 'cpu'], spot: ['cpu'] });
    assert.deepEqual(parseConfig(overlay({}, parseDeployFlags(['--queues', 'p4,cpu']))).queues, ['p4', 'cpu']);
  });

  it('a misspelt option is refused with the place where all are listed', () => {
    assert.throws(
      () => parseDeployFlags(['--regoin', 'x']),
      (error) => {
        assert.ok(error instanceof UsageError);
        return /--regoin/.test(error.message) && /npm run deploy:backend -- --help/.test(error.message);
      },
    );
  });

  it('a file that was named must be there', () => {
    assert.throws(() => readInput({ config: '/nowhere/foldpad.config.json' }), /There is no .*nowhere/);
  });
});

/** Answers every question with a prepared answer, and notes what was asked. */
function scripted(answers: Readonly<Record<string, unknown>>): { ask: Prompter; asked: string[] } {
  const asked: string[] = [];
  const answer = (message: string): unknown => {
    asked.push(message);
    const key = Object.keys(answers).find((part) => message.includes(part));
    assert.ok(key !== undefined, `unexpected question: ${message}`);
    return answers[key];
  };
  return {
    asked,
    ask: {
      text: async (message, _initial, validate) => {
        const text = answer(message) as string;
        assert.equal(validate(text), undefined);
        return text;
      },
      choose: async (message) => answer(message) as never,
      chooseMany: async (message) => answer(message) as never,
      confirm: async (message) => answer(message) as boolean,
    },
  };
}

describe('deploy: questions', () => {
  it('asks for region, mail, databases and queues, and what comes out is a configuration', async () => {
    const { ask, asked } = scripted({
      region: 'eu-west-1',
      mail: 'ada@example.org',
      databases: 'full',
      queues: ['p4', 'g6'],
    });
    const config = parseConfig(await askMissing({}, ask));
    assert.equal(asked.length, 4);
    assert.deepEqual(config.mail, ['ada@example.org']);
    assert.equal(config.databases.preset, 'full');
    // AlphaFold searches there, so that it is never left out.
    assert.deepEqual(config.queues, ['p4', 'g6', 'cpu']);
  });

  it('offers queues that can be had: those of p3 machines with their AMI alone, in China what it has', async () => {
    const offer = async (input: Input): Promise<{ choices: readonly string[]; initial: readonly string[] }> => {
      const { ask } = scripted({});
      let seen = { choices: [] as readonly string[], initial: [] as readonly string[] };
      const chooseMany: Prompter['chooseMany'] = async (_message, choices, initial) => {
        seen = { choices: choices.map(({ value }) => value), initial };
        return initial;
      };
      parseConfig(await askMissing({ mail: [], databases: { preset: 'full' }, ...input }, { ...ask, chooseMany }));
      return seen;
    };
    const images = { p3Machine: P3_MACHINE };
    assert.deepEqual(await offer({ region: 'us-east-1' }), {
      choices: ['p4', 'p5', 'g5', 'g6', 'g6e', 'cpu'],
      initial: ['p4', 'g5', 'g6', 'g6e', 'cpu'],
    });
    assert.ok((await offer({ region: 'us-east-1', images })).choices.includes('mid'));
    assert.deepEqual((await offer({ region: 'cn-northwest-1' })).initial, ['g5', 'cpu']);
    assert.deepEqual((await offer({ region: 'cn-northwest-1', images })).initial, ['low', 'mid', 'high', 'g5', 'cpu']);
  });

  it('asks nothing that is known', async () => {
    const input = { region: 'us-east-1', mail: [], databases: { preset: 'full' }, queues: ['low', 'cpu'] };
    const { ask, asked } = scripted({});
    assert.deepEqual(await askMissing(input, ask), input);
    assert.deepEqual(asked, []);
  });

  it('an address that is none is refused at once', async () => {
    const { ask } = scripted({ region: 'eu-west-1', mail: 'ada at example' });
    await assert.rejects(askMissing({}, ask), /ada@example\.org/);
  });
});

describe('deploy: what a configuration needs', () => {
  const images = { p3Machine: P3_MACHINE };
  const config = parseConfig({ queues: ['low', 'p4', 'g5', 'cpu'], spot: ['g5'], images });

  it('one machine of each queue, on demand or Spot', () => {
    assert.deepEqual(
      quotaNeeds(config).map(({ queue, instanceType, spot }) => `${queue} ${instanceType} ${spot}`),
      [
        'low p3.2xlarge false',
        'p4 p4d.24xlarge false',
        'g5 g5.4xlarge false',
        'g5-spot g5.4xlarge true',
        'cpu m6i.4xlarge false',
      ],
    );
  });

  it('Spot twins need no other machines', () => {
    assert.deepEqual(
      queueMachines(config).map(({ queue }) => queue),
      ['low', 'p4', 'g5', 'cpu'],
    );
  });

  it('without a file system there is no job that fills it', () => {
    assert.ok(partsOf(config).includes('Databases'));
    assert.ok(!partsOf(parseConfig({ databases: { fileSystem: false } })).includes('Databases'));
  });

  it('the workstation is a stack only where it is wanted', () => {
    assert.ok(!partsOf(config).includes('Workstation'));
    assert.ok(partsOf(parseConfig({ workstation: { enabled: true } })).includes('Workstation'));
  });
});

const COMMENTED = `// mine
{
    /* "foldpad.connection": "no" */
    "editor.fontSize": 14, // large
    "foldpad.connection": "local",
    "nested": { "foldpad.remote.url": "not this", "list": [1, "]", {}] },
}
`;

describe('settings.json of the editor', () => {
  it('changes and adds values, and keeps comments, order and the rest', () => {
    const changed = setJsoncValues(COMMENTED, { 'foldpad.connection': 'remote', 'foldpad.remote.url': 'https://x' });
    assert.equal(
      changed,
      COMMENTED.replace('"local"', '"remote"').replace(
        '{\n    /*',
        '{\n    "foldpad.remote.url": "https://x",\n    /*',
      ),
    );
  });

  it('begins an empty file', () => {
    assert.deepEqual(JSON.parse(setJsoncValues('', { a: 'b', c: true })), { a: 'b', c: true });
    assert.deepEqual(JSON.parse(setJsoncValues(' {} ', { a: 1 })), { a: 1 });
  });

  it('whatever JSON there was: the values are set, all others stay', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), fc.string(), (before, indent, value) => {
        const text = JSON.stringify(before, null, indent);
        const after = JSON.parse(setJsoncValues(text, { 'foldpad.remote.url': value })) as object;
        assert.deepEqual({ ...after }, { ...JSON.parse(text), 'foldpad.remote.url': value });
        assert.equal(setJsoncValues(JSON.stringify(after), { 'foldpad.remote.url': value }), JSON.stringify(after));
      }),
    );
  });

  for (const broken of ['[]', '{"a": }', '{"a": 1 "b": 2}', '{"a": {"b": 1}', '{} {}', 'true', '{"a\n": 1}']) {
    it(`refuses ${JSON.stringify(broken)} and names the line`, () => {
      assert.throws(
        () => setJsoncValues(broken, { a: 1 }),
        (error) => error instanceof JsoncError && /line \d/.test(error.message),
      );
    });
  }

  const AWS = 'https://abc.execute-api.eu-west-1.amazonaws.com';

  it('gets another backend beside those that are there, whatever stands around them', () => {
    const before = `{
    // mine
    "foldpad.profiles": [
        // the first, "[not a list]"
        { "name": "AWS eu-west-1", "endpoint": "https://other", }, /* , ] */
    ],
    "editor.fontSize": 14,
}`;
    const after = withProfile(before, AWS);
    assert.deepEqual(readJsonc(after), {
      'foldpad.profile': 'AWS eu-west-1 (2)',
      'foldpad.profiles': [
        { name: 'AWS eu-west-1 (2)', endpoint: AWS },
        { name: 'AWS eu-west-1', endpoint: 'https://other' },
      ],
      'editor.fontSize': 14,
    });
    for (const kept of ['// mine', '// the first, "[not a list]"', '/* , ] */']) assert.ok(after.includes(kept), kept);
    // A second deployment to the same address changes nothing.
    assert.equal(withProfile(after, `${AWS}/`), after);
    const back = after.replace('"AWS eu-west-1 (2)",', '"AWS eu-west-1",');
    assert.equal(readJsonc(withProfile(back, 'https://other'))['foldpad.profile'], 'AWS eu-west-1');
  });

  it('is found where editors keep it, and written whole', async () => {
    const { folder, remove } = temporaryFolder();
    try {
      const user = path.join(folder, '.config', 'Code', 'User');
      mkdirSync(user, { recursive: true });
      const [editor, ...others] = findEditors('linux', {}, folder);
      assert.deepEqual([editor?.editor, others], ['VS Code', []]);
      assert.ok(editor);
      await writeProfile(editor, 'https://api/');
      const file = path.join(user, 'settings.json');
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
        'foldpad.profiles': [{ name: 'api', endpoint: 'https://api' }],
        'foldpad.profile': 'api',
      });
      writeFileSync(file, '[]');
      await assert.rejects(writeProfile(editor, 'https://other'), JsoncError);
      assert.equal(readFileSync(file, 'utf8'), '[]');
      assert.ok(existsSync(file));
    } finally {
      remove();
    }
  });
});
