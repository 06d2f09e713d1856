/** What is pointed at, selected and measured, in all parts of the page and in words. */

import { t } from '@vscode/l10n';
import { describeResidue, describeSelected, describeSize } from './describe.ts';
import type { DistanceTrace } from './distancePlot.ts';
import { UnreadableStructureError } from './errors.ts';
import { inflate } from './inflate.ts';
import { inMember } from './members.ts';
import { countResidues } from './names.ts';
import { type Pae, parsePae, UnreadablePaeError } from './pae.ts';
import type { PageParts } from './pageParts.ts';
import type { Companion } from './pageTogether.ts';
import { type MarkListener, ResidueLink } from './residueLink.ts';
import type { Scene } from './scene.ts';
import { layOutSequence } from './sequence.ts';
import type { RememberedMarks } from './state.ts';
import type { ModelSelection, StructureData } from './structureData.ts';
import type { StructureView } from './structureView.ts';

/** Takes what is marked in a structure, to give it back when that structure is shown again. */
export type KeepMarks = (marks: RememberedMarks) => void;

/** Keeps sequence, heat map and line of text in line with the structure. */
export class PageMarks {
  readonly link: ResidueLink;
  readonly #parts: PageParts;
  readonly #keep: KeepMarks;
  /** What was kept last; undefined while a structure is about to be shown and nothing is marked in it yet. */
  #kept: Pick<ResidueLink, 'selected' | 'distances'> | undefined;
  #scene: Scene | undefined;
  #view: StructureView | undefined;
  #model: ModelSelection = 0;
  #colors: Uint32Array | undefined;
  #pae: Pae | undefined;
  #companions: readonly Companion[] = [];
  /** Distance of each residue to its partner in each of the visible companions (Å). */
  #traces: readonly (DistanceTrace & { readonly label: string })[] = [];

  /** @param others further listeners to what is marked */
  constructor(parts: PageParts, keep: KeepMarks, ...others: readonly MarkListener[]) {
    this.#parts = parts;
    this.#keep = keep;
    this.link = new ResidueLink([parts.sequence, parts.pae, ...others], () => this.#refresh());
  }

  /** The errors that are shown. */
  get pae(): Pae | undefined {
    return this.#pae;
  }

  /** What is laid over the structure. */
  get companions(): readonly Companion[] {
    return this.#companions;
  }

  /** Lets clicks and the pointer in a new view take part. */
  listen(view: StructureView): void {
    view.onHover((atom) => this.link.point(this.link.residueOf(atom), 'structure'));
    view.onClick((atom, { extend }) => this.link.click(atom, extend));
  }

  /**
   * Another structure is about to be shown. What is marked is kept from {@link restore} on.
   * @param pae JSON of its predicted aligned errors, gzipped or not
   * @returns why errors that came along are not shown
   */
  async attach(
    scene: Scene,
    view: StructureView,
    model: ModelSelection,
    pae?: Uint8Array,
  ): Promise<string | undefined> {
    this.#scene = scene;
    this.#view = view;
    this.#model = model;
    this.#colors = undefined;
    this.#pae = undefined;
    this.#companions = [];
    this.#traces = [];
    this.#kept = undefined;
    this.link.attach(scene, view);
    this.#parts.pae.show(undefined);
    return pae && this.#showPae(pae, scene);
  }

  /** The structure is shown: what was marked in it before is marked again, in the member that is shown now. */
  restore(marks: RememberedMarks | undefined): void {
    if (marks) this.link.restore(marks);
    const { selected, distances } = this.link;
    this.#kept = { selected, distances };
    if (marks && this.#scene && marks.ensembleModel !== this.#model)
      this.link.move(inMember(this.#scene.data, this.#model));
  }

  /** Nothing is shown any more. */
  clear(): void {
    this.#scene = undefined;
    this.#view = undefined;
    this.link.attach(undefined, undefined);
    this.#parts.sequence.show(undefined);
    this.#parts.pae.show(undefined);
  }

  /** The model or the colours have changed. */
  update(model: ModelSelection, colors: Uint32Array): void {
    if (!this.#scene) return;
    const isOther = model !== this.#model;
    this.#model = model;
    this.#colors = colors;
    this.#showSequence();
    if (isOther) this.#moveToMember(this.#scene.data);
    this.#refresh();
  }

  /** What is marked is at the same places of the member that is shown now. */
  #moveToMember(data: StructureData): void {
    const pae = this.#pae;
    const { residues } = layOutSequence(data, this.#model);
    if (pae) this.#parts.pae.show(pae.size === residues.length ? { pae, data, residues } : undefined);
    this.link.move(inMember(data, this.#model));
  }

  /** Other structures were laid over this one, or taken away, or look otherwise. */
  compare(companions: readonly Companion[]): void {
    this.#companions = companions;
    this.#traces = companions
      .filter(({ visible }) => visible)
      .map(({ label, color, comparison: { pairs, distances } }) => ({
        label,
        color,
        byResidue: new Map(pairs.map(([shown], at) => [shown, distances[at] ?? Number.NaN])),
      }));
    this.#showSequence();
    this.#refresh();
  }

  #showSequence(): void {
    if (!this.#scene || !this.#colors) return;
    const { data } = this.#scene;
    const layout = layOutSequence(data, this.#model);
    this.#parts.sequence.show({ data, layout, colors: this.#colors, traces: this.#traces });
  }

  /** A residue in words. */
  describe(index: number): string {
    const residue = this.#scene?.data.residues[index];
    if (!this.#scene || !residue) return '';
    const words = describeResidue(residue, this.#scene.values[residue.atom] ?? Number.NaN, this.#scene.meaning);
    const distances = this.#traces.flatMap(({ label, byResidue }) => {
      const distance = byResidue.get(index);
      return distance === undefined ? [] : [t('{0} Å from {1}', distance.toFixed(1), label)];
    });
    return [words, ...distances].join(' · ');
  }

  async #showPae(bytes: Uint8Array, scene: Scene): Promise<string | undefined> {
    try {
      const pae = parsePae(new TextDecoder().decode(await inflate(bytes)));
      const { residues } = layOutSequence(scene.data, this.#model);
      if (pae.size !== residues.length) {
        return t(
          'The predicted aligned errors are of {0}, the structure has {1}; they are not shown.',
          countResidues(pae.size),
          countResidues(residues.length),
        );
      }
      if (scene !== this.#scene) return undefined;
      this.#pae = pae;
      this.#parts.pae.show({ pae, data: scene.data, residues });
      return undefined;
    } catch (error) {
      if (error instanceof UnreadablePaeError || error instanceof UnreadableStructureError) return error.message;
      throw error;
    }
  }

  #refresh(): void {
    const scene = this.#scene;
    if (!scene) return;
    this.#keepChanges(scene);
    const { pointed, measuring, distances } = this.link;
    this.#parts.toolbar.updateMeasuring(measuring, distances.length);
    this.#parts.setSize(this.#restingText(scene));
    this.#parts.setHover(pointed === undefined ? '' : this.describe(pointed));
  }

  #keepChanges({ sha256 }: Scene): void {
    const { selected, distances } = this.link;
    if (!this.#kept || (this.#kept.selected === selected && this.#kept.distances === distances)) return;
    this.#kept = { selected, distances };
    this.#keep({ sha256, ensembleModel: this.#model, selected: [...selected], distances });
  }

  /** What the line of text says while nothing is pointed at. */
  #restingText(scene: Scene): string {
    if (this.link.measuring) {
      const last = this.link.distances.at(-1);
      const said = last && this.#view ? `${this.#view.describeDistance(last)} · ` : '';
      const next = this.link.hasFirstAtom
        ? t('Measuring: click the second atom.')
        : t('Measuring: click the first atom.');
      return `${said}${next}`;
    }
    if (this.link.selected.size > 0) return describeSelected(scene, [...this.link.selected]);
    return describeSize(scene.data, this.#model);
  }
}
