// The whole AWS backend on this machine: the control plane really deployed into an emulator, the Batch stand-in behind it
// with the queues and job definitions of the synthesized template, and the steps that the deploy program does itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FoldpadClient } from '../../backend/api/client.ts';
import { DynamoKeyStore } from '../../backend/aws/dynamoKeyStore.ts';
import { makeKey } from '../../backend/core/keys.ts';
import type { DeploymentInput } from '../../backend/infra/config.ts';
import { type ResourceNames, resourceNames } from '../../backend/infra/names.ts';
import { ensureAdminKey } from '../../scripts/backend/adminKey.ts';
import { type AwsClients, awsClients } from '../../scripts/backend/clients.ts';
import { ensureShareKey } from '../../scripts/backend/shareKey.ts';
import { systemClock } from '../../scripts/backend/systemClock.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { libraryFolder } from '../../scripts/setup/engine.ts';
import type { LocalImage } from './batch/engine.ts';
import { CloudWatchSink } from './batch/sinks.ts';
import { type BatchStandIn, type BatchStandInOptions, startBatchStandIn } from './batch/standIn.ts';
import { type DeployedControl, deployControl } from './deployControl.ts';
import { EventRules } from './eventRules.ts';
import { Mailbox } from './mailbox.ts';
import { type MiniStack, type MiniStackOptions, startMiniStack } from './miniStack.ts';
import { freePort } from './ports.ts';

export interface RehearsalOptions {
  /** Told what is being done. */
  readonly tell?: (line: string) => void;
  /** Containers at the same time. Default 2. */
  readonly slots?: number;
  /** What runs in place of the image of the homology engine. Default: the real runner with the real engine. */
  readonly homology?: Omit<LocalImage, 'repository'>;
  readonly config?: DeploymentInput;
  /** Folder with the functions' bundles. Default: those in `dist/`. */
  readonly bundles?: string;
  readonly batch?: Pick<BatchStandInOptions, 'stepMs' | 'secondMs' | 'graceMs'>;
  readonly miniStack?: Pick<MiniStackOptions, 'enforceIam'>;
}

export interface Rehearsal {
  /** Address of the deployed API. */
  readonly url: string;
  readonly adminKey: string;
  /** The admin's client. */
  readonly admin: FoldpadClient;
  readonly names: ResourceNames;
  readonly control: DeployedControl;
  readonly miniStack: MiniStack;
  readonly batch: BatchStandIn;
  readonly aws: AwsClients;
  readonly mailbox: Mailbox;
  /** Makes a key in the table, as the API does. @returns its text */
  newKey(name: string, role?: 'user' | 'admin'): Promise<string>;
  client(key: string): FoldpadClient;
  /** Environment of a command line that uses this backend. */
  cliEnvironment(key: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The topic that mails go through. */
function topicArn(account: string, region: string, name: string): string {
  return `arn:aws:sns:${region}:${account}:${name}`;
}

/** The runner as its image starts it. The folders that Batch would mount are folders of the rehearsal. */
function homologyRunner(scratch: string): Omit<LocalImage, 'repository'> {
  const runner = path.join(ROOT, 'container', 'runner', 'main.ts');
  const mounts = [`TMPDIR=${scratch}`, `HOME=${scratch}`];
  return { entrypoint: ['/usr/bin/env', ...mounts, process.execPath, '--disable-warning=ExperimentalWarning', runner] };
}

/** @throws Error when a part does not come up; what was started is ended then */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const { tell = () => {} } = options;
  const cleanUps: (() => unknown)[] = [];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  };
  try {
    const scratch = mkdtempSync(path.join(tmpdir(), 'foldpad-rehearsal-'));
    cleanUps.push(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
    // The functions are told where Batch is when the emulator starts, and Batch's queues are known after the synthesis.
    const batchPort = await freePort();
    tell('starting the AWS emulator');
    const miniStack = await startMiniStack({
      ...options.miniStack,
      batchEndpoint: `http://127.0.0.1:${batchPort}`,
      // Functions are told the API's domain, `<id>.execute-api.<this>`; with an address in it that is no host name.
      environment: { MINISTACK_HOST: 'localhost' },
    });
    cleanUps.push(() => miniStack.stop());

    tell('synthesizing all stacks; cdk bootstrap, cdk deploy of the control plane');
    const { config, bundles } = options;
    const control = await deployControl(miniStack, {
      ...(config === undefined ? {} : { config }),
      ...(bundles === undefined ? {} : { bundles }),
    });
    cleanUps.push(() => control.assembly.remove());
    const names = resourceNames(control.config.name);

    tell('Batch stand-in with queues and job definitions of the synthesized Compute template');
    const batch = await startBatchStandIn({
      templates: [control.assembly.template('Compute')],
      deployed: { account: miniStack.account, region: miniStack.region, partition: 'aws' },
      images: [{ repository: names.repositories.homology, ...(options.homology ?? homologyRunner(scratch)) }],
      environment: {
        PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
        LANG: 'C.UTF-8',
        FOLDPAD_LIBRARY: libraryFolder(),
        ...miniStack.environment,
      },
      logs: new CloudWatchSink(miniStack.clientConfig),
      events: [new EventRules(miniStack)],
      port: batchPort,
      ...(options.slots === undefined ? {} : { slots: options.slots }),
      ...options.batch,
    });
    cleanUps.push(() => batch.stop());

    const { endpoint, region, credentials } = miniStack.clientConfig;
    const aws = awsClients({ endpoint, region, credentials });
    tell('the key of the share links, the first admin key');
    await ensureShareKey(aws, names.shareKeyParameter);
    const keys = new DynamoKeyStore({ client: aws.dynamo, tableName: names.table });
    const adminKey = await ensureAdminKey(keys, systemClock);
    if (adminKey === undefined) throw new Error('a fresh deployment has an admin key already');
    const mailbox = await Mailbox.open(
      miniStack.clientConfig,
      topicArn(miniStack.account, miniStack.region, names.topic),
    );
    cleanUps.push(() => mailbox.close());

    const client = (key: string) => new FoldpadClient({ url: control.url, key });
    return {
      url: control.url,
      adminKey,
      admin: client(adminKey),
      names,
      control,
      miniStack,
      batch,
      aws,
      mailbox,
      client,
      newKey: async (name, role = 'user') => {
        const { text, record } = await makeKey({ name, role }, systemClock.now());
        await keys.create(record);
        return text;
      },
      cliEnvironment: (key) => ({ FOLDPAD_URL: control.url, FOLDPAD_KEY: key }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
