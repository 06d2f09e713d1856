/** What a running job does, in the user's language where the step is one that we know. */

import * as vscode from 'vscode';
import type { Progress, Stage } from '../../backend/api/job.ts';

export function stageText(stage: Stage, engine: 'alphafold2' | 'homology'): string {
  if (stage === 'features') return vscode.l10n.t('Sequence and template search');
  return engine === 'homology' ? vscode.l10n.t('Template search and model') : vscode.l10n.t('Structure prediction');
}

/** `Model 3 of 5 (model_3)`: what is done now. */
export function progressText({ step, message }: Progress): string {
  const model = /^Model (\d+) of (\d+)\b/.exec(message ?? '');
  if (model) return vscode.l10n.t('Model {0} of {1} ({2})', model[1] ?? '', model[2] ?? '', modelName(step));
  const relaxed = /^relax_(.+)$/.exec(step)?.[1];
  if (relaxed !== undefined) return vscode.l10n.t('Relaxing {0}', modelName(relaxed));
  return knownStep(step) ?? message?.replace(/\.$/, '') ?? readable(step);
}

function knownStep(step: string): string | undefined {
  switch (step) {
    case 'searches':
      return vscode.l10n.t('Searching the sequence databases');
    case 'assemble':
      return vscode.l10n.t('Putting the features together');
    case 'ranking':
      return vscode.l10n.t('Ranking the models');
    case 'search':
      return vscode.l10n.t('Searching templates');
    case 'done':
    case 'published':
      return vscode.l10n.t('Publishing the results');
    default:
      return undefined;
  }
}

/** `build_model` → `build model`. */
function readable(step: string): string {
  return step.replaceAll(/[_-]+/g, ' ');
}

/** `model_3_pred_0` is AlphaFold's own name of the first prediction of a model. */
function modelName(name: string): string {
  return name.replace(/_pred_0$/, '');
}
