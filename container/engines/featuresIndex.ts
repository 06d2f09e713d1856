/** What a features run writes down for the control plane, so that later jobs for the same target need no such run. */
import {
  changeMarkSchema,
  databaseSetOf,
  featuresKeys,
  featuresTarget,
  type IndexedTarget,
  type PresentVersions,
} from '../../backend/api/featuresIndex.ts';
import type { JobOrder } from '../../backend/api/runner.ts';
import { parametersFromWire } from '../../backend/api/wireParameters.ts';
import type { Plan } from './alphafoldAnswers.ts';
import type { EngineContext, SharedObjects } from './engine.ts';

/** Set by the deployment to the name of the image. */
const IMAGE_VARIABLE = 'FOLDPAD_IMAGE';

type IndexContext = Pick<EngineContext, 'shared' | 'order' | 'log'>;

/**
 * The index as one run writes it. Nothing of it is worth a failed run: what cannot be written is logged, and costs later
 * jobs a features run.
 */
export class FeaturesIndex {
  readonly #context: IndexContext;
  /** `undefined` if it cannot be told. */
  readonly #mark: string | null | undefined;

  private constructor(context: IndexContext, mark: string | null | undefined) {
    this.#context = context;
    this.#mark = mark;
  }

  /** To be called before databases and programs are looked at: what changes afterwards makes this run's word worthless. */
  static async open(context: IndexContext): Promise<FeaturesIndex> {
    let mark: string | null | undefined;
    await tried(context, async () => {
      mark = await readMark(context.shared);
    });
    return new FeaturesIndex(context, mark);
  }

  /** Tells which versions are in use now. */
  async confirmVersions({ versions }: Plan): Promise<void> {
    const mark = this.#mark;
    if (mark === undefined) return;
    const { shared, order } = this.#context;
    const image = process.env[IMAGE_VARIABLE] || null;
    const present: PresentVersions = { schema: 1, versions, seen_at: new Date().toISOString(), mark, image };
    const key = featuresKeys.present(databaseSetOf(parametersOf(order)));
    await tried(this.#context, () => shared.write(key, toJson(present)));
  }

  /** Tells where the features of this run's target are, once they are there. */
  async enter({ features_key: key, versions }: Plan): Promise<void> {
    const { shared, order } = this.#context;
    const target = await featuresTarget(order.fasta_sha256, parametersOf(order));
    const entry: IndexedTarget = { schema: 1, key, versions };
    await tried(this.#context, () => shared.write(featuresKeys.target(target), toJson(entry)));
  }
}

async function readMark(shared: SharedObjects): Promise<string | null> {
  const body = await shared.read(featuresKeys.changed);
  return body ? changeMarkSchema.parse(JSON.parse(Buffer.from(body).toString())).mark : null;
}

async function tried({ log }: IndexContext, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    log(`the index of the features cache is not up to date: ${String(error)}`);
  }
}

function parametersOf({ parameters }: JobOrder): ReturnType<typeof parametersFromWire> {
  return parametersFromWire(parameters);
}

function toJson(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
