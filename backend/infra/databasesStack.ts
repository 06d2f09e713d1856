import type { Construct } from 'constructs';
import { featuresKeys } from '../api/featuresIndex.ts';
import { BEST_FOR_DATABASES } from './compute/databaseMachine.ts';
import { computeEnvironment } from './compute/environments.ts';
import { jobDefinition } from './compute/jobDefinitions.ts';
import { lustreMount } from './compute/lustreMount.ts';
import { jobQueue } from './compute/queues.ts';
import { DATABASES_EVENT_SOURCE, instanceProfile, jobRole } from './compute/roles.ts';
import { ConfigError, type DeploymentConfig } from './config.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { imageUri } from './imageSource.ts';
import { allowMail } from './mailRights.ts';
import { LUSTRE_DATABASE_FOLDER, LUSTRE_MOUNT_POINT } from './names.ts';
import { NetworkLinks } from './networkLinks.ts';

/** The article's four hours are those of a good day at every publisher. */
const TIMEOUT_SECONDS = 48 * 3600;

/** Not below the folder that is linked to the bucket: archives need not be copied there. */
const STAGING_FOLDER = `${LUSTRE_MOUNT_POINT}/staging`;

/**
 * The one job that downloads AlphaFold's databases and parameters onto the file system, from where they are copied into
 * the bucket. It is submitted by the deploy program, and again whenever it has to go on; it mails when it is done. On a
 * file system that was made anew, and filled from the bucket, it reads everything once instead.
 */
export class DatabasesStack extends FoldpadStack {
  constructor(scope: Construct, config: DeploymentConfig) {
    super(scope, 'Databases', config, 'the job that brings the databases');
    const lustre = lustreMount(this, { writable: true });
    if (!lustre) throw new ConfigError('databases.fileSystem is false: there is nowhere to bring the databases to.');
    const { names } = this;
    const network = new NetworkLinks(this);
    const [machine] = BEST_FOR_DATABASES;
    const environment = computeEnvironment(this, {
      queue: 'databases',
      instances: BEST_FOR_DATABASES,
      // A lost machine would cost an hour of unpacking.
      isSpot: false,
      maxVcpus: machine.vcpus,
      profile: instanceProfile(this, ['databases']),
      subnetIds: network.subnetIds.slice(0, 1),
      securityGroupId: network.computeSecurityGroupId,
      lustre,
    });
    jobQueue(this, 'databases', names.databaseQueue, environment, undefined);

    const role = jobRole(this, 'JobRole', 'staging of the databases', {
      read: [],
      write: [featuresKeys.changed],
      eventSource: DATABASES_EVENT_SOURCE,
    });
    allowMail(this, role);
    jobDefinition(this, 'Job', {
      name: names.databaseJobDefinition,
      image: imageUri(this, 'databases'),
      command: [
        'stage',
        '--preset',
        'Ref::preset',
        '--target',
        `${LUSTRE_MOUNT_POINT}${LUSTRE_DATABASE_FOLDER}`,
        '--staging',
        STAGING_FOLDER,
        ...Object.entries(config.databases.mirrors).flatMap(([host, url]) => ['--source', `${host}=${url}`]),
        ...(config.databases.snapshot === undefined ? [] : ['--snapshot', config.databases.snapshot]),
      ],
      parameters: { preset: config.databases.preset },
      // The whole machine: what is unpacked at the same time needs all cores, and page cache.
      request: { vcpus: machine.vcpus, memoryMiB: 24 * 1024, gpus: 0 },
      role,
      timeoutSeconds: TIMEOUT_SECONDS,
      folders: [{ name: 'lustre', source: LUSTRE_MOUNT_POINT, target: LUSTRE_MOUNT_POINT, readOnly: false }],
      environment: {
        FOLDPAD_EVENTS: 'eventbridge',
        FOLDPAD_TOPIC_ARN: this.arn('sns', names.topic),
        FOLDPAD_BUCKET: this.bucketName,
        TMPDIR: '/tmp',
      },
      // The file system belongs to root, also what it brought from the bucket.
      user: '0:0',
      readOnlyRoot: true,
    });
  }
}
