import assert from 'node:assert/strict';
import { STAGES } from '../../backend/api/job.ts';
import {
  findMachine,
  fitsOn,
  instanceFor,
  MACHINES,
  machineRequest,
  maxGpus,
  QUEUE_NAMES,
  shareOf,
  usableMemoryMiB,
} from '../../backend/api/machines.ts';

describe('catalogue of machines', () => {
  it('has each queue once, with the article’s four on the article’s machines', () => {
    assert.deepEqual(
      MACHINES.map(({ queue }) => queue),
      QUEUE_NAMES,
    );
    assert.deepEqual(
      MACHINES.filter((machine) => machine.isFromArticle).map(({ queue, instances }) => [queue, instances[0]?.name]),
      [
        ['low', 'p3.2xlarge'],
        ['mid', 'p3.8xlarge'],
        ['high', 'p3.16xlarge'],
        ['p4', 'p4d.24xlarge'],
      ],
    );
  });

  it('finds queues and their Spot twins by name', () => {
    assert.equal(findMachine('low')?.machine.queue, 'low');
    assert.deepEqual([findMachine('p4-spot')?.machine.queue, findMachine('p4-spot')?.isSpot], ['p4', true]);
    for (const name of ['', '-spot', 'low-spot-spot', 'LOW', 'p3']) assert.equal(findMachine(name), undefined, name);
  });

  it('asks for what fits, for every number of GPUs', () => {
    for (const machine of MACHINES) {
      for (const stage of STAGES) {
        for (let gpu = 1; gpu <= Math.max(1, maxGpus(machine)); gpu += 1) {
          const request = machineRequest(machine, stage, gpu);
          const instance = instanceFor(machine, request);
          assert.ok(instance && fitsOn(instance, request), `${machine.queue}, ${gpu} GPUs`);
          const share = shareOf(instance, request);
          assert.ok(share > 0 && share <= 1);
        }
      }
      if (machine.gpuModel === undefined) continue;
      const tooMany = machineRequest(machine, 'predict', maxGpus(machine) + 1);
      assert.equal(instanceFor(machine, tooMany), undefined);
    }
  });

  it('fills an instance with as many one-GPU jobs as it has GPUs, wherever they may land', () => {
    for (const machine of MACHINES.filter(({ gpuModel }) => gpuModel !== undefined)) {
      const one = machineRequest(machine, 'predict', 1);
      for (const instance of machine.instances) {
        assert.ok(one.vcpus * instance.gpus <= instance.vcpus, instance.name);
        assert.ok(one.memoryMiB * instance.gpus <= usableMemoryMiB(instance), instance.name);
      }
    }
  });

  it('keeps the article’s 8 vCPU per V100, and leaves memory to the machine', () => {
    for (const queue of ['low', 'mid', 'high']) {
      const found = findMachine(queue);
      assert.ok(found);
      const { vcpus, memoryMiB } = machineRequest(found.machine, 'predict', 1);
      assert.equal(vcpus, 8);
      assert.ok(memoryMiB < 61 * 1024 * 0.98 && memoryMiB >= 56 * 1024, `${memoryMiB}`);
    }
  });

  it('never offers more memory than Batch’s own example shows', () => {
    const m4 = { name: 'm4.large', vcpus: 2, memoryMiB: 8192, gpus: 0, dollarsPerHour: 0.1 };
    assert.ok(usableMemoryMiB(m4) < 7985 - 32);
  });

  it('prices an A100 hour as the article does', () => {
    const p4 = findMachine('p4')?.machine;
    assert.ok(p4);
    const request = machineRequest(p4, 'predict', 1);
    const instance = instanceFor(p4, request);
    assert.ok(instance);
    assert.ok(Math.abs(instance.dollarsPerHour * shareOf(instance, request) - 4.1) < 1e-9);
  });
});
