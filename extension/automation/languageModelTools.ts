/** The tools that language models may call. Their code is loaded with the first call. */

import * as vscode from 'vscode';
import { describeError, isCancellation } from '../base/errors.ts';
import type { Services } from '../commands/services.ts';
import type { Connection } from '../connection/connection.ts';
import { TOOLS } from './toolNames.ts';
import { backendText } from './toolText.ts';

type Answer = (input: unknown, signal: AbortSignal) => Promise<string>;

export function registerLanguageModelTools(services: Services): vscode.Disposable {
  let loaded: ReturnType<typeof loadPredict> | undefined;
  const loadPredict = async () => {
    const { PredictTool } = await import(/* webpackChunkName: "automation" */ './predictTool.ts');
    return new PredictTool(services);
  };
  const predict = () => {
    loaded ??= loadPredict();
    return loaded;
  };
  const { connection, log } = services;
  const tell = (tool: string, token: vscode.CancellationToken, input: unknown, ask: Answer) =>
    answer({ tool, log, connection }, token, input, ask);
  return vscode.Disposable.from(
    vscode.lm.registerTool<unknown>(TOOLS.predict, {
      prepareInvocation: ({ input }, token) =>
        withSignal(token, async (signal) => (await predict()).prepare(input, signal)),
      invoke: ({ input }, token) =>
        tell(TOOLS.predict, token, input, async (given, signal) => (await predict()).invoke(given, signal)),
    }),
    vscode.lm.registerTool<unknown>(TOOLS.status, {
      prepareInvocation: () => ({ invocationMessage: vscode.l10n.t('Looking at the predictions') }),
      invoke: ({ input }, token) =>
        tell(TOOLS.status, token, input, async (given, signal) => {
          const { statusTool } = await import(/* webpackChunkName: "automation" */ './statusTool.ts');
          return statusTool(services, given, signal);
        }),
    }),
    vscode.lm.registerTool<unknown>(TOOLS.results, {
      prepareInvocation: () => ({ invocationMessage: vscode.l10n.t('Reading the result') }),
      invoke: ({ input }, token) =>
        tell(TOOLS.results, token, input, async (given, signal) => {
          const { resultsTool } = await import(/* webpackChunkName: "automation" */ './resultsTool.ts');
          return resultsTool(services, given, signal);
        }),
    }),
  );
}

interface Asked {
  readonly tool: string;
  readonly log: vscode.LogOutputChannel;
  readonly connection: Connection;
}

/** An error is an answer, too: the model reads what is wrong and what to do. Every answer says which backend gave it. */
async function answer(
  { tool, log, connection }: Asked,
  token: vscode.CancellationToken,
  input: unknown,
  ask: Answer,
): Promise<vscode.LanguageModelToolResult> {
  const { profile } = connection;
  const text = await withSignal(token, (signal) => ask(input, signal)).catch((error: unknown) => {
    if (token.isCancellationRequested || isCancellation(error)) throw new vscode.CancellationError();
    log.warn(`${tool}: ${describeError(error)}`);
    return `Error: ${describeError(error)}`;
  });
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(`${text}\n${backendText(profile)}`)]);
}

async function withSignal<T>(token: vscode.CancellationToken, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const listening = token.onCancellationRequested(() => abort.abort());
  try {
    if (token.isCancellationRequested) abort.abort();
    return await action(abort.signal);
  } finally {
    listening.dispose();
  }
}
