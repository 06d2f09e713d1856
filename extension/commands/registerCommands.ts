/** Registers every command, each wrapped once: an error becomes a message that says what to do. */

import * as vscode from 'vscode';
import { describeError, isCancellation, UserError } from '../base/errors.ts';
import { showError } from '../base/showError.ts';
import { groupJobs, sortJobs } from './arrangeJobs.ts';
import { cancelAllJobs } from './cancelAllJobs.ts';
import { cancelJob } from './cancelJob.ts';
import { connectBackend } from './connectBackend.ts';
import { copyJobId } from './copyJobId.ts';
import { deleteFinishedJobs } from './deleteFinishedJobs.ts';
import { deleteJob } from './deleteJob.ts';
import { estimateRecord } from './estimateRecord.ts';
import { filterJobs } from './filterJobs.ts';
import { getStarted } from './getStarted.ts';
import { goToRecord } from './goToRecord.ts';
import { installEngine } from './installEngine.ts';
import { openExample } from './openExample.ts';
import { openFullLog } from './openFullLog.ts';
import { openResultFile } from './openResultFile.ts';
import { openStructure } from './openStructure.ts';
import { openTogether } from './openTogether.ts';
import { predictRecord } from './predictRecord.ts';
import { predictStructure, predictWithLastSettings, predictWithOptions } from './predictStructure.ts';
import { refreshJobs } from './refreshJobs.ts';
import { restartBackend } from './restartBackend.ts';
import { retryConnection } from './retryConnection.ts';
import { revealInFasta } from './revealInFasta.ts';
import { saveResults } from './saveResults.ts';
import { searchJobs } from './searchJobs.ts';
import type { Services } from './services.ts';
import { showLog } from './showLog.ts';
import { splitFasta } from './splitFasta.ts';
import { useLocalBackend } from './useLocalBackend.ts';
import { viewStructureFile } from './viewStructureFile.ts';

type Handler = (...given: unknown[]) => unknown;

/** Every handler survives being called with nothing: from the palette, a key binding, another extension. */
function handlers(services: Services): Record<string, Handler> {
  const withServices =
    (command: (services: Services, ...given: unknown[]) => unknown): Handler =>
    (...given) =>
      command(services, ...given);
  return {
    'foldpad.predictStructure': withServices(predictStructure),
    'foldpad.predictWithOptions': withServices(predictWithOptions),
    'foldpad.predictWithLastSettings': withServices(predictWithLastSettings),
    'foldpad.predictRecord': withServices(predictRecord),
    'foldpad.estimateRecord': withServices(estimateRecord),
    'foldpad.goToRecord': withServices(goToRecord),
    'foldpad.splitFasta': withServices(splitFasta),
    'foldpad.viewStructureFile': viewStructureFile,
    'foldpad.openStructure': withServices(openStructure),
    'foldpad.openTogether': withServices(openTogether),
    'foldpad.revealInFasta': () => revealInFasta(services),
    'foldpad.openResultFile': withServices(openResultFile),
    'foldpad.saveResults': withServices(saveResults),
    'foldpad.showLog': withServices(showLog),
    'foldpad.openFullLog': withServices(openFullLog),
    'foldpad.copyJobId': withServices(copyJobId),
    'foldpad.cancelJob': withServices(cancelJob),
    'foldpad.cancelAllJobs': withServices(cancelAllJobs),
    'foldpad.deleteJob': withServices(deleteJob),
    'foldpad.deleteFinishedJobs': withServices(deleteFinishedJobs),
    'foldpad.refreshJobs': withServices(refreshJobs),
    'foldpad.filterJobs': withServices(filterJobs),
    'foldpad.searchJobs': withServices(searchJobs),
    'foldpad.groupJobs': withServices(groupJobs),
    'foldpad.sortJobs': withServices(sortJobs),
    'foldpad.showAllJobs': () => services.filter.open(),
    'foldpad.loadMoreJobs': () => services.view.showMore(),
    'foldpad.connectBackend': withServices(connectBackend),
    'foldpad.useLocalBackend': withServices(useLocalBackend),
    'foldpad.retryConnection': withServices(retryConnection),
    'foldpad.restartBackend': withServices(restartBackend),
    'foldpad.installEngine': withServices(installEngine),
    'foldpad.openExample': (...given) => openExample(services.extensionUri, ...given),
    'foldpad.getStarted': getStarted,
    'foldpad.showExtensionLog': () => services.log.show(),
  };
}

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(handlers(services)).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...given: unknown[]) => {
      try {
        return await handler(...given);
      } catch (error) {
        if (!isCancellation(error)) report(error, id, services.log);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function report(error: unknown, command: string, log: vscode.LogOutputChannel): void {
  log.error(`${command}: ${describeError(error)}`);
  // Not the user's doing: the whole stack belongs into the log.
  if (!(error instanceof UserError) && error instanceof Error && error.stack) log.error(error.stack);
  showError(error, log);
}
