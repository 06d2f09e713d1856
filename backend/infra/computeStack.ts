import type { App } from 'aws-cdk-lib';
import { CfnSchedulingPolicy } from 'aws-cdk-lib/aws-batch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { findMachine, MACHINES, type Machine, machineRequest, SPOT_SUFFIX } from '../api/machines.ts';
import { computeEnvironment } from './compute/environments.ts';
import { type HostFolder, jobDefinition, SCRATCH } from './compute/jobDefinitions.ts';
import { lustreMount } from './compute/lustreMount.ts';
import { jobQueue } from './compute/queues.ts';
import { instanceProfile, jobRole, RUNNER_EVENT_SOURCE } from './compute/roles.ts';
import { type DeploymentConfig, deployedQueues } from './config.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { imageUri } from './imageSource.ts';
import { discardedLogGroup } from './logGroups.ts';
import { BUCKET_FOLDERS, batchQueueName, LUSTRE_DATABASE_FOLDER, LUSTRE_MOUNT_POINT } from './names.ts';
import { NetworkLinks } from './networkLinks.ts';

const HOUR = 3600;

/**
 * Longest that one attempt may take. The searches of a long chain in the full databases take 3 h on 16 vCPUs, hhblits
 * alone up to 24 h on slow disks; five models of 5,000 residues take 26 h on an A100. The core asks for less where it
 * knows more.
 */
const TIMEOUTS = { features: 24 * HOUR, predict: 36 * HOUR, homology: 2 * HOUR } as const;

/** The runner is the entry point of every image; the scheduler fills these in. */
const COMMAND = ['run', '--job', 'Ref::job', '--stage', 'Ref::stage', '--run', 'Ref::run'] as const;

/** Where a container finds the databases. */
const DATABASES: HostFolder = {
  name: 'databases',
  source: `${LUSTRE_MOUNT_POINT}${LUSTRE_DATABASE_FOLDER}`,
  target: '/databases',
  readOnly: true,
};

/** Days after which what a user has computed no longer counts against a fair share: one. */
const SHARE_DECAY_SECONDS = 24 * HOUR;

/** AWS Batch: a queue for every kind of machine, empty and free of charge until a job comes, and what a job is. */
export class ComputeStack extends FoldpadStack {
  constructor(scope: App, config: DeploymentConfig) {
    super(scope, 'Compute', config, 'queues, machines and job definitions of AWS Batch');
    new LogGroup(this, 'Log', discardedLogGroup(this.names.batchLogGroup, config));
    this.#queues();
    this.#definitions();
  }

  #queues(): void {
    const { config, names } = this;
    const network = new NetworkLinks(this);
    const lustre = lustreMount(this, { writable: false });
    const profile = instanceProfile(this, ['alphafold', 'homology']);
    const policy = new CfnSchedulingPolicy(this, 'FairShare', {
      name: names.schedulingPolicy,
      // Every user has the same weight, which is the default; nothing is held back for users who may come.
      fairsharePolicy: { shareDecaySeconds: SHARE_DECAY_SECONDS, computeReservation: 0 },
    });
    for (const queue of deployedQueues(config)) {
      const machine = machineOf(queue);
      const environment = computeEnvironment(this, {
        queue,
        instances: machine.instances,
        isSpot: queue.endsWith(SPOT_SUFFIX),
        maxVcpus: config.maxVcpus,
        profile,
        // The searches read hundreds of GB: between zones that would be slow and paid for by the gigabyte. A prediction
        // reads the parameters only, and goes where there are GPUs.
        subnetIds: machine.queue === 'cpu' && lustre ? network.subnetIds.slice(0, 1) : network.subnetIds,
        securityGroupId: network.computeSecurityGroupId,
        lustre,
      });
      jobQueue(this, queue, batchQueueName(config.name, queue), environment, policy);
    }
  }

  #definitions(): void {
    const { config, names } = this;
    const { input, output, features } = BUCKET_FOLDERS;
    const rights = { read: [input, output, features], eventSource: RUNNER_EVENT_SOURCE };
    const events = { FOLDPAD_EVENTS: 'eventbridge' };
    const databases = config.databases.fileSystem ? [DATABASES] : [];
    const data = { FOLDPAD_LIBRARY: DATABASES.target, FOLDPAD_DATABASES: DATABASES.target };
    const unknown = { job: 'none', run: 'none' };

    jobDefinition(this, 'Homology', {
      name: names.jobDefinitions.homology,
      image: imageUri(this, 'homology'),
      command: COMMAND,
      parameters: { ...unknown, stage: 'predict' },
      request: machineRequest(machineOf('cpu'), 'predict', 0),
      role: jobRole(this, 'HomologyRole', 'homology models', { ...rights, read: [input, output], write: [output] }),
      timeoutSeconds: TIMEOUTS.homology,
      folders: [SCRATCH],
      environment: events,
      readOnlyRoot: true,
    });
    const gpuQueue = config.queues.find((queue) => queue !== 'cpu');
    if (gpuQueue === undefined) return;
    jobDefinition(this, 'Features', {
      name: names.jobDefinitions.features,
      image: imageUri(this, 'alphafold'),
      command: COMMAND,
      parameters: { ...unknown, stage: 'features' },
      request: machineRequest(machineOf('cpu'), 'features', 0),
      role: jobRole(this, 'FeaturesRole', 'AlphaFold, sequence searches', { ...rights, write: [output, features] }),
      timeoutSeconds: TIMEOUTS.features,
      folders: [SCRATCH, ...databases],
      // By it the dispatcher knows whether what a run has seen is true of the image that is deployed now.
      environment: { ...events, ...data, FOLDPAD_IMAGE: imageUri(this, 'alphafold') },
      readOnlyRoot: false,
    });
    jobDefinition(this, 'Predict', {
      name: names.jobDefinitions.predict,
      image: imageUri(this, 'alphafold'),
      command: COMMAND,
      parameters: { ...unknown, stage: 'predict' },
      // What the scheduler asks for instead depends on the queue and the number of GPUs.
      request: smallestRequest(config),
      role: jobRole(this, 'PredictRole', 'AlphaFold, inference', { ...rights, write: [output] }),
      timeoutSeconds: TIMEOUTS.predict,
      folders: [SCRATCH, ...databases],
      // Compiling takes minutes; jobs of one machine, on its scratch disk, share what was compiled.
      environment: { ...events, ...data, FOLDPAD_COMPILATION_CACHE: `${SCRATCH.target}/compiled` },
      readOnlyRoot: false,
    });
  }
}

function machineOf(queue: string): Machine {
  const found = findMachine(queue);
  if (!found) throw new RangeError(`the catalogue has no queue "${queue}"`);
  return found.machine;
}

/** One GPU of the deployed queue that offers least beside it: fits everywhere. */
function smallestRequest({ queues }: DeploymentConfig): ReturnType<typeof machineRequest> {
  const requests = MACHINES.filter(({ queue, gpuModel }) => gpuModel !== undefined && queues.includes(queue)).map(
    (machine) => machineRequest(machine, 'predict', 1),
  );
  return {
    vcpus: Math.min(...requests.map(({ vcpus }) => vcpus)),
    memoryMiB: Math.min(...requests.map(({ memoryMiB }) => memoryMiB)),
    gpus: 1,
  };
}
