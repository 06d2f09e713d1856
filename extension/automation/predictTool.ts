/** `foldpad_predict`: submits what a language model gives, after the user has seen what it will take and has agreed. */

import * as vscode from 'vscode';
import type { Services } from '../commands/services.ts';
import { questionDetail, questionTitle } from './confirmSubmission.ts';
import type { PredictionInput } from './foldpadApi.ts';
import { estimatePrediction, type PreparedPrediction, preparePrediction, submitPrepared } from './submission.ts';
import { readPredictInput, ToolInputError } from './toolInput.ts';
import { submittedText } from './toolText.ts';
import { workspaceFile } from './workspaceFile.ts';

/** Predictions that the user was asked about and that were not submitted (yet). */
const MOST_ASKED = 20;

export class PredictTool {
  readonly #services: Services;
  /** By their input, as it was when the user was asked: exactly that is submitted. */
  readonly #asked = new Map<string, PreparedPrediction>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Asks the user; a mistake in the input is told when the tool is invoked. */
  async prepare(input: unknown, signal: AbortSignal): Promise<vscode.PreparedToolInvocation> {
    const key = JSON.stringify(input);
    this.#asked.delete(key);
    let prepared: PreparedPrediction;
    try {
      prepared = await this.#prepare(input);
    } catch {
      return { invocationMessage: vscode.l10n.t('Checking the prediction') };
    }
    const message = new vscode.MarkdownString();
    const lines = await questionDetail(this.#services, prepared, signal);
    for (const line of lines) message.appendText(line).appendMarkdown('\n\n');
    message.appendMarkdown(
      prepared.mayCost
        ? vscode.l10n.t('It runs on a remote backend and **may cost money**.')
        : vscode.l10n.t('It runs on this machine and costs nothing.'),
    );
    this.#asked.set(key, prepared);
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > MOST_ASKED && oldest !== undefined) this.#asked.delete(oldest);
    return {
      invocationMessage: vscode.l10n.t('Submitting the prediction'),
      confirmationMessages: { title: questionTitle(prepared), message },
    };
  }

  /** @returns what the model is told */
  async invoke(input: unknown, signal: AbortSignal): Promise<string> {
    const key = JSON.stringify(input);
    const prepared = this.#asked.get(key);
    if (!prepared) {
      // Throws what was wrong when the user should have been asked.
      await this.#prepare(input);
      throw new ToolInputError('The user has not been asked yet. Call foldpad_predict again with the same input.');
    }
    this.#asked.delete(key);
    const jobs = await submitPrepared(this.#services, prepared, signal);
    const estimates = await estimatePrediction(this.#services, prepared, signal).catch(() => []);
    return submittedText(jobs, estimates);
  }

  async #prepare(given: unknown): Promise<PreparedPrediction> {
    const { file, ...rest } = readPredictInput(given);
    const input: PredictionInput = { ...rest, ...(file !== undefined && { uri: workspaceFile(file) }) };
    return preparePrediction(this.#services, input);
  }
}
