/** Makes the API for other extensions. What it needs for more than looking is loaded when it is used. */

import type * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import type { Services } from '../commands/services.ts';
import { profileName } from '../connection/profile.ts';
import { structureOf } from '../results/resultStructures.ts';
import type { FoldpadApi, FoldpadProfile, PredictionInput } from './foldpadApi.ts';
import { toChanged } from './jobChanges.ts';
import { whenEnded } from './whenEnded.ts';

/** Jobs are given as they are: what is not in the published type may change at any time. */
export interface FullFoldpadApi extends FoldpadApi {
  profile(): FoldpadProfile;
  readonly onDidChangeProfile: vscode.Event<FoldpadProfile>;
  jobs(): readonly Job[];
  submit(input: PredictionInput): Promise<readonly Job[]>;
  whenEnded(jobId: string, cancel?: vscode.CancellationToken): Promise<Job>;
}

const submission = () => import(/* webpackChunkName: "automation" */ './submission.ts');
const confirmation = () => import(/* webpackChunkName: "automation" */ './confirmSubmission.ts');

export function extensionApi(services: Services): FullFoldpadApi {
  const { connection, results, store } = services;
  const profile = (): FoldpadProfile => {
    const { profile: chosen } = connection;
    const name = profileName(chosen);
    return chosen.kind === 'local' ? { kind: 'local', name } : { kind: 'remote', name, endpoint: chosen.url };
  };
  return {
    version: 1,
    profile,
    onDidChangeProfile: (listener, thisArgument, disposables) => {
      const listening = connection.onDidSwitch(() => listener.call(thisArgument, profile()));
      const disposable = { dispose: () => void listening.dispose() };
      disposables?.push(disposable);
      return disposable;
    },
    jobs: () => store.jobs,
    refresh: () => store.refresh(),
    onDidChangeJobs: (listener, thisArgument, disposables) => {
      const listening = store.onDidChange((change) =>
        listener.call(thisArgument, toChanged(change.before, store.jobs)),
      );
      const disposable = { dispose: () => void listening.dispose() };
      disposables?.push(disposable);
      return disposable;
    },
    estimate: async (input) => {
      const { preparePrediction, estimatePrediction } = await submission();
      return estimatePrediction(services, await preparePrediction(services, input));
    },
    submit: async (input) => {
      const { preparePrediction, submitPrepared } = await submission();
      const prepared = await preparePrediction(services, input);
      if (prepared.mayCost) {
        const { confirmSubmission } = await confirmation();
        if (!(await confirmSubmission(services, prepared))) return [];
      }
      return submitPrepared(services, prepared);
    },
    whenEnded: (jobId, cancel) => whenEnded(store, jobId, cancel),
    openStructure: async (jobId) => services.panels.open(await structureOf(results, jobId)),
    results: (jobId) => results.manifest(jobId),
    readResultFile: (jobId, path) => results.file(jobId, path),
  };
}
