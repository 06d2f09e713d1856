/** The last question: what will be predicted and what it takes, with everything that can still be changed. */

import * as vscode from 'vscode';
import { MODEL_NAMES } from '../../backend/api/job.ts';
import { cautionText, type Forecasted, forecastText, type Wish } from './planning.ts';
import { type Answer, askLine, askList, type StepItem } from './quickStep.ts';
import {
  DEFAULT_TEMPLATE_DATE,
  gpuOf,
  isDate,
  type PredictionSettings,
  type PresetChoice,
  presetOf,
  presetsFor,
} from './settings.ts';

/** What a row of the review does. */
export type ReviewAction = 'predict' | 'preset' | 'models' | 'templates' | 'gpu' | 'comment';

/** Longest comment that the API takes. */
const MAX_COMMENT = 2000;

export function reviewItems(
  wish: Wish,
  count: number,
  forecast: Forecasted | undefined,
  isLocal: boolean,
): readonly StepItem<ReviewAction>[] {
  const refused = forecast !== undefined && 'refusal' in forecast ? forecast.refusal : undefined;
  const tight = forecast !== undefined && 'estimate' in forecast && forecast.estimate.memory.verdict !== 'fits';
  const label = count === 1 ? vscode.l10n.t('Predict') : vscode.l10n.t('Predict {0} Structures', count);
  const go: StepItem<ReviewAction> = {
    label: `$(${refused === undefined ? (tight ? 'warning' : 'play') : 'error'}) ${label}`,
    description: forecast ? forecastText(forecast, isLocal) : vscode.l10n.t('estimating…'),
    detail: [wish.queue.name, forecast ? cautionText(forecast) : ''].filter(Boolean).join(' · '),
    value: 'predict',
    ...(refused === undefined ? {} : { closed: refused }),
  };
  const heading = { label: vscode.l10n.t('Change'), kind: vscode.QuickPickItemKind.Separator };
  return [go, heading, ...optionItems(wish)];
}

function optionItems({ queue, mode, settings, comment }: Wish): readonly StepItem<ReviewAction>[] {
  const about: StepItem<ReviewAction> = {
    label: vscode.l10n.t('$(comment) Comment'),
    description: comment || vscode.l10n.t('none'),
    value: 'comment',
  };
  if (queue.engine !== 'alphafold2') return [about];
  const models = settings.models ?? MODEL_NAMES;
  const all = models.length === MODEL_NAMES.length;
  const gpus: StepItem<ReviewAction> = {
    label: vscode.l10n.t('$(circuit-board) GPUs'),
    description: String(gpuOf(settings, queue)),
    value: 'gpu',
  };
  return [
    {
      label: vscode.l10n.t('$(settings) Preset'),
      description: presetText(presetOf(settings, mode)),
      value: 'preset',
    },
    {
      label: vscode.l10n.t('$(layers) Models'),
      description: all ? vscode.l10n.t('all five') : models.join(', '),
      value: 'models',
    },
    {
      label: vscode.l10n.t('$(calendar) Templates released until'),
      description: settings.maxTemplateDate ?? DEFAULT_TEMPLATE_DATE,
      value: 'templates',
    },
    ...(queue.maxGpu > 1 ? [gpus] : []),
    about,
  ];
}

function presetText(preset: PresetChoice): string {
  switch (preset) {
    case 'full':
      return vscode.l10n.t('Full databases');
    case 'reduced':
      return vscode.l10n.t('Reduced databases: faster, a little less exact');
    case 'CASP14':
      return vscode.l10n.t('CASP14: eight ensembles, many times as long');
    case 'pTM':
      return vscode.l10n.t('Full databases, pTM models: with predicted aligned error (PAE)');
  }
}

/**
 * Asks for one of the options.
 * @returns the wish with the answer; as it was when the user went back; undefined when the user gave up
 */
export async function changeOption(action: Exclude<ReviewAction, 'predict'>, wish: Wish): Promise<Wish | undefined> {
  const taken = <T>(answer: Answer<T>, change: (value: T) => Wish): Wish | undefined => {
    if (answer === undefined) return undefined;
    return answer === 'back' ? wish : change(answer.value);
  };
  const set = (change: PredictionSettings): Wish => ({ ...wish, settings: { ...wish.settings, ...change } });
  switch (action) {
    case 'preset':
      return taken(await askPreset(wish), (preset) => set({ preset }));
    case 'models':
      return askModels(wish);
    case 'templates':
      return taken(await askDate(wish.settings.maxTemplateDate ?? DEFAULT_TEMPLATE_DATE), (maxTemplateDate) =>
        set({ maxTemplateDate }),
      );
    case 'gpu':
      return taken(await askGpus(wish), (gpu) => set({ gpu }));
    case 'comment':
      return taken(await askComment(wish.comment), (comment) => ({ ...wish, comment }));
  }
}

function askPreset({ mode, settings }: Wish): Promise<Answer<PresetChoice>> {
  const now = presetOf(settings, mode);
  const items = presetsFor(mode).map((value) => ({
    label: presetText(value),
    ...(value === now ? { description: vscode.l10n.t('current') } : {}),
    value,
  }));
  const title = vscode.l10n.t('Which databases and models should AlphaFold use?');
  return askList({ title, placeholder: '', canGoBack: true, items });
}

async function askModels(wish: Wish): Promise<Wish | undefined> {
  const chosen = wish.settings.models ?? MODEL_NAMES;
  const items = MODEL_NAMES.map((name) => ({ label: name, picked: chosen.includes(name), name }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Which of AlphaFold’s five models should predict?'),
    placeHolder: vscode.l10n.t('Each model takes its share of the time; the best one is found among them'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  // None is no choice.
  if (!picked || picked.length === 0) return wish;
  return { ...wish, settings: { ...wish.settings, models: picked.map(({ name }) => name) } };
}

function askDate(value: string): Promise<Answer<string>> {
  return askLine({
    title: vscode.l10n.t('Use templates released until'),
    prompt: vscode.l10n.t(
      'Structures that were released later are not used. An early date keeps a known structure out.',
    ),
    placeholder: DEFAULT_TEMPLATE_DATE,
    value,
    check: (text) =>
      isDate(text)
        ? undefined
        : vscode.l10n.t('Write a date as year-month-day, for example {0}.', DEFAULT_TEMPLATE_DATE),
  });
}

function askGpus({ queue, settings }: Wish): Promise<Answer<number>> {
  const now = gpuOf(settings, queue);
  const items = Array.from({ length: queue.maxGpu }, (_, index) => index + 1).map((value) => ({
    label: String(value),
    ...(value === now ? { description: vscode.l10n.t('current') } : {}),
    value,
  }));
  const title = vscode.l10n.t('How many GPUs should each prediction use?');
  return askList({
    title,
    placeholder: vscode.l10n.t('More GPUs have more memory for long chains'),
    canGoBack: true,
    items,
  });
}

function askComment(value: string): Promise<Answer<string>> {
  return askLine({
    title: vscode.l10n.t('Comment'),
    prompt: vscode.l10n.t('It is kept with the prediction, and the Jobs view can be searched for it.'),
    value,
    check: (text) => (text.length > MAX_COMMENT ? vscode.l10n.t('At most {0} characters.', MAX_COMMENT) : undefined),
  });
}
