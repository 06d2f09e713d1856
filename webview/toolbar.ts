/** The controls above the structure. Plain form elements: the keyboard and screen readers know them already. */

import { t } from '@vscode/l10n';
import type { Coloring } from './coloring.ts';
import { el, icon } from './dom.ts';
import { COLORING_NAMES, REPRESENTATION_NAMES } from './names.ts';
import { type Companion, hasRoom, type TogetherChoice } from './pageTogether.ts';
import { type PictureOptions, picturePopover } from './picturePopover.ts';
import { REPRESENTATIONS } from './state.ts';
import type { ModelSelection } from './structureData.ts';
import type { Representation } from './structureView.ts';

/** What the toolbar shows as chosen. */
export interface ToolbarState {
  readonly representation: Representation;
  readonly coloring: Coloring;
  readonly spin: boolean;
  /** Models inside the file (an NMR ensemble); the selector is hidden when there is one. */
  readonly ensembleSize: number;
  readonly ensembleModel: ModelSelection;
  /** Colourings that make sense for the structure. */
  readonly colorings: readonly Coloring[];
  /** Name of the confidence, for its entry in the list of colours. */
  readonly confidenceName: string;
}

/** What the user may ask for. */
export interface ToolbarActions {
  chooseRepresentation(representation: Representation): void;
  chooseColoring(coloring: Coloring): void;
  chooseModel(index: number): void;
  chooseEnsembleModel(model: ModelSelection): void;
  compareWith(choice: TogetherChoice): void;
  showInFasta(): void;
  setSpin(on: boolean): void;
  setMeasuring(on: boolean): void;
  clearDistances(): void;
  reset(): void;
  savePicture(options: PictureOptions): void;
  saveReport(): void;
}

/** Makes the toolbar. `update` brings it in line with the state; it never calls an action by itself. */
export function createToolbar(actions: ToolbarActions): {
  readonly element: HTMLElement;
  update(state: ToolbarState): void;
  /** Ranked models of the result; the selector is hidden when there is one. Also for a model that cannot be shown. */
  showModels(labels: readonly string[], selected: number): void;
  /** What is laid over the shown structure cannot be chosen again. */
  showCompanions(companions: readonly Companion[]): void;
  /** Whether clicks in the structure measure, and how many distances are shown. */
  updateMeasuring(measuring: boolean, distances: number): void;
  setEnabled(enabled: boolean): void;
} {
  const radios = REPRESENTATIONS.map((representation) => {
    const input = el('input', { type: 'radio', name: 'representation', value: representation });
    input.addEventListener('change', () => actions.chooseRepresentation(representation));
    return { representation, input };
  });
  const segments = el(
    'fieldset',
    { class: 'segments' },
    el('legend', { class: 'visually-hidden' }, t('Representation')),
    ...radios.map(({ representation, input }) =>
      el('label', {}, input, el('span', {}, REPRESENTATION_NAMES[representation])),
    ),
  );

  const coloring = select(t('Colour'), t('What the colours stand for'), (value) =>
    actions.chooseColoring(value as Coloring),
  );
  const models = select(t('Model'), t('Which structure is shown in full'), (value) =>
    actions.chooseModel(Number(value)),
  );
  const ensemble = select(t('Member'), t('Models in this file'), (value) =>
    actions.chooseEnsembleModel(value === 'all' ? 'all' : Number(value)),
  );
  const compare = select(t('Compare'), t('Lay other structures over this one'), (value) => {
    // Not a state but a command: what is compared stands in the list beside the structure.
    compare.list.value = '';
    if (value !== '') actions.compareWith(value === 'files' || value === 'results' ? value : Number(value));
  });
  let shown = { labels: [] as readonly string[], selected: 0, companions: [] as readonly Companion[] };
  const fillCompare = (): void => {
    const { labels, selected, companions } = shown;
    const others = labels.flatMap((label, index): [string, string][] =>
      index === selected || companions.some((companion) => companion.index === index) ? [] : [[String(index), label]],
    );
    const choices: [string, string][] = hasRoom(companions)
      ? [...others, ['files', t('files…')], ['results', t('results of jobs…')]]
      : [];
    compare.fill([['', hasRoom(companions) ? t('with…') : t('no more fit')], ...choices], '');
    compare.label.hidden = false;
  };

  const spin = button('spin', t('Spin'), t('Turn the structure slowly'));
  spin.setAttribute('aria-pressed', 'false');
  spin.addEventListener('click', () => actions.setSpin(spin.getAttribute('aria-pressed') !== 'true'));
  const reset = button('reset', t('Reset view'), t('Show the whole structure again (R)'));
  reset.addEventListener('click', () => actions.reset());
  const measure = button('measure', t('Measure'), t('Measure distances: click one atom, then another'));
  measure.setAttribute('aria-pressed', 'false');
  measure.addEventListener('click', () => actions.setMeasuring(measure.getAttribute('aria-pressed') !== 'true'));
  const clear = button('clear', t('Clear distances'), t('Take the measured distances away'));
  clear.hidden = true;
  clear.addEventListener('click', () => actions.clearDistances());
  const picture = picturePopover((options) => actions.savePicture(options));
  const save = button('picture', t('Save picture…'), t('Save a picture in high resolution'));
  save.setAttribute('popovertarget', picture.id);
  save.setAttribute('aria-haspopup', 'dialog');

  const report = button('report', t('Save report…'), t('Save one page with picture, confidence, sequence and origin'));
  report.addEventListener('click', () => actions.saveReport());

  const fasta = button('locate', t('Show in FASTA'), t('Show the marked residues in the FASTA file'));
  fasta.addEventListener('click', () => actions.showInFasta());

  const element = el(
    'header',
    { class: 'toolbar', role: 'toolbar', 'aria-label': t('Structure') },
    segments,
    coloring.label,
    models.label,
    ensemble.label,
    compare.label,
    el('span', { class: 'gap' }),
    fasta,
    measure,
    clear,
    spin,
    reset,
    save,
    picture,
    report,
  );
  const controls = [
    ...radios.map(({ input }) => input),
    coloring.list,
    models.list,
    ensemble.list,
    compare.list,
    fasta,
    measure,
    spin,
    reset,
    save,
    report,
  ];

  return {
    element,
    update(state) {
      for (const { representation, input } of radios) input.checked = representation === state.representation;
      coloring.fill(
        state.colorings.map((value) => [value, value === 'confidence' ? state.confidenceName : COLORING_NAMES[value]]),
        state.coloring,
      );
      coloring.label.hidden = false;
      const members = Array.from({ length: state.ensembleSize }, (_, index): [string, string] => [
        String(index),
        t('{0} of {1}', index + 1, state.ensembleSize),
      ]);
      ensemble.fill([...members, ['all', t('All')]], String(state.ensembleModel));
      ensemble.label.hidden = state.ensembleSize < 2;
      spin.setAttribute('aria-pressed', String(state.spin));
    },
    showCompanions(companions) {
      shown = { ...shown, companions };
      fillCompare();
    },
    updateMeasuring(measuring, distances) {
      measure.setAttribute('aria-pressed', String(measuring));
      clear.hidden = distances === 0;
    },
    showModels(labels, selected) {
      models.fill(
        labels.map((label, index) => [String(index), label]),
        String(selected),
      );
      models.label.hidden = labels.length < 2;
      shown = { ...shown, labels, selected };
      fillCompare();
    },
    setEnabled(enabled) {
      for (const control of controls) control.disabled = !enabled;
      // A structure that cannot be shown may still have better siblings.
      models.list.disabled = false;
    },
  };
}

function select(name: string, title: string, choose: (value: string) => void) {
  const list = el('select', { title });
  list.addEventListener('change', () => choose(list.value));
  return {
    list,
    // Hidden until there is something to choose.
    label: el('label', { class: 'choice', hidden: true }, el('span', {}, name), list),
    fill(entries: readonly (readonly [string, string])[], chosen: string): void {
      list.replaceChildren(...entries.map(([value, text]) => el('option', { value }, text)));
      list.value = chosen;
    },
  };
}

function button(name: Parameters<typeof icon>[0], text: string, title: string): HTMLButtonElement {
  return el('button', { type: 'button', class: 'tool', title }, icon(name), el('span', {}, text));
}
