/**
 * The jobs that a command is about: the rows it was given, the rows that are chosen in the view, or, when it was given
 * nothing (command palette, keyboard), the ones that the user picks.
 */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { jobIdOf } from '../jobs/jobsView.ts';
import { describeJob } from '../jobs/jobText.ts';
import type { Services } from './services.ts';

/** A key binding gives this in place of a row: the rows that are chosen in the view are meant. */
const SELECTION = 'selection';

export interface JobQuestion {
  /** What VS Code gave: the row, all chosen rows. A job id is taken too. */
  readonly given: readonly unknown[];
  /** Which jobs the command can do something with. */
  readonly fits: (job: Job) => boolean;
  /** Asks which one. */
  readonly question: string;
  /** What to say when no job fits. */
  readonly none: string;
  readonly many?: boolean;
}

/** @returns empty when the user picked none, or when there is none */
export async function chosenJobs(
  services: Pick<Services, 'store' | 'view'>,
  ask: JobQuestion,
): Promise<readonly Job[]> {
  const ids = givenIds(ask.given, services.view.selection);
  const jobs = ids.length > 0 ? findAll(services, ids) : await pickJobs(services, ask);
  const fitting = jobs.filter(ask.fits);
  if (fitting.length === 0 && (ids.length > 0 || jobs.length > 0)) void vscode.window.showInformationMessage(ask.none);
  return fitting;
}

function givenIds(given: readonly unknown[], selection: readonly unknown[]): readonly string[] {
  const [first, all] = given;
  if (first === SELECTION) return unique(selection);
  if (first === undefined) return [];
  // An inline button of a row that is not among the chosen ones is about that row alone.
  return Array.isArray(all) && all.includes(first) ? unique(all) : unique([first]);
}

function unique(rows: readonly unknown[]): readonly string[] {
  const ids = rows.map((row) => (typeof row === 'string' ? row : jobIdOf(row)));
  return [...new Set(ids)].filter((id) => id !== undefined);
}

function findAll({ store }: Pick<Services, 'store'>, ids: readonly string[]): readonly Job[] {
  return ids.flatMap((id) => store.find(id) ?? []);
}

async function pickJobs({ store }: Pick<Services, 'store'>, ask: JobQuestion): Promise<readonly Job[]> {
  if (store.state.kind !== 'current') await store.refresh();
  if (store.state.kind === 'stale') throw store.state.error;
  const jobs = store.jobs.filter(ask.fits);
  if (jobs.length === 0) {
    void vscode.window.showInformationMessage(ask.none);
    return [];
  }
  const items = jobs.map((job) => ({ label: job.name, description: describeJob(job), detail: job.id, job }));
  const options = { placeHolder: ask.question, matchOnDescription: true };
  if (ask.many) {
    const picked = await vscode.window.showQuickPick(items, { ...options, canPickMany: true });
    return (picked ?? []).map(({ job }) => job);
  }
  const picked = await vscode.window.showQuickPick(items, options);
  return picked ? [picked.job] : [];
}

/** Does something with each, a few at a time. @returns the errors, in no order */
export async function forEachJob(jobs: readonly Job[], action: (job: Job) => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const rest = [...jobs];
  const worker = async () => {
    for (let job = rest.shift(); job; job = rest.shift()) {
      try {
        await action(job);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return errors;
}
