/** A job in the words of the Jobs view. */

import * as vscode from 'vscode';
import { isLive, type Job, type JobStatus, type ResultSummary } from '../../backend/api/job.ts';
import { said } from '../base/said.ts';
import { jobTimes } from './jobForecast.ts';
import type { Forecast } from './jobNotes.ts';
import { progressText } from './progressText.ts';
import { waitingAdvice } from './waitingAdvice.ts';

/** `87` for a whole number, `87.4` else; `digits` after the point. */
function round(value: number, digits = 0): string {
  return value.toFixed(digits).replace(/\.0+$/, '');
}

/** What a confidence is called. pLDDT is a name in every language. */
function metricText(metric: ResultSummary['confidenceMetric']): string {
  return metric === 'pLDDT' ? metric : vscode.l10n.t('estimated CA-lDDT');
}

/** `estimated CA-lDDT 87`: always with the name of the metric. */
export function confidenceText(result: Pick<ResultSummary, 'confidenceMetric' | 'meanConfidence'>): string {
  return `${metricText(result.confidenceMetric)} ${round(result.meanConfidence)}`;
}

/** `87 · estimated CA-lDDT`: the same for a row of the tree, where what stands last is cut off first. */
export function confidenceRow(result: Pick<ResultSummary, 'confidenceMetric' | 'meanConfidence'>): string {
  return `${round(result.meanConfidence)} · ${metricText(result.confidenceMetric)}`;
}

export function statusText(status: JobStatus): string {
  switch (status) {
    case 'QUEUED':
    case 'SUBMITTED':
    case 'PENDING':
    case 'RUNNABLE':
      return vscode.l10n.t('Waiting');
    case 'STARTING':
      return vscode.l10n.t('Starting');
    case 'RUNNING':
      return vscode.l10n.t('Running');
    case 'CANCELLING':
      return vscode.l10n.t('Cancelling');
    case 'SUCCEEDED':
      return vscode.l10n.t('Succeeded');
    case 'FAILED':
      return vscode.l10n.t('Failed');
    case 'CANCELLED':
      return vscode.l10n.t('Cancelled');
    case 'DELETING':
      return vscode.l10n.t('Deleting');
  }
}

/** The grey text behind a job's name: the one thing worth knowing now. */
export function describeJob(job: Job, forecast?: Forecast): string {
  if (job.status === 'SUCCEEDED' && job.result) return confidenceRow(job.result);
  if (job.status === 'FAILED') return join([statusText(job.status), job.failure && said(job.failure.message)]);
  if (job.status === 'RUNNING' && job.progress) {
    const { remaining } = jobTimes(job, forecast, Date.now());
    const left = remaining === undefined ? undefined : vscode.l10n.t('about {0} left', durationText(remaining));
    return join([percent(job.progress.fraction), progressText(job.progress), left]);
  }
  // Why it waits says more than that it waits. CANCELLED, DELETING and CANCELLING explain themselves.
  const waits = isLive(job.status) && job.status !== 'CANCELLING' && job.status !== 'RUNNING';
  return (waits ? waitingAdvice(job)?.reason : undefined) ?? statusText(job.status);
}

const join = (parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' · ');

export function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)}%`;
}

/** Residues in all chains. */
export function targetLength(job: Job): number {
  return job.chains.reduce((sum, chain) => sum + chain.length, 0);
}

export function targetText(job: Job): string {
  const residues = targetLength(job);
  const length = residues.toLocaleString(vscode.env.language);
  if (job.chains.length === 1)
    return residues === 1 ? vscode.l10n.t('1 residue') : vscode.l10n.t('{0} residues', length);
  return vscode.l10n.t('{0} residues in {1} chains', length, job.chains.length);
}

/** `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return vscode.l10n.t('{0} s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return vscode.l10n.t('{0} min {1} s', minutes, seconds % 60);
  return vscode.l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** As an estimate is told, which is not known to the second: `46 min`, `1 h 14 min`, `33 h`. */
export function roughDurationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return vscode.l10n.t('{0} s', seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return vscode.l10n.t('{0} min', minutes);
  const hours = Math.floor(minutes / 60);
  const isRound = minutes % 60 === 0;
  if (hours < 10 && !isRound) return vscode.l10n.t('{0} h {1} min', hours, minutes % 60);
  return vscode.l10n.t('{0} h', Math.round(minutes / 60));
}

/** Time from start to end, or until now. Undefined before the start. */
export function runtimeText(of: { readonly startedAt?: string; readonly endedAt?: string }): string | undefined {
  if (of.startedAt === undefined) return undefined;
  return durationText((of.endedAt ? Date.parse(of.endedAt) : Date.now()) - Date.parse(of.startedAt));
}

/** Local date and time, in the user's language. */
export function timeText(iso: string): string {
  return new Date(iso).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${round(bytes / 1000, bytes < 10_000 ? 1 : 0)} kB`;
  return `${round(bytes / 1_000_000, 1)} MB`;
}

/** Names of the engines as people know them. */
export function engineText(engine: Job['engine']): string {
  return engine === 'alphafold2' ? 'AlphaFold 2' : vscode.l10n.t('Homology modelling (HH-suite, ProMod3)');
}
