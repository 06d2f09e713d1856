import * as vscode from 'vscode';

interface Example extends vscode.QuickPickItem {
  readonly file: string;
}

/** The examples that come with the extension, and what is to be learned from each. */
function examples(): readonly Example[] {
  const { l10n } = vscode;
  return [
    { file: 'ubiquitin.fasta', label: l10n.t('Ubiquitin'), detail: l10n.t('A small protein: a fine model in seconds') },
    { file: 'lysozyme.fasta', label: l10n.t('Lysozyme'), detail: l10n.t('An enzyme of 129 residues') },
    {
      file: 'insulin-and-friends.fasta',
      label: l10n.t('Insulin and friends'),
      detail: l10n.t('Four records in one file: a prediction for each'),
    },
    {
      file: 'hemoglobin-tetramer.fasta',
      label: l10n.t('Hemoglobin, four chains'),
      detail: l10n.t('A complex for AlphaFold 2; homology modelling takes its chains one by one'),
    },
    {
      file: 'de-novo.fasta',
      label: l10n.t('Random residues'),
      detail: l10n.t('What is said when no structure can be predicted'),
    },
    {
      file: 'mistakes.fasta',
      label: l10n.t('Mistakes'),
      detail: l10n.t('What the editor finds in a FASTA file, and mends'),
    },
  ];
}

/** Opens an example: the one that is named, else one that is picked. It is read-only: the next update brings it anew. */
export async function openExample(extensionUri: vscode.Uri, ...given: unknown[]): Promise<void> {
  const [name] = given;
  const all = examples();
  const example =
    all.find(({ file }) => file === name) ??
    (await vscode.window.showQuickPick(all, { placeHolder: vscode.l10n.t('Which example should be opened?') }));
  if (!example) return;
  const uri = vscode.Uri.joinPath(extensionUri, 'examples', example.file);
  await vscode.window.showTextDocument(uri, { preview: false });
  await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
}
