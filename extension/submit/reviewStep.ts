/** The last question: what will be predicted and what it takes, with everything that can still be changed. */

import * as vscode from 'vscode';
import { MODEL_NAMES, type ModelName } from '../../backend/api/job.ts';
import { engineText } from '../jobs/jobText.ts';
import { cautions, type Forecasted, forecastText, type Planned, type Wish } from './planning.ts';
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

/** @param plan what would be submitted */
export function reviewItems(
  wish: Wish,
  plan: readonly Planned[],
  forecast: Forecasted | undefined,
  isLocal: boolean,
): readonly StepItem<ReviewAction>[] {
  const refused = forecast !== undefined && 'refusal' in forecast ? forecast.refusal : undefined;
  const estimate = forecast !== undefined && 'estimate' in forecast ? forecast.estimate : undefined;
  const tight = estimate !== undefined && estimate.memory.verdict !== 'fits';
  const label = plan.length === 1 ? vscode.l10n.t('Predict') : vscode.l10n.t('Predict {0} Structures', plan.length);
  const go: StepItem<ReviewAction> = {
    label: `$(${refused === undefined ? (tight ? 'warning' : 'play') : 'error'}) ${label}`,
    description: forecast ? forecastText(forecast, isLocal) : vscode.l10n.t('estimating…'),
    detail: [sizeText(wish, plan), engineText(wish.queue.engine), wish.queue.name].join(' · '),
    value: 'predict',
    ...(refused === undefined ? {} : { closed: refused }),
  };
  const change = { label: vscode.l10n.t('Change'), kind: vscode.QuickPickItemKind.Separator };
  return [go, change, ...optionItems(wish), ...(estimate ? noteItems(cautions(estimate)) : [])];
}

/** `129 residues`, of a complex with its chains, of several predictions those of the longest. */
function sizeText({ mode }: Wish, plan: readonly Planned[]): string {
  const sizes = plan.map(({ record, input }) => {
    const chains = mode === 'multimer' ? input.records : [record];
    return { chains: chains.length, residues: chains.reduce((sum, { length }) => sum + length, 0) };
  });
  const [first] = sizes;
  if (!first) return '';
  if (sizes.length > 1) {
    return vscode.l10n.t('the longest has {0} residues', Math.max(...sizes.map(({ residues }) => residues)));
  }
  return mode === 'multimer'
    ? vscode.l10n.t('{0} chains, {1} residues together', first.chains, first.residues)
    : vscode.l10n.t('{0} residues', first.residues);
}

/** Each caution in a row of its own, which shows it whole at the top when it is chosen. */
function noteItems(notes: readonly string[]): readonly StepItem<ReviewAction>[] {
  if (notes.length === 0) return [];
  const heading = { label: vscode.l10n.t('Worth knowing'), kind: vscode.QuickPickItemKind.Separator };
  return [heading, ...notes.map((note) => ({ label: `$(info) ${note}`, closed: note }))];
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
  const placeholder = vscode.l10n.t('Larger databases know more relatives, and take longer to search');
  return askList({ title, placeholder, canGoBack: true, items });
}

async function askModels(wish: Wish): Promise<Wish | undefined> {
  const chosen = wish.settings.models ?? MODEL_NAMES;
  const items = MODEL_NAMES.map((name) => {
    const description = wish.mode === 'multimer' ? '' : modelText(name);
    return { label: name, description, picked: chosen.includes(name), name };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Which of AlphaFold’s five models should predict?'),
    placeHolder: vscode.l10n.t('Fewer models take less time'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  // None is no choice.
  if (!picked || picked.length === 0) return wish;
  return { ...wish, settings: { ...wish.settings, models: picked.map(({ name }) => name) } };
}

/** Of AlphaFold 2's models for single chains the first two were trained with templates. */
function modelText(name: ModelName): string {
  return name === 'model_1' || name === 'model_2'
    ? vscode.l10n.t('uses templates')
    : vscode.l10n.t('from the alignment alone');
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
