import * as vscode from 'vscode';
import { safeName } from '../../backend/api/fasta/format.ts';
import type { Job } from '../../backend/api/job.ts';
import { isCancellation } from '../base/errors.ts';
import { fileName } from '../fasta/fastaInputs.ts';
import { FileNode } from '../jobs/nodes/fileNode.ts';
import { commonFolder } from '../results/resultPaths.ts';
import { chosenJobs } from './chosenJobs.ts';
import type { Services } from './services.ts';

/** Saves all files of results into a folder of the user's choice; given the row of one file, that file alone. */
export async function saveResults(services: Services, ...given: unknown[]): Promise<void> {
  if (given[0] instanceof FileNode) {
    await saveFile(services, given[0]);
    return;
  }
  const jobs = await chosenJobs(services, {
    given,
    fits: (job) => job.status === 'SUCCEEDED',
    question: vscode.l10n.t('Whose results should be saved?'),
    none: vscode.l10n.t('There is no predicted structure yet.'),
    many: true,
  });
  if (jobs.length === 0) return;
  const [parent] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Save Here'),
      title: vscode.l10n.t('Save Results'),
      ...startFolder(),
    })) ?? [];
  if (parent) await saveJobs(services, jobs, parent);
}

async function saveFile(services: Services, { backend, job, file }: FileNode): Promise<void> {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const { defaultUri } = startFolder();
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Result File'),
    ...(defaultUri && { defaultUri: vscode.Uri.joinPath(defaultUri, name) }),
  });
  if (target) await vscode.workspace.fs.writeFile(target, await services.results.at(backend).file(job.id, file.path));
}

async function saveJobs(services: Services, jobs: readonly Job[], parent: vscode.Uri): Promise<void> {
  const results = services.results.at(services.results.backend);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Saving results'),
    cancellable: true,
  };
  const saved = await vscode.window.withProgress(options, async (progress, cancel) => {
    const abort = new AbortController();
    cancel.onCancellationRequested(() => abort.abort());
    const folders: vscode.Uri[] = [];
    for (const job of jobs) {
      const folder = await freeFolder(parent, job.name);
      const { files } = await results.manifest(job.id);
      const common = commonFolder(files.map(({ path }) => path));
      for (const { path } of files) {
        const name = path.slice(common.length);
        progress.report({ message: `${job.name}: ${name}` });
        const bytes = await results.file(job.id, path, abort.signal).catch(stopQuietly);
        if (!bytes) return undefined;
        await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, ...name.split('/')), bytes);
      }
      folders.push(folder);
    }
    return folders;
  });
  if (saved) await tell(saved);
}

async function tell(folders: readonly vscode.Uri[]): Promise<void> {
  const [first] = folders;
  if (!first) return;
  const text =
    folders.length === 1
      ? vscode.l10n.t('The results are saved in {0}.', fileName(first))
      : vscode.l10n.t('The results are saved in {0} folders.', folders.length);
  const show = vscode.l10n.t('Show Folder');
  if ((await vscode.window.showInformationMessage(text, show)) !== show) return;
  const inside = vscode.workspace.getWorkspaceFolder(first) !== undefined;
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', first);
}

function startFolder(): { readonly defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? { defaultUri: folder } : {};
}

/** A folder that does not exist yet, so that nothing is written over. */
async function freeFolder(parent: vscode.Uri, name: string): Promise<vscode.Uri> {
  const safe = safeName(name);
  for (let count = 1; ; count++) {
    const folder = vscode.Uri.joinPath(parent, count === 1 ? safe : `${safe}-${count}`);
    const exists = await vscode.workspace.fs.stat(folder).then(
      () => true,
      () => false,
    );
    if (!exists) return folder;
  }
}

function stopQuietly(error: unknown): undefined {
  if (!isCancellation(error)) throw error;
}
