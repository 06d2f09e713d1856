/** Where VS Code enters: builds the parts, hands each what it needs, and nothing else. */

import * as vscode from 'vscode';
import { extensionApi, type FullFoldpadApi } from './automation/extensionApi.ts';
import { registerLanguageModelTools } from './automation/languageModelTools.ts';
import { structureIcon } from './base/icons.ts';
import { showError } from './base/showError.ts';
import { chooseResults } from './commands/openTogether.ts';
import { registerCommands } from './commands/registerCommands.ts';
import type { Services } from './commands/services.ts';
import { Connection } from './connection/connection.ts';
import { KeyRing } from './connection/keyRing.ts';
import { LocalBackend } from './connection/localBackend.ts';
import { concernsConnection, dataDirectory, localArguments, migrateSettings } from './connection/profile.ts';
import { StatusBar } from './connection/statusBar.ts';
import { FastaLanguage } from './fasta/fastaLanguage.ts';
import { EndNotifier } from './jobs/endNotifier.ts';
import { FailureTeller } from './jobs/failureTeller.ts';
import { FastaDrop } from './jobs/fastaDrop.ts';
import { JobArrangement } from './jobs/jobArrangement.ts';
import { JobDecorations } from './jobs/jobDecorations.ts';
import { JobFilter } from './jobs/jobFilter.ts';
import { JobNotes } from './jobs/jobNotes.ts';
import { JobStore } from './jobs/jobStore.ts';
import { JobsTree } from './jobs/jobsTree.ts';
import { JobsView } from './jobs/jobsView.ts';
import { Milestones } from './learning/milestones.ts';
import { JobLog } from './logs/jobLog.ts';
import { LogProvider } from './logs/logProvider.ts';
import { ResultFileSystem } from './results/resultFileSystem.ts';
import { modelAtPlace } from './results/resultModels.ts';
import { ResultReader } from './results/resultReader.ts';
import { restoreStructure, structureKey } from './results/resultStructures.ts';
import { OpenPages } from './structure/openPages.ts';
import { StructureEditorProvider } from './structure/structureEditor.ts';
import { StructurePanels } from './structure/structurePanels.ts';
import type { Measurement } from './structure/structureSession.ts';
import { restoreSet } from './structure/structureSets.ts';
import { StructureShelf } from './structure/structureShelf.ts';
import { PredictionMemory } from './submit/predictionMemory.ts';

/** What `activate` returns: the API for other extensions, and what our own tests look at besides. */
export interface FoldpadExports extends FullFoldpadApi {
  /** Lines of the job's log that the log channel has shown. For tests. */
  logLines(jobId: string): number;
  /** What the viewer draws of a job's structure or of a structure file; undefined when it is not open. For tests. */
  measure(of: { readonly jobId: string } | { readonly uri: vscode.Uri }): Promise<Measurement> | undefined;
}

export function activate(context: vscode.ExtensionContext): FoldpadExports {
  const keep = <T extends { dispose(): unknown }>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const { extensionUri, extension, workspaceState } = context;
  const version: string = extension.packageJSON.version;
  const log = keep(vscode.window.createOutputChannel('Foldpad', { log: true }));

  const local = new LocalBackend({
    program: vscode.Uri.joinPath(extensionUri, 'dist', 'server.mjs').fsPath,
    dataDirectory: () => dataDirectory(context),
    extraArguments: localArguments,
    version,
    say: (message) => log.info(message),
  });
  const keys = new KeyRing(context.secrets);
  const userAgent = `foldpad-vscode/${version}`;
  const connection = keep(new Connection({ local, keys, log, userAgent }));
  const store = keep(
    new JobStore({
      list: async (query) => {
        const page = await connection.use((client) => client.list(query));
        // Somebody may have installed an engine that was missing.
        void connection.checkEngines().catch(() => undefined);
        return page;
      },
      get: (id) => connection.use((client) => client.get(id)),
    }),
  );
  keep(connection.onDidSwitch(() => store.clear()));
  const migrate = () =>
    void migrateSettings(keys).catch((error: unknown) =>
      log.warn(`Earlier settings stay as they are: ${String(error)}`),
    );
  migrate();
  keep(vscode.workspace.onDidChangeConfiguration((change) => void (concernsConnection(change) && migrate())));

  const results = new ResultReader(connection);
  keep(new ResultFileSystem(results).register());
  const pages = keep(new OpenPages());
  const shelf = new StructureShelf(
    workspaceState,
    { at: (place) => modelAtPlace(results, place), choose: () => chooseResults({ results, store, view }) },
    log,
  );
  const pageServices = { extensionUri, log, pages, shelf };
  const restore = async (kept: unknown) => (await restoreSet(shelf, kept)) ?? restoreStructure(results, kept);
  const panels = keep(new StructurePanels(pageServices, restore));
  keep(panels.register());
  const editors = new StructureEditorProvider(pageServices);
  keep(editors.register());

  const notes = new JobNotes(workspaceState);
  const filter = new JobFilter(workspaceState, notes.fileOf);
  const arrangement = new JobArrangement(workspaceState);
  const tree = keep(
    new JobsTree(store, filter, arrangement, { results, notes, modelIcon: structureIcon(extensionUri) }),
  );
  keep(new JobDecorations(store));
  const run = (command: string, ...given: unknown[]) => void vscode.commands.executeCommand(command, ...given);
  const drop = new FastaDrop({
    predict: (uris) => run('foldpad.predictStructure', uris[0], uris),
    tell: (error) => showError(error, log),
  });
  const view = keep(new JobsView({ store, tree, filter, connection, drop }));
  keep(new FailureTeller(store, () => view.visible && !connection.isKnownToBeAway, log));
  const jobLog = keep(new JobLog(connection, log, workspaceState));
  keep(new LogProvider(connection, log));
  keep(new StatusBar(connection, store));
  const notifier = keep(
    new EndNotifier(
      workspaceState,
      store,
      {
        openStructure: (jobId) => run('foldpad.openStructure', jobId),
        showLog: (jobId) => run('foldpad.showLog', jobId),
        showJobs: () => run('foldpad.jobs.focus'),
      },
      () => connection.backend,
    ),
  );
  keep(connection.onDidSwitch(() => notifier.resume()));
  const memory = context.globalState;
  const fasta = keep(new FastaLanguage({ connection, log, memory, pages, store }));
  const services: Services = {
    arrangement,
    connection,
    extensionUri,
    fasta,
    filter,
    jobLog,
    keys,
    log,
    memory,
    notes,
    notifier,
    pages,
    panels,
    predictions: new PredictionMemory(workspaceState),
    results,
    shelf,
    store,
    version,
    view,
  };
  keep(registerCommands(services));
  // A button in the page; the page that was clicked is the active one.
  keep(pages.onDidChange(({ what }) => what === 'reveal' && run('foldpad.revealInFasta')));
  keep(registerLanguageModelTools(services));
  keep(new Milestones(connection, store));
  // Jobs that were submitted before the window was closed: their end is told of, and the backend kept going.
  notifier.resume();

  return {
    ...extensionApi(services),
    logLines: (jobId) => jobLog.linesShown(jobId),
    measure: (of) => ('uri' in of ? editors.measure(of.uri) : panels.measure(structureKey(of.jobId))),
  };
}
