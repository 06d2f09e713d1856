/** From FASTA files to submitted jobs. */

import * as vscode from 'vscode';
import type { FastaMode } from '../../backend/api/fasta/types.ts';
import type { Engine, Job } from '../../backend/api/job.ts';
import { describeError, isCancellation, isProblem, UserError } from '../base/errors.ts';
import { type FastaInput, fileName, readFastaInputs, readRecordInput, refuseProblems } from '../fasta/fastaInputs.ts';
import { type PlannedRequest, planRequests } from '../fasta/predictionRequests.ts';
import { isRecordTarget } from '../fasta/recordTarget.ts';
import { chooseMode } from './chooseMode.ts';
import { chooseQueue } from './chooseQueue.ts';
import { fastaUris } from './fastaUris.ts';
import { noteSubmission } from './noteSubmission.ts';
import type { Services } from './services.ts';

interface Plannable {
  readonly input: FastaInput;
  readonly stem: string;
  readonly records: FastaInput['file']['records'];
}

/** @returns the submitted jobs; empty when the user gave up */
export async function predictStructure(services: Services, ...given: unknown[]): Promise<readonly Job[]> {
  // The files are judged first: a mistake in one of them needs no backend to be told of.
  const inputs = await chosenInputs(given);
  if (inputs.length === 0) return [];
  const queue = await chooseQueue(services, isRecordTarget(given[0]) ? given[0].queue : undefined);
  if (!queue) return [];
  const mode = await chooseMode(inputs, queue.engine === 'alphafold2');
  if (!mode) return [];
  await checkTargets(inputs, queue.engine, mode);
  const plan = planRequests(
    inputs.map((input): Plannable => ({ input, stem: input.stem, records: input.file.records })),
    mode,
    queue.name,
  );
  const jobs = await submit(services, plan);
  const [first] = jobs;
  if (!first) return [];
  const submitted = plan.map(({ request, input }) => ({ request, uri: input.input.uri }));
  void noteSubmission(services, submitted, jobs);
  services.store.apply(jobs);
  await services.notifier.expect(jobs);
  await services.view.reveal(first.id);
  return jobs;
}

/** @param given what VS Code gave: files, or one record of a document */
async function chosenInputs(given: readonly unknown[]): Promise<readonly FastaInput[]> {
  const [target] = given;
  if (isRecordTarget(target)) return [await readRecordInput(target)];
  const uris = await fastaUris(given);
  return uris.length === 0 ? [] : readFastaInputs(uris);
}

/** What the engine can take: lengths, number of chains, unknown residues. @throws UserError */
async function checkTargets(inputs: readonly FastaInput[], engine: Engine, mode: FastaMode): Promise<void> {
  const { checkTarget } = await import(/* webpackChunkName: "fasta" */ '../../backend/api/fasta/checkTarget.ts');
  for (const input of inputs) refuseProblems(input, checkTarget(input.file.records, { engine, mode }));
}

/** All or nothing. A retry with the same key would give the same jobs. */
async function submit({ connection }: Services, plan: readonly PlannedRequest<Plannable>[]): Promise<readonly Job[]> {
  const idempotencyKey = crypto.randomUUID();
  const [only] = plan;
  const title =
    only && plan.length === 1
      ? vscode.l10n.t('Submitting {0}', only.request.fasta)
      : vscode.l10n.t('Submitting {0} predictions', plan.length);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_progress, cancel) => {
    const abort = new AbortController();
    cancel.onCancellationRequested(() => abort.abort());
    try {
      return await connection.use((client) =>
        client.submit(
          plan.map(({ request }) => request),
          { idempotencyKey, signal: abort.signal },
        ),
      );
    } catch (error) {
      if (abort.signal.aborted && isCancellation(error)) return [];
      throw explain(error, plan);
    }
  });
}

/** Names the file that the backend did not take, where it says so. */
function explain(error: unknown, plan: readonly PlannedRequest<Plannable>[]): unknown {
  if (!isProblem(error)) return error;
  const [detail] = error.problem.errors ?? [];
  const planned = detail && plan[detail.item ?? 0];
  if (!planned) return error;
  const { uri, file } = planned.input.input;
  const text = `${fileName(uri)}: ${describeError(error)} ${vscode.l10n.t('Nothing was submitted.')}`;
  if (file.totals.compressed) return new UserError(text, [], { cause: error });
  const start = new vscode.Position(planned.record.line - 1 + (planned.input.input.firstLine ?? 0), 0);
  const run = () => vscode.window.showTextDocument(uri, { selection: new vscode.Range(start, start) });
  return new UserError(text, [{ title: vscode.l10n.t('Show in File'), run }], { cause: error });
}
