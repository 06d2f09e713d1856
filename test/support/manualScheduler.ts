import type { QueueInfo } from '../../backend/api/job.ts';
import { type RunObservation, RunRefused, type RunSpec, type Scheduler } from '../../backend/core/ports.ts';

export const HOMOLOGY_QUEUE: QueueInfo = {
  name: 'local',
  engine: 'homology',
  description: 'homology models on this machine',
  aliases: ['low', 'mid', 'high', 'p4'],
  available: true,
  maxGpu: 0,
};

export const GPU_QUEUES: readonly QueueInfo[] = [
  {
    name: 'low',
    engine: 'alphafold2',
    description: 'p3.2xlarge',
    aliases: ['p3.2xlarge'],
    available: true,
    gpuModel: 'V100',
    maxGpu: 1,
  },
  {
    name: 'mid',
    engine: 'alphafold2',
    description: 'p3.8xlarge',
    aliases: [],
    available: true,
    gpuModel: 'V100',
    maxGpu: 4,
  },
  {
    name: 'p4',
    engine: 'alphafold2',
    description: 'p4d.24xlarge',
    aliases: [],
    available: true,
    gpuModel: 'A100',
    maxGpu: 8,
  },
];

/** A scheduler whose runs move when the test says so. It keeps the port's promises, but starts nothing. */
export class ManualScheduler implements Scheduler {
  /** May be changed by tests. */
  list: readonly QueueInfo[];
  readonly specs = new Map<string, RunSpec>();
  readonly terminated: string[] = [];
  readonly forgotten: string[] = [];
  /** Called before every submit; may throw. */
  beforeSubmit: (spec: RunSpec) => Promise<void> | void = () => {};
  /** Called after every submit, before it answers; may throw: the answer is lost then. */
  afterSubmit: (spec: RunSpec) => Promise<void> | void = () => {};
  readonly #withdrawn = new Set<string>();
  readonly #states = new Map<string, RunObservation>();
  readonly #now: () => string;

  constructor(now: () => string, queues: readonly QueueInfo[] = [HOMOLOGY_QUEUE]) {
    this.#now = now;
    this.list = queues;
  }

  async queues(): Promise<readonly QueueInfo[]> {
    return this.list;
  }

  async submit(spec: RunSpec): Promise<{ readonly schedulerId: string }> {
    await this.beforeSubmit(spec);
    if (!this.list.some(({ name }) => name === spec.queue)) throw new RunRefused(`there is no queue ${spec.queue}`);
    if (this.#withdrawn.has(spec.runId)) throw new RunRefused('the run was withdrawn');
    const schedulerId = `s-${spec.runId}`;
    if (!this.specs.has(schedulerId)) {
      this.specs.set(schedulerId, spec);
      this.move(schedulerId, { status: 'SUBMITTED' });
    }
    await this.afterSubmit(spec);
    return { schedulerId };
  }

  async withdraw({ runId }: RunSpec): Promise<{ readonly schedulerId: string } | undefined> {
    const schedulerId = `s-${runId}`;
    if (this.specs.has(schedulerId)) return { schedulerId };
    this.#withdrawn.add(runId);
    return undefined;
  }

  /** Puts a run into a state and gives the report of it, which the test may track, drop or repeat. */
  move(schedulerId: string, change: Partial<RunObservation>): RunObservation {
    const spec = this.specs.get(schedulerId);
    if (!spec) throw new Error(`no run ${schedulerId}`);
    const { jobId, runId } = spec;
    const before = this.#states.get(schedulerId);
    const attempt = before?.attempt ?? 1;
    const state = {
      jobId,
      runId,
      schedulerId,
      status: 'SUBMITTED',
      attempt,
      ...change,
      at: this.#now(),
    } as const;
    this.#states.set(schedulerId, state);
    return state;
  }

  async terminate(schedulerId: string, reason: string): Promise<void> {
    const state = this.#states.get(schedulerId);
    if (!state || state.status === 'SUCCEEDED' || state.status === 'FAILED') return;
    this.terminated.push(schedulerId);
    this.move(schedulerId, { status: 'FAILED', reason, exitCode: 143 });
  }

  async describe(schedulerIds: readonly string[]): Promise<readonly RunObservation[]> {
    return schedulerIds.flatMap((id) => this.#states.get(id) ?? []);
  }

  async forget(schedulerId: string): Promise<void> {
    this.forgotten.push(schedulerId);
    this.#states.delete(schedulerId);
  }
}
