/** The controls above the structure. Plain form elements: the keyboard and screen readers know them already. */

import { t } from '@vscode/l10n';
import type { Coloring } from './coloring.ts';
import { el, icon } from './dom.ts';
import { COLORING_NAMES, REPRESENTATION_NAMES } from './names.ts';
import type { ComparisonChoice } from './pageComparison.ts';
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
  compareWith(choice: ComparisonChoice): void;
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
  /** Nothing is compared any more. */
  endComparison(): void;
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
  const models = select(t('Model'), t('Ranked models of this prediction, best first'), (value) =>
    actions.chooseModel(Number(value)),
  );
  const ensemble = select(t('Member'), t('Models in this file'), (value) =>
    actions.chooseEnsembleModel(value === 'all' ? 'all' : Number(value)),
  );
  const compare = select(t('Compare'), t('Lay another structure over this one'), (value) => {
    actions.compareWith(value === 'nothing' || value === 'file' ? value : Number(value));
    // A file is chosen anew each time, and may be refused; the card over the structure says what is compared.
    if (value === 'file') compare.list.value = 'nothing';
  });

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

  const element = el(
    'header',
    { class: 'toolbar', role: 'toolbar', 'aria-label': t('Structure') },
    segments,
    coloring.label,
    models.label,
    ensemble.label,
    compare.label,
    el('span', { class: 'gap' }),
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
    endComparison() {
      compare.list.value = 'nothing';
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
      const others = labels.flatMap((label, index): [string, string][] =>
        index === selected ? [] : [[String(index), label]],
      );
      compare.fill([['nothing', t('with nothing')], ...others, ['file', t('a file…')]], 'nothing');
      compare.label.hidden = false;
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
