/** What is shown when the pointer rests on a job. */

import * as vscode from 'vscode';
import type { Job } from '../../backend/api/job.ts';
import { said } from '../base/said.ts';
import type { Forecast } from './jobNotes.ts';
import { confidenceText, engineText, percent, runtimeText, statusText, targetText, timeText } from './jobText.ts';
import { costRangeText, costText, minutesRangeText } from './moneyText.ts';
import { progressText } from './progressText.ts';
import { waitingAdvice } from './waitingAdvice.ts';

export function jobTooltip(job: Job, forecast?: Forecast): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  // Names and reasons come from files and servers: they are shown as text, never as markup.
  text.isTrusted = false;
  text.supportHtml = false;
  text
    .appendMarkdown('**')
    .appendText(job.name)
    .appendMarkdown('**')
    .appendText(` · ${statusText(job.status)}\n\n`);
  for (const sentence of remarks(job)) text.appendText(`${sentence}\n\n`);
  text.appendMarkdown('|  |  |\n|:--|:--|\n');
  for (const [name, value] of facts(job, forecast)) text.appendMarkdown(`| ${cell(name)} | ${cell(value)} |\n`);
  return text;
}

function remarks(job: Job): string[] {
  const progress = job.progress && `${percent(job.progress.fraction)} · ${progressText(job.progress)}`;
  const advice = waitingAdvice(job);
  const reason = job.failure
    ? said([job.failure.message, job.failure.remedy].filter(Boolean).join(' '))
    : advice
      ? [advice.reason, advice.remedy].filter(Boolean).join('. ')
      : said(job.statusReason ?? '');
  return [job.status === 'RUNNING' ? progress : reason, ...job.warnings.map((warning) => `⚠ ${said(warning)}`)].filter(
    (remark) => remark !== undefined && remark !== '',
  ) as string[];
}

function facts(job: Job, forecast: Forecast | undefined): [string, string][] {
  const { excludeTemplates, maxTemplateIdentity, randomSeed } = job.parameters;
  const rows: [string, string | undefined][] = [
    [vscode.l10n.t('Confidence'), job.result && `${confidenceText(job.result)} / 100`],
    [vscode.l10n.t('Target'), targetText(job)],
    [vscode.l10n.t('Engine'), engineText(job.engine)],
    [vscode.l10n.t('Queue'), job.queue],
    ...(job.engine === 'alphafold2' ? alphafoldFacts(job) : []),
    [vscode.l10n.t('Excluded templates'), excludeTemplates.join(', ')],
    [
      vscode.l10n.t('Template identity up to'),
      maxTemplateIdentity === undefined ? undefined : percent(maxTemplateIdentity),
    ],
    [vscode.l10n.t('Random seed'), randomSeed?.toString()],
    [vscode.l10n.t('Comment'), job.comment],
    [vscode.l10n.t('Created'), timeText(job.createdAt)],
    [vscode.l10n.t('Run time'), runtimeText(job)],
    [vscode.l10n.t('Estimated time'), forecast && minutesRangeText(forecast)],
    [vscode.l10n.t('Cost'), job.cost && costText(job.cost)],
    [vscode.l10n.t('Estimated cost'), forecast?.cost && costRangeText(forecast.cost)],
    [vscode.l10n.t('Job id'), job.id],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

function alphafoldFacts(job: Job): [string, string][] {
  const { dbPreset, modelPreset, modelNames, maxTemplateDate, gpu } = job.parameters;
  return [
    [vscode.l10n.t('Databases'), dbPreset],
    [vscode.l10n.t('Models'), `${modelPreset}: ${modelNames.join(', ')}`],
    [vscode.l10n.t('Templates until'), maxTemplateDate],
    [vscode.l10n.t('GPUs'), String(gpu)],
  ];
}

/** Text for a table cell: nothing in it is markup. */
function cell(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\`*_{}[\]()#+!|<>~&-]/g, (sign) => `\\${sign}`);
}
