// A backend as AWS has it, as far as an editor can see before it pays: the catalogue's queues with prices, judged by the
// real core over HTTP, on the loopback address. Its scheduler takes jobs and starts nothing.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { QueueInfo } from '../../backend/api/job.ts';
import { catalogueQueues } from '../../backend/aws/batchQueues.ts';
import manifest from '../../package.json' with { type: 'json' };
import { type ApiWorld, apiWorld } from './apiWorld.ts';

export interface GpuBackend {
  readonly url: string;
  readonly key: string;
  readonly world: ApiWorld;
  stop(): void;
}

/** Queues of the catalogue: AlphaFold on V100 and A100, homology modelling on processors. */
const QUEUES = ['low', 'low-spot', 'mid', 'high', 'p4', 'cpu'];

/** What runs and waits, and a queue whose machines AWS does not give. */
function asBatchSaysIt(queue: QueueInfo): QueueInfo {
  if (queue.name === 'high') {
    const reason = 'Its machines cannot be started (no quota for p3.16xlarge in this region)';
    return {
      ...queue,
      available: false,
      reason,
      remedy: 'Choose another queue, or have the operator raise the quota.',
    };
  }
  return { ...queue, running: queue.name === 'p4' ? 3 : 0, waiting: queue.name === 'p4' ? 12 : 0 };
}

export async function startGpuBackend(): Promise<GpuBackend> {
  const queues = catalogueQueues({ prefix: 'foldpad', queues: QUEUES, alphafold: true }).map(asBatchSaysIt);
  const { version } = manifest;
  const world = apiWorld({ queues, policy: { backend: 'aws', version, region: 'us-east-1', featuresQueue: 'cpu' } });
  const server = createServer(getRequestListener(world.app.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    key: 'ada-key',
    world,
    stop: () => {
      server.closeAllConnections();
      server.close();
      world.close();
    },
  };
}
