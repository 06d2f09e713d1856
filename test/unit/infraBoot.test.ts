// What an instance of AWS Batch does when it starts, run here with programs that only note their calls.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BootSettings, bootUserData } from '../../backend/infra/compute/userData.ts';
import { FakePrograms } from '../support/fakePrograms.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const PROGRAMS = [
  'aws',
  'amazon-cloudwatch-agent-ctl',
  'dnf',
  'mdadm',
  'mkfs.xfs',
  'mount',
  'mount.lustre',
  'mountpoint',
];
const MORE_PROGRAMS = ['nvidia-smi', 'shutdown', 'systemctl', 'systemd-run'];

interface Part {
  readonly type: string;
  readonly body: string;
}

/** As any reader of MIME would: header, boundary, parts with headers of their own. */
function parseMime(text: string): Part[] {
  const [head = '', ...rest] = text.split('\n\n');
  assert.match(head, /^MIME-Version: 1\.0$/m);
  const boundary = /^Content-Type: multipart\/mixed; boundary="([^"]+)"$/m.exec(head)?.[1];
  assert.ok(boundary, 'there is no boundary');
  const pieces = rest.join('\n\n').split(`--${boundary}`);
  assert.equal(pieces.shift()?.trim(), '');
  assert.equal(pieces.pop(), '--\n', 'the last boundary is not closed');
  return pieces.map((piece) => {
    const end = piece.indexOf('\n\n');
    return { type: /^Content-Type: ([^;]+);/m.exec(piece.slice(0, end))?.[1] ?? '', body: piece.slice(end + 2) };
  });
}

describe('boot of an instance', () => {
  let home: ReturnType<typeof temporaryFolder>;
  let programs: FakePrograms;
  let root: string;

  beforeEach(() => {
    home = temporaryFolder();
    root = path.join(home.folder, 'root');
    mkdirSync(path.join(root, 'dev/disk/by-id'), { recursive: true });
    programs = new FakePrograms(home.folder, [...PROGRAMS, ...MORE_PROGRAMS]);
    // Not mounted until somebody mounts it.
    programs.behave('mountpoint', `test -e '${root}/mounted'`);
    programs.behave('mount', `touch '${root}/mounted'`);
    programs.behave('nvidia-smi', 'echo "GPU 0: NVIDIA A10G (UUID: GPU-1)"');
    mkdirSync(path.join(root, 'fsx/databases'), { recursive: true });
  });

  afterEach(() => home.remove());

  function settings(more: Partial<BootSettings> = {}): BootSettings {
    const lustre = { dnsName: 'fs-1.fsx.aws', mountName: 'abcdef', writable: false };
    return { prefix: 'foldpad', region: 'us-east-1', queue: 'g5-spot', hasGpu: true, lustre, ...more };
  }

  function boot(more: Partial<BootSettings> = {}) {
    const [guard, script] = parseMime(bootUserData(settings(more)));
    assert.deepEqual([guard?.type, script?.type], ['text/cloud-boothook', 'text/x-shellscript']);
    const env = { FOLDPAD_ROOT: root, FOLDPAD_RETRY_SECONDS: '0', FOLDPAD_LINGER_SECONDS: '0' };
    const guarded = programs.run(guard?.body ?? '', env);
    assert.equal(guarded.code, 0, guarded.output);
    assert.equal(guarded.calls[0], 'systemctl daemon-reload');
    assert.match(guarded.calls[1] ?? '', /^systemd-run --on-active=30min .*shutdown -h now$/);
    // The mount point is an absolute path; here it lies below the test's own folder.
    const here = (script?.body ?? '').replace("FOLDPAD_LUSTRE_MOUNT='/fsx'", `FOLDPAD_LUSTRE_MOUNT='${root}/fsx'`);
    return programs.run(here, env);
  }

  const isReady = () => existsSync(path.join(root, 'run/foldpad/ready'));

  it('is two shell scripts that bash can read', () => {
    for (const { body } of parseMime(bootUserData(settings()))) {
      assert.ok(body.startsWith('#!/bin/bash\n'));
      execFileSync('bash', ['-n'], { input: body });
    }
  });

  it('keeps the agent from starting until the machine is ready', () => {
    boot();
    const unit = readFileSync(path.join(root, 'etc/systemd/system/ecs.service.d/10-foldpad.conf'), 'utf8');
    assert.match(unit, /^ExecStartPre=\/usr\/bin\/test -e \/run\/foldpad\/ready$/m);
    assert.match(unit, /^Restart=on-failure$/m);
  });

  it('mounts the file system, then lets jobs come, then reports its GPUs', () => {
    const { code, calls, output } = boot();
    assert.equal(code, 0, output);
    assert.ok(isReady());
    assert.ok(
      calls.includes(`mount -t lustre -o ro,noatime,flock fs-1.fsx.aws@tcp:/abcdef ${root}/fsx`),
      calls.join('\n'),
    );
    const agent = readFileSync(path.join(root, 'etc/ecs/ecs.config'), 'utf8');
    assert.match(agent, /^ECS_RESERVED_MEMORY=512$/m);
    const metrics = JSON.parse(readFileSync(path.join(root, 'etc/foldpad/cloudwatch.json'), 'utf8'));
    assert.equal(metrics.metrics.namespace, 'Foldpad');
    assert.deepEqual(metrics.metrics.metrics_collected.nvidia_gpu.append_dimensions, {
      Deployment: 'foldpad',
      Queue: 'g5-spot',
    });
    assert.ok(!calls.some((call) => /^(shutdown|systemctl mask)/.test(call)));
  });

  /** What must be true of every machine that could not be made ready. */
  function assertRefused({ code, calls, output }: ReturnType<typeof boot>, reason: RegExp): void {
    assert.equal(code, 1, output);
    assert.match(output, reason);
    assert.ok(!isReady(), 'the agent may start');
    assert.ok(calls.includes('systemctl mask --now --no-block ecs.service'));
    const metric = calls.find((call) => call.startsWith('aws cloudwatch put-metric-data'));
    assert.match(metric ?? '', /--metric-name BootFailures --dimensions Deployment=foldpad,Queue=g5-spot --value 1/);
    assert.equal(calls.at(-1), 'shutdown -h now');
  }

  it('never takes a job when the file system cannot be mounted', () => {
    programs.behave('mount', 'exit 1');
    const end = boot();
    assertRefused(end, /FAILED: the file system fs-1\.fsx\.aws cannot be mounted/);
    assert.equal(end.calls.filter((call) => call.startsWith('mount -t lustre')).length, 6);
  });

  it('never takes a job when mount says that it worked and it did not', () => {
    programs.behave('mount', 'exit 0');
    assertRefused(boot(), /cannot be mounted/);
  });

  it('never takes a job when the file system is not the one with the databases', () => {
    execFileSync('rmdir', [path.join(root, 'fsx/databases')]);
    assertRefused(boot(), /has no folder \/databases/);
  });

  it('never takes a job when the Lustre client cannot be installed', () => {
    execFileSync('rm', [path.join(home.folder, 'bin/mount.lustre')]);
    programs.behave('dnf', '[[ "$*" != *lustre-client* ]]');
    assertRefused(boot(), /the Lustre client cannot be installed/);
  });

  it('never takes a job when no GPU answers', () => {
    programs.behave('nvidia-smi', 'echo "NVIDIA-SMI has failed" >&2; exit 9');
    assertRefused(boot(), /no GPU answers/);
  });

  it('never takes a job when nothing else works either', () => {
    programs.behave('mount', 'exit 1');
    programs.behave('aws', 'exit 255');
    programs.behave('systemctl', '[[ $1 == daemon-reload ]]');
    const { code, calls } = boot();
    assert.equal(code, 1);
    assert.ok(!isReady());
    assert.equal(calls.at(-1), 'shutdown -h now');
  });

  it('takes back the permission of an earlier start', () => {
    mkdirSync(path.join(root, 'run/foldpad'), { recursive: true });
    writeFileSync(path.join(root, 'run/foldpad/ready'), '');
    programs.behave('mount', 'exit 1');
    boot();
    assert.ok(!isReady());
  });

  it('tries again when a mount fails at first', () => {
    programs.behave(
      'mount',
      `test -e '${root}/tried' && touch '${root}/mounted'; touch '${root}/tried'; test -e '${root}/mounted'`,
    );
    assert.equal(boot().code, 0);
    assert.ok(isReady());
  });

  it('is ready although metrics cannot be reported', () => {
    programs.behave('amazon-cloudwatch-agent-ctl', 'exit 1');
    const { code, output } = boot();
    assert.equal(code, 0, output);
    assert.match(output, /will not be reported/);
    assert.ok(isReady());
  });

  it('needs neither a file system nor GPUs where there are none', () => {
    const { lustre: _, ...bare } = settings({ hasGpu: false, queue: 'cpu' });
    const [, script] = parseMime(bootUserData(bare));
    const { code, calls, output } = programs.run(script?.body ?? '', { FOLDPAD_ROOT: root });
    assert.equal(code, 0, output);
    assert.ok(isReady());
    assert.deepEqual(calls, []);
  });

  describe('scratch space', () => {
    const disk = (name: string, device: string) => {
      writeFileSync(path.join(root, 'dev', device), '');
      execFileSync('ln', ['-s', `../../${device}`, path.join(root, 'dev/disk/by-id', name)]);
    };
    const NAME = 'nvme-Amazon_EC2_NVMe_Instance_Storage_AWS1';

    it('is on the disk of the instance, if it has one', () => {
      disk(NAME, 'nvme1n1');
      disk(`${NAME}_1`, 'nvme1n1');
      disk('nvme-Amazon_Elastic_Block_Store_vol1', 'nvme0n1');
      const { code, calls, output } = boot();
      assert.equal(code, 0, output);
      assert.ok(calls.includes(`mkfs.xfs -q -f ${root}/dev/nvme1n1`), calls.join('\n'));
      assert.ok(!calls.some((call) => call.startsWith('mdadm') || call.includes('nvme0n1')));
    });

    it('is striped over several', () => {
      disk(NAME, 'nvme1n1');
      disk(`${NAME}2`, 'nvme2n1');
      const { calls } = boot();
      const raid = calls.find((call) => call.startsWith('mdadm --create'));
      assert.match(raid ?? '', /--level=0 --raid-devices=2 .*nvme\dn1 .*nvme\dn1$/);
      assert.ok(calls.some((call) => call.startsWith('mkfs.xfs -q -f /dev/md/scratch')));
    });

    it('is missed: the machine takes no job when its disks cannot be used', () => {
      disk(NAME, 'nvme1n1');
      programs.behave('mkfs.xfs', 'exit 1');
      assertRefused(boot(), /the scratch disks cannot be made ready/);
    });
  });
});
