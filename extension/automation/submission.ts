/** Predictions that a program asks for instead of a person: nothing is picked in lists, and mistakes are errors. */

import * as vscode from 'vscode';
import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { Estimate, Job, QueueInfo } from '../../backend/api/job.ts';
import { dropUndefined } from '../../backend/api/optional.ts';
import type { WireJobRequest } from '../../backend/api/wireRequest.ts';
import { UserError } from '../base/errors.ts';
import type { Services } from '../commands/services.ts';
import { submitRequests } from '../commands/submitRequests.ts';
import type { BackendId } from '../connection/address.ts';
import { QUEUE_MEMORY } from '../connection/queueMemory.ts';
import { type FastaInput, readFastaInputs, refuseProblems } from '../fasta/fastaInputs.ts';
import { planRequests, recordName } from '../fasta/predictionRequests.ts';
import type { PredictionInput } from './foldpadApi.ts';

/** What would be submitted, checked. */
export interface PreparedPrediction {
  readonly requests: readonly WireJobRequest[];
  readonly queue: QueueInfo;
  readonly uri: vscode.Uri;
  /** The backend that it was prepared for; it goes to no other. */
  readonly backend: BackendId;
  /** Running it may cost money: the backend is not this machine. */
  readonly mayCost: boolean;
}

/** Records in one input; a program that has more makes several. */
const MAX_RECORDS = 100;

/**
 * Reads and checks an input, and finds its queue.
 * @throws UserError naming what is wrong and what to do
 */
export async function preparePrediction(
  services: Pick<Services, 'connection' | 'memory'>,
  input: PredictionInput,
): Promise<PreparedPrediction> {
  const fasta = await readInput(input);
  const { records } = fasta.file;
  const mode = modeOf(input, records.length);
  const queue = await findQueue(services, input.queue);
  const { checkTarget } = await import(/* webpackChunkName: "fasta" */ '../../backend/api/fasta/checkTarget.ts');
  refuseProblems(fasta, checkTarget(records, { engine: queue.engine, mode }));
  const plan = planRequests([{ stem: fasta.stem, records }], mode, queue.name);
  const requests = plan.map(({ request }) => dropUndefined({ ...request, comment: input.comment }));
  const { backend, state } = services.connection;
  const mayCost = !(state.kind === 'ready' && state.profile === 'local');
  return { requests, queue, uri: fasta.uri, backend, mayCost };
}

export function estimatePrediction(
  { connection }: Pick<Services, 'connection'>,
  { requests }: PreparedPrediction,
  signal?: AbortSignal,
): Promise<readonly Estimate[]> {
  return connection.use((client) => client.estimate(requests, signal ? { signal } : {}));
}

/** Submits all or nothing, and lets the editor follow the jobs as if a person had submitted them. */
export async function submitPrepared(
  services: Pick<Services, 'connection' | 'log' | 'notes' | 'notifier' | 'store'>,
  { requests, uri, backend }: PreparedPrediction,
  signal?: AbortSignal,
): Promise<readonly Job[]> {
  services.connection.mustBe(backend);
  const submitted = requests.map((request) => ({ request, uri }));
  return submitRequests(services, { submitted, backend }, signal);
}

async function readInput({ sequence, uri, name }: PredictionInput): Promise<FastaInput> {
  if ((sequence === undefined) === (uri === undefined)) {
    throw new UserError(vscode.l10n.t('Give either a sequence or a FASTA file, and not both.'));
  }
  const input = uri ? await readFile(uri) : await readText(sequence ?? '', name);
  if (input.file.records.length > MAX_RECORDS) {
    throw new UserError(
      vscode.l10n.t('{0} sequences are too many at once. Give at most {1}.', input.file.records.length, MAX_RECORDS),
    );
  }
  return name === undefined ? input : { ...input, stem: name };
}

async function readFile(uri: vscode.Uri): Promise<FastaInput> {
  const [input] = await readFastaInputs([uri]);
  if (!input) throw new TypeError('one file in, one input out');
  return input;
}

async function readText(text: string, name: string | undefined): Promise<FastaInput> {
  const { parseFastaText } = await import(/* webpackChunkName: "fasta" */ '../../backend/api/fasta/parseFasta.ts');
  const file = parseFastaText(text, { defaultName: name ?? 'sequence', maxRecords: MAX_RECORDS + 1 });
  const [record] = file.records;
  const stem = record && record.headerText !== '' ? recordName(record) : 'sequence';
  const input = { uri: vscode.Uri.from({ scheme: 'untitled', path: 'sequence.fasta' }), stem, file };
  refuseProblems(input, file.problems);
  return input;
}

function modeOf({ mode }: PredictionInput, records: number): FastaMode {
  if (mode === 'monomer' || records === 1) return mode ?? 'monomer';
  if (mode === 'multimer') return mode;
  throw new UserError(
    vscode.l10n.t(
      'There are {0} sequences. Give the mode: "monomer" predicts each by itself, "multimer" all together as one complex.',
      records,
    ),
  );
}

/** The queue of this name; without one that which the user chose last, or the first that is open. */
async function findQueue(
  { connection, memory }: Pick<Services, 'connection' | 'memory'>,
  wanted: string | undefined,
): Promise<QueueInfo> {
  if (connection.missingEngine) await connection.checkEngines(true);
  const queues = await connection.use((client) => client.queues());
  const open = queues.filter(({ available }) => available);
  const named = (name: string | undefined) =>
    open.find((queue) => queue.name === name || queue.aliases.some((alias) => alias === name));
  const queue = wanted === undefined ? (named(memory.get<string>(QUEUE_MEMORY)) ?? open[0]) : named(wanted);
  if (queue) return queue;
  if (open.length > 0) {
    const names = open.map(({ name }) => name).join(', ');
    throw new UserError(vscode.l10n.t('The queue {0} is not open. These are: {1}.', wanted ?? '', names));
  }
  const reason = queues[0]?.reason ?? vscode.l10n.t('The backend has no engine that is ready.');
  const remedy = queues[0]?.remedy ?? vscode.l10n.t('Run "Foldpad: Connect…" to see what is missing.');
  throw new UserError(`${reason} ${remedy}`);
}
