import * as vscode from 'vscode';
import { parseResultUri, RESULT_SCHEME } from '../results/resultUri.ts';
import type { Services } from './services.ts';

/** Shows the residues that are marked in a structure in the FASTA file that holds its sequence. */
export async function revealInFasta(services: Services): Promise<void> {
  const page = services.pages.active;
  if (!page || page.chains.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a structure first.'));
    return;
  }
  const features = await services.fasta.load();
  const file = await fileOfJob(services, page.place);
  // Its records are known soon after it is opened; other open files that hold the sequence come after it.
  if (file) await vscode.workspace.openTextDocument(file);
  if (await features.reveal(page, file)) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('No open FASTA file holds the sequence of this structure. Open the file it was predicted from.'),
  );
}

/** The file that a predicted structure was made from, where it still lies where it was. */
async function fileOfJob({ notes }: Services, place: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const jobId = place?.scheme === RESULT_SCHEME ? parseResultUri(place)?.jobId : undefined;
  const name = jobId === undefined ? undefined : notes.of(jobId)?.file;
  if (name === undefined) return undefined;
  // A file outside the workspace is noted with its whole path.
  if (/^([a-z]:)?[\\/]/i.test(name)) {
    const uri = vscode.Uri.file(name);
    return (await exists(uri)) ? uri : undefined;
  }
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    // With several folders, the name of the folder comes first.
    const inside = name.startsWith(`${folder.name}/`) ? [name, name.slice(folder.name.length + 1)] : [name];
    for (const path of inside) {
      const uri = vscode.Uri.joinPath(folder.uri, path);
      if (await exists(uri)) return uri;
    }
  }
  return undefined;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
