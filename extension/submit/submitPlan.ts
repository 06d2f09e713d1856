/** Sends a plan to the backend while the user sees that it is being sent. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { isCancellation, isProblem, UserError } from '../base/errors.ts';
import { errorText } from '../base/said.ts';
import type { Services } from '../commands/services.ts';
import { submitRequests } from '../commands/submitRequests.ts';
import type { BackendId } from '../connection/address.ts';
import { fileName } from '../fasta/fastaInputs.ts';
import type { Planned } from './planning.ts';

/** @returns the submitted jobs; empty when the user stopped it */
export async function submitPlan(
  services: Services,
  plan: readonly Planned[],
  backend: BackendId,
): Promise<readonly Job[]> {
  const jobs = await send(services, plan, backend);
  const [first] = jobs;
  // Not where another backend is shown by now.
  if (first && services.store.find(first.id)) await services.view.reveal(first.id);
  return jobs;
}

async function send(services: Services, plan: readonly Planned[], backend: BackendId): Promise<readonly Job[]> {
  const submitted = plan.map(({ request, input }) => ({ request, uri: input.input.uri }));
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
      return await submitRequests(services, { submitted, backend }, abort.signal);
    } catch (error) {
      if (abort.signal.aborted && isCancellation(error)) return [];
      throw explain(error, plan);
    }
  });
}

/** Names the file that the backend did not take, where it says so. */
function explain(error: unknown, plan: readonly Planned[]): unknown {
  if (!isProblem(error)) return error;
  const [detail] = error.problem.errors ?? [];
  const planned = detail && plan[detail.item ?? 0];
  if (!planned) return error;
  const { uri, file } = planned.input.input;
  const text = `${fileName(uri)}: ${errorText(error)} ${vscode.l10n.t('Nothing was submitted.')}`;
  if (file.totals.compressed) return new UserError(text, [], { cause: error });
  const start = new vscode.Position(planned.record.line - 1 + (planned.input.input.firstLine ?? 0), 0);
  const run = () => vscode.window.showTextDocument(uri, { selection: new vscode.Range(start, start) });
  return new UserError(text, [{ title: vscode.l10n.t('Show in File'), run }], { cause: error });
}
