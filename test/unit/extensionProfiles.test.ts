import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addressProblem,
  backendIdOf,
  isLoopback,
  normalizeAddress,
  suggestName,
} from '../../extension/connection/address.ts';
import { KeyRing } from '../../extension/connection/keyRing.ts';
import { migrated, readProfiles, toEntries } from '../../extension/connection/profiles.ts';
import { MemorySecrets } from '../support/memorySecrets.ts';

const AWS = 'https://abc123.execute-api.eu-west-1.amazonaws.com';

describe('the address of a backend', () => {
  it('is https, or this machine', () => {
    for (const good of [
      AWS,
      `${AWS}/prod`,
      ' https://lab.example:8443/ ',
      'http://127.0.0.1:8730',
      'http://localhost',
    ]) {
      assert.equal(addressProblem(good), undefined, good);
    }
    assert.equal(addressProblem('http://[::1]:8730'), undefined);
    for (const insecure of [
      'http://lab.example',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil',
      'http://10.0.0.1',
    ]) {
      assert.equal(addressProblem(insecure), 'insecure', insecure);
    }
    for (const decorated of [
      'https://me@lab',
      'https://a:b@lab',
      'https://lab?x=1',
      'https://lab#x',
      'http://127.0.0.1@evil',
    ]) {
      assert.equal(addressProblem(decorated), 'decorated', decorated);
    }
    for (const no of ['', 'lab', 'lab.example', 'ftp://lab', 'file:///etc', 'javascript:alert(1)', 'https://']) {
      assert.equal(addressProblem(no), 'incomplete', no);
    }
  });

  it('is written in one way', () => {
    assert.equal(normalizeAddress(' HTTPS://Lab.Example:443/Prod/ '), 'https://lab.example/Prod');
    assert.equal(normalizeAddress('http://127.1:80'), 'http://127.0.0.1');
    assert.equal(normalizeAddress(' no address '), 'no address');
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        assert.equal(normalizeAddress(normalizeAddress(url)), normalizeAddress(url));
      }),
    );
  });

  it('tells this machine from others', () => {
    assert.ok(isLoopback('http://localhost:1') && isLoopback('https://127.0.0.1') && isLoopback('http://[::1]:2/x'));
    assert.ok(!isLoopback(AWS) && !isLoopback('https://localhost.example') && !isLoopback('nothing'));
  });

  it('names its backend in URIs: no two addresses alike', () => {
    assert.equal(backendIdOf(`${AWS}/Prod`), 'abc123.execute-api.eu-west-1.amazonaws.com~prod');
    assert.equal(backendIdOf('http://127.0.0.1:8730'), 'http~127.0.0.1:8730');
    const all = ['https://a', 'https://b', 'https://a/x', 'https://a/x/y', 'https://a:8443', 'http://a'].map(
      backendIdOf,
    );
    assert.equal(new Set(all).size, all.length);
    assert.ok(!all.includes('local'));
  });

  it('suggests a name that nobody has', () => {
    assert.equal(suggestName(AWS, []), 'AWS eu-west-1');
    assert.equal(suggestName(AWS, ['AWS eu-west-1', 'AWS eu-west-1 (2)']), 'AWS eu-west-1 (3)');
    assert.equal(suggestName('https://x.execute-api.cn-north-1.amazonaws.com.cn', []), 'AWS cn-north-1');
    assert.equal(suggestName('https://fold.lab.example/api', []), 'fold.lab.example');
    assert.equal(suggestName('http://127.0.0.1:8730', []), '127.0.0.1:8730');
  });
});

describe('the profiles that settings describe', () => {
  const profiles = [
    { name: 'lab', endpoint: 'https://lab.example/' },
    { name: 'cloud', endpoint: AWS },
  ];

  it('are this machine where nothing is said', () => {
    assert.deepEqual(readProfiles({}), { endpoints: [], current: { kind: 'local' } });
    assert.deepEqual(readProfiles({ profiles, profile: ' ' }).current, { kind: 'local' });
  });

  it('are chosen by name, or by address while they are renamed', () => {
    const cloud = { kind: 'remote', name: 'cloud', url: AWS };
    assert.deepEqual(readProfiles({ profiles, profile: 'cloud' }).current, cloud);
    assert.deepEqual(readProfiles({ profiles, profile: `${AWS}/` }).current, cloud);
    assert.deepEqual(readProfiles({ profiles, profile: 'lab' }).current, {
      kind: 'remote',
      name: 'lab',
      url: 'https://lab.example',
    });
  });

  it('never fall back to this machine when the chosen one is not there', () => {
    assert.deepEqual(readProfiles({ profiles, profile: 'gone' }).current, { kind: 'remote', name: 'gone', url: '' });
  });

  it('are what can be understood of whatever was written by hand', () => {
    const wild = [
      null,
      1,
      'x',
      {},
      { name: 'a' },
      { name: '', endpoint: AWS },
      { name: 3, endpoint: AWS },
      ...profiles,
    ];
    const { endpoints } = readProfiles({ profiles: [...wild, { name: 'lab', endpoint: 'https://evil' }] });
    assert.deepEqual(endpoints, [
      { name: 'lab', url: 'https://lab.example' },
      { name: 'cloud', url: AWS },
    ]);
    fc.assert(
      fc.property(
        fc.anything(),
        fc.anything(),
        fc.anything(),
        fc.anything(),
        (list, profile, connection, remoteUrl) => {
          const { endpoints: found } = readProfiles({ profiles: list, profile, connection, remoteUrl });
          assert.equal(new Set(found.map(({ name }) => name)).size, found.length);
        },
      ),
    );
  });

  it('take over the one endpoint of earlier settings, without asking', () => {
    const former = { connection: 'remote', remoteUrl: `${AWS}/` };
    const now = migrated(former);
    assert.deepEqual(now, {
      profiles: [{ name: 'AWS eu-west-1', endpoint: AWS }],
      profile: 'AWS eu-west-1',
      isNews: true,
    });
    // What is in force is the same before and after the settings were moved.
    assert.deepEqual(readProfiles(former), readProfiles(now));
    assert.equal(migrated(now).isNews, false);
  });

  it('take it over beside others, and choose it only where it was chosen', () => {
    const former = { profiles, profile: 'lab', connection: 'local', remoteUrl: 'https://third.example' };
    const now = migrated(former);
    assert.equal(now.profile, 'lab');
    assert.deepEqual(
      now.profiles.map(({ name }) => name),
      ['lab', 'cloud', 'third.example'],
    );
    assert.deepEqual(migrated({ profiles, connection: 'remote', remoteUrl: AWS }), {
      profiles,
      profile: 'cloud',
      isNews: true,
    });
  });

  it('are written as they are read', () => {
    const { endpoints } = readProfiles({ profiles });
    assert.deepEqual(readProfiles({ profiles: toEntries(endpoints) }).endpoints, endpoints);
  });
});

describe('a key', () => {
  it('is given for its own address and no other, however a profile is edited', async () => {
    const keys = new KeyRing(new MemorySecrets(), 'here');
    await keys.set(AWS, 'secret');
    assert.equal(await keys.get(`${AWS}/`), 'secret');
    const others = [
      'https://evil.example',
      `${AWS}/dev`,
      `${AWS}:8443`,
      AWS.replace('https', 'http'),
      `${AWS}.evil.example`,
      AWS.replace('abc123', 'abc124'),
    ];
    for (const other of others) assert.equal(await keys.get(other), undefined, other);
    const edited = readProfiles({ profiles: [{ name: 'cloud', endpoint: 'https://evil.example' }], profile: 'cloud' });
    assert.equal(edited.current.kind === 'remote' && (await keys.get(edited.current.url)), undefined);
    await keys.delete(AWS);
    assert.equal(await keys.get(AWS), undefined);
  });

  it('for a loopback address stays on the machine where it was entered', async () => {
    const secrets = new MemorySecrets();
    await new KeyRing(secrets, 'laptop').set('http://127.0.0.1:8730', 'secret');
    assert.equal(await new KeyRing(secrets, 'laptop').get('http://127.0.0.1:8730/'), 'secret');
    assert.equal(await new KeyRing(secrets, 'shared-server').get('http://127.0.0.1:8730'), undefined);
  });

  it('that an earlier version kept is taken over, once', async () => {
    const secrets = new MemorySecrets();
    await secrets.store('foldpad.key https://Lab.example/Api', 'old');
    const keys = new KeyRing(secrets, 'here');
    await keys.adopt(' https://Lab.example/Api/ ');
    assert.equal(await keys.get('https://lab.example/Api'), 'old');
    assert.deepEqual(await secrets.keys(), ['foldpad.key https://lab.example/Api']);
  });

  it('that changes is told with the address that it concerns', async () => {
    const secrets = new MemorySecrets();
    const keys = new KeyRing(secrets, 'here');
    const told: boolean[] = [];
    const listening = keys.onDidChange((concerns) => told.push(concerns(AWS)));
    await keys.set(AWS, 'a');
    await keys.set('https://other', 'b');
    await secrets.store('something else', 'c');
    listening.dispose();
    await keys.delete(AWS);
    assert.deepEqual(told, [true, false]);
  });
});
