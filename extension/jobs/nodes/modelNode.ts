/** One model of a result; a click opens it in the viewer. */

import * as vscode from 'vscode';
import type { Result, ResultModel } from '../../../backend/api/result.ts';
import { modelLabel } from '../../results/resultStructures.ts';
import { confidenceRow, percent } from '../jobText.ts';
import type { JobRow, JobsNode } from './jobsNode.ts';

export interface ModelRow {
  readonly result: Result;
  readonly model: ResultModel;
  /** Counts from 0, the best model first. */
  readonly index: number;
  readonly icon: vscode.IconPath;
}

export class ModelNode implements JobsNode {
  readonly parent: JobRow;
  /** Path of the model's PDB below the job's results. */
  readonly path: string;
  readonly #result: Result;
  readonly #model: ResultModel;
  readonly #index: number;
  readonly #icon: vscode.IconPath;

  constructor(parent: JobRow, of: ModelRow) {
    this.parent = parent;
    this.path = of.model.files.pdb;
    this.#result = of.result;
    this.#model = of.model;
    this.#index = of.index;
    this.#icon = of.icon;
  }

  get id(): string {
    return `${this.parent.id}/model:${this.#index}`;
  }

  treeItem(): vscode.TreeItem {
    const confidence = confidenceRow({
      confidenceMetric: this.#result.confidence_metric,
      meanConfidence: this.#model.mean_confidence,
    });
    const item = new vscode.TreeItem(modelLabel(this.#model, this.#index));
    item.description = confidence;
    item.tooltip = [confidence, ...this.#facts()].join('\n');
    item.iconPath = this.#icon;
    item.contextValue = 'model structure';
    item.command = { command: 'foldpad.openStructure', title: vscode.l10n.t('Open Structure'), arguments: [this] };
    return item;
  }

  #facts(): string[] {
    const { template, residues_modelled } = this.#model;
    const facts = [
      vscode.l10n.t('{0} of {1} residues modelled', residues_modelled, this.#result.sequence_length),
      this.#result.method,
    ];
    if (!template) return facts;
    facts.push(vscode.l10n.t('Template: {0}', template.id));
    if (template.identity !== undefined) facts.push(vscode.l10n.t('Identity: {0}', percent(template.identity)));
    if (template.coverage !== undefined) facts.push(vscode.l10n.t('Coverage: {0}', percent(template.coverage)));
    if (template.probability !== undefined) {
      facts.push(vscode.l10n.t('Probability (HHsearch): {0}', percent(template.probability / 100)));
    }
    return facts;
  }
}
