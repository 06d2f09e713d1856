/**
 * A stand-in for AWS Batch, which no emulator has: its API on a port of this machine, its queues and job definitions
 * from a synthesized template, its containers as processes, its logs and events in an AWS emulator.
 */
import { batchOperations } from './api.ts';
import { BatchEngine, type LocalImage } from './engine.ts';
import type { DeployedAs } from './intrinsics.ts';
import { BatchServer } from './server.ts';
import type { EventSink, LogSink } from './sinks.ts';
import { type BatchResources, readBatchTemplate } from './template.ts';

export interface BatchStandInOptions {
  /** CloudFormation templates (parsed JSON) of the deployment that define anything for Batch. */
  readonly templates: readonly unknown[];
  /** Default: account 123456789012, us-east-1. */
  readonly deployed?: DeployedAs;
  /** What runs in place of which container image. */
  readonly images: readonly LocalImage[];
  /** Variables of every container; nothing of this process's environment reaches one unless it is given here. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: logs go nowhere. */
  readonly logs?: LogSink;
  /** Where events go, besides `standIn.engine.events.happened`. */
  readonly events?: readonly EventSink[];
  /** 0 (the default) chooses a free one. */
  readonly port?: number;
  readonly slots?: number;
  readonly stepMs?: number;
  readonly secondMs?: number;
  readonly graceMs?: number;
}

export interface BatchStandIn {
  /** For `AWS_ENDPOINT_URL_BATCH`. */
  readonly endpoint: string;
  readonly engine: BatchEngine;
  readonly server: BatchServer;
  readonly resources: BatchResources;
  /** Ends every container and closes the sinks. */
  stop(): Promise<void>;
}

const NOWHERE: LogSink = { write: async () => {}, close: () => {} };

/** @throws Error when the templates are not as Batch wants them, or the port is taken */
export async function startBatchStandIn(options: BatchStandInOptions): Promise<BatchStandIn> {
  const deployed = options.deployed ?? { account: '123456789012', region: 'us-east-1', partition: 'aws' };
  const resources = readBatchTemplate(options.templates, deployed);
  const { logs = NOWHERE, events = [] } = options;
  const engine = new BatchEngine({
    resources,
    images: options.images,
    environment: options.environment ?? {},
    logs,
    events,
    slots: options.slots ?? 2,
    stepMs: options.stepMs ?? 5,
    secondMs: options.secondMs ?? 1000,
    graceMs: options.graceMs ?? 10_000,
  });
  const server = new BatchServer(batchOperations(engine, resources));
  const endpoint = await server.listen(options.port ?? 0);
  return {
    endpoint,
    engine,
    server,
    resources,
    stop: async () => {
      await server.close();
      await engine.close();
      logs.close();
      for (const sink of events) sink.close();
    },
  };
}
