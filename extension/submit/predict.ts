/** From FASTA files to submitted jobs. A bundle of its own, loaded with the first prediction. */

import * as vscode from 'vscode';
import { checkTarget } from '../../backend/api/fasta/checkTarget.ts';
import type { FastaRecord } from '../../backend/api/fasta/types.ts';
import type { Job, QueueInfo } from '../../backend/api/job.ts';
import { join, UserError } from '../base/errors.ts';
import { said } from '../base/said.ts';
import { fastaUris } from '../commands/fastaUris.ts';
import type { Services } from '../commands/services.ts';
import type { BackendId } from '../connection/address.ts';
import { QUEUE_MEMORY } from '../connection/queueMemory.ts';
import { type FastaInput, readRecordInput, refuseProblems } from '../fasta/fastaInputs.ts';
import { isRecordTarget } from '../fasta/recordTarget.ts';
import { history, knownJobs } from './known.ts';
import { offerKnown } from './offerKnown.ts';
import { makePlan, type Wish } from './planning.ts';
import { onlySound, readSoundFiles } from './soundFiles.ts';
import { type Asking, openQueues, type Situation, settledQueue, stepsOf } from './steps.ts';
import { submitPlan } from './submitPlan.ts';
import { Wizard } from './wizard.ts';

/**
 * @param asking how much the user is asked
 * @param given what VS Code gave: files, or one record of a document
 * @returns the submitted jobs; empty when the user gave up or took a structure that is there
 */
export async function predict(
  services: Services,
  asking: Asking,
  ...given: readonly unknown[]
): Promise<readonly Job[]> {
  // The files are judged first: a mistake in one of them needs no backend to be told of.
  const { inputs, files } = await chosenInputs(given);
  if (inputs.length === 0) return [];
  const situation = await againIfSwitched(() => lookAround(services, asking, inputs, given[0]));
  const { backend } = services.connection;
  try {
    return await askAndSubmit(services, situation, { inputs, files, backend });
  } catch (error) {
    // Not the user's doing: an answer that was waited for belonged to a backend that is no longer the chosen one.
    if (error instanceof vscode.CancellationError) services.connection.mustBe(backend);
    throw error;
  }
}

/** What nobody was asked about yet goes to whichever backend is chosen by then. */
async function againIfSwitched<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof vscode.CancellationError)) throw error;
    return look();
  }
}

async function askAndSubmit(
  services: Services,
  situation: Situation,
  { inputs, files, backend }: ChosenInputs & { readonly backend: BackendId },
): Promise<readonly Job[]> {
  const known = await knownRecords(services, situation, inputs);
  const records = inputs.flatMap(({ file }) => file.records);
  const asksRecords = stepsOf(situation, {}).includes('records');
  // Where it is asked what the records are, that question offers to leave out what is known.
  const answer = asksRecords
    ? 'all'
    : await offerKnown(
        services,
        records.map((record) => known.get(record)),
      );
  if (answer === undefined || answer === 'opened') return [];
  const { connection } = services;
  const onlyNew = answer === 'new';
  const wish = await new Wizard({ connection, inputs, situation, known: new Set(known.keys()), onlyNew }).run();
  if (!wish) return [];
  const sound = await onlySound(inputs, ({ file, ...input }) => {
    refuseProblems({ ...input, file }, checkTarget(file.records, { engine: wish.queue.engine, mode: wish.mode }));
  });
  const plan = makePlan(sound, wish);
  if (plan.length === 0) return [];
  if (wish.mode === 'multimer' && !(await agreeToComplexes(services, sound, wish))) return [];
  await remember(services, situation, wish);
  connection.mustBe(backend);
  const jobs = await submitPlan(services, plan, backend);
  if (jobs.length > 0 && files > 1) tellSummary(jobs.length, sound.length, files - sound.length);
  return jobs;
}

interface ChosenInputs {
  readonly inputs: readonly FastaInput[];
  /** How many were chosen, also those that are left out. */
  readonly files: number;
}

async function chosenInputs(given: readonly unknown[]): Promise<ChosenInputs> {
  const [target] = given;
  if (isRecordTarget(target)) return { inputs: [await readRecordInput(target)], files: 1 };
  const uris = await fastaUris(given);
  return { inputs: uris.length === 0 ? [] : await readSoundFiles(uris), files: uris.length };
}

/** @throws UserError when no engine is there */
async function lookAround(
  { connection, memory, predictions }: Services,
  asking: Asking,
  inputs: readonly FastaInput[],
  target: unknown,
): Promise<Situation> {
  // An engine may have been installed since it was last looked for.
  if (connection.missingEngine) await connection.checkEngines(true);
  const queues = await connection.use((client) => client.queues());
  if (!queues.some(({ available }) => available)) throw noEngine(queues[0]);
  const { settings } = predictions;
  const queue = settings.queue ?? memory.get<string>(QUEUE_MEMORY);
  return {
    asking,
    severalRecords: inputs.some(({ file }) => file.records.length > 1),
    queues,
    wanted: isRecordTarget(target) ? target.queue : undefined,
    isRemote: connection.state.kind === 'ready' && connection.state.profile === 'remote',
    settings: { ...settings, ...(queue === undefined ? {} : { queue }) },
  };
}

function noEngine(queue: QueueInfo | undefined): UserError {
  const install = {
    title: vscode.l10n.t('Install the Engine…'),
    run: () => vscode.commands.executeCommand('foldpad.installEngine'),
  };
  const reason = queue?.reason ? said(queue.reason) : vscode.l10n.t('The backend has no engine that is ready.');
  return new UserError(`${vscode.l10n.t('Nothing was submitted.')} ${join(reason, undefined)}`, [install]);
}

/** The jobs of records that the engines at hand have predicted, or are about to. */
async function knownRecords(
  services: Services,
  situation: Situation,
  inputs: readonly FastaInput[],
): Promise<ReadonlyMap<FastaRecord, Job>> {
  const records = inputs.flatMap(({ file }) => file.records);
  const queue = settledQueue(situation, 'monomer');
  const engines = new Set((queue ? [queue] : openQueues(situation.queues, 'monomer')).map(({ engine }) => engine));
  const jobs = await knownJobs(
    await history(services),
    records.map((record) => [record]),
    engines,
  );
  return new Map(records.flatMap((record, index) => (jobs[index] ? [[record, jobs[index]] as const] : [])));
}

/** Complexes are known as a whole, which can be told only when it is known that they are. */
async function agreeToComplexes(services: Services, inputs: readonly FastaInput[], wish: Wish): Promise<boolean> {
  const targets = inputs.map(({ file }) => file.records);
  const known = await knownJobs(await history(services), targets, new Set([wish.queue.engine]));
  // Of several complexes none is left out: what differs between them may be more than their sequences.
  return targets.length > 1 || (await offerKnown(services, known)) === 'all';
}

async function remember({ memory, predictions }: Services, situation: Situation, wish: Wish): Promise<void> {
  const { mode, queue, settings } = wish;
  const kept = { ...settings, queue: queue.name };
  await predictions.keep(situation.severalRecords ? { ...kept, mode } : kept);
  // What is judged in the editor is judged for this queue.
  await memory.update(QUEUE_MEMORY, queue.name);
}

/** One sentence for many files. */
function tellSummary(jobs: number, files: number, leftOut: number): void {
  const done = vscode.l10n.t('Predictions submitted: {0}, from files: {1}.', jobs, files);
  const rest = leftOut > 0 ? ` ${vscode.l10n.t('Files with mistakes that were left out: {0}.', leftOut)}` : '';
  void vscode.window.showInformationMessage(`${done}${rest}`);
}
