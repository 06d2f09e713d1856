/** A discrete-event simulation of one queue of AWS Batch: instances come when jobs wait, and go when they are idle. */

export interface FleetJob {
  readonly id: number;
  /** Seconds from the start when it may begin. */
  readonly readyAt: number;
  /** Seconds on one slot. */
  readonly duration: number;
}

export interface Fleet {
  /** Jobs that one instance takes at the same time. */
  readonly slots: number;
  readonly maxInstances: number;
  /** From asking for an instance to its first job. */
  readonly bootSeconds: number;
  /** After so long without a job an instance is given back. */
  readonly idleSeconds: number;
}

export interface FleetRun {
  /** End of each job, by its place in the input. */
  readonly endedAt: readonly number[];
  /** Seconds that were paid for, over all instances. */
  readonly instanceSeconds: number;
  /** Seconds that slots were at work. */
  readonly busySeconds: number;
}

interface Instance {
  readonly startedAt: number;
  ready: boolean;
  busy: number;
  /** Changes with every job that begins, so that an old idle timer does nothing. */
  generation: number;
}

interface Event {
  readonly at: number;
  readonly act: () => void;
}

/** First come, first served; a job goes to the fullest instance that has room, so that others fall idle. */
export function simulateFleet(jobs: readonly FleetJob[], fleet: Fleet): FleetRun {
  const events: Event[] = [];
  const waiting: { readonly job: FleetJob; readonly place: number }[] = [];
  const instances = new Set<Instance>();
  const endedAt = new Array<number>(jobs.length).fill(Number.NaN);
  let now = 0;
  let instanceSeconds = 0;
  let busySeconds = 0;

  const at = (time: number, act: () => void) => {
    let low = 0;
    let high = events.length;
    // Latest first, so that the next event is at the end; of equals, the first one added comes first.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.at ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, { at: time, act });
  };
  const whenIdle = (instance: Instance) => {
    const { generation } = instance;
    at(now + fleet.idleSeconds, () => {
      if (instance.busy > 0 || instance.generation !== generation) return;
      instances.delete(instance);
      instanceSeconds += now - instance.startedAt;
    });
  };
  const begin = (instance: Instance, { job, place }: { job: FleetJob; place: number }) => {
    instance.busy += 1;
    instance.generation += 1;
    busySeconds += job.duration;
    at(now + job.duration, () => {
      endedAt[place] = now;
      instance.busy -= 1;
      if (instance.busy === 0) whenIdle(instance);
      schedule();
    });
  };
  const schedule = () => {
    const open = [...instances].filter(({ ready, busy }) => ready && busy < fleet.slots);
    while (waiting.length > 0 && open.length > 0) {
      open.sort((a, b) => b.busy - a.busy);
      const [fullest] = open;
      const next = waiting.shift();
      if (!fullest || !next) break;
      begin(fullest, next);
      if (fullest.busy === fleet.slots) open.shift();
    }
    let coming = [...instances].filter(({ ready }) => !ready).length * fleet.slots;
    while (waiting.length > coming && instances.size < fleet.maxInstances) {
      const instance: Instance = { startedAt: now, ready: false, busy: 0, generation: 0 };
      instances.add(instance);
      coming += fleet.slots;
      at(now + fleet.bootSeconds, () => {
        instance.ready = true;
        whenIdle(instance);
        schedule();
      });
    }
  };

  jobs.forEach((job, place) => {
    at(job.readyAt, () => {
      waiting.push({ job, place });
      schedule();
    });
  });
  for (let event = events.pop(); event; event = events.pop()) {
    now = event.at;
    event.act();
  }
  return { endedAt, instanceSeconds, busySeconds };
}
