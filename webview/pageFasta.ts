/** Tells the editor which sequences the page shows and what is marked in them, and marks what the editor tells. */

import type { ChainResidue, ChainSequence, ChainSpan, MarksMessage } from '../extension/structure/linkMessages.ts';
import type { Host } from './host.ts';
import type { MarkListener, ResidueLink } from './residueLink.ts';
import type { Scene } from './scene.ts';
import { letterOf } from './sequence.ts';
import { type ModelSelection, memberOf, type StructureData } from './structureData.ts';

/** A moving pointer is told of at most so often (ms). */
const TELL_MS = 60;

/** The chains of a structure, and where each residue is in them. Members of an ensemble have the same chains. */
export interface ChainTable {
  readonly chains: readonly ChainSequence[];
  /** For each residue of a chain its place; undefined for ligands, ions and water. */
  readonly placeOf: readonly (ChainResidue | undefined)[];
  /** Index of a residue in `StructureData.residues`; undefined for one that the member lacks. */
  find(member: number, place: ChainResidue): number | undefined;
}

/** Lists the chains. */
export function chainTable(data: StructureData): ChainTable {
  const names: string[] = [];
  const placeOf: (ChainResidue | undefined)[] = [];
  /** Residues of each chain of each member, in order. */
  const members: number[][][] = [];
  for (const [index, { kind, model, chain: name }] of data.residues.entries()) {
    if (kind !== 'polymer') {
      placeOf.push(undefined);
      continue;
    }
    const known = names.indexOf(name);
    const chain = known < 0 ? names.push(name) - 1 : known;
    members[model] ??= [];
    const residues = members[model];
    residues[chain] ??= [];
    placeOf.push({ chain, at: (residues[chain]?.push(index) ?? 1) - 1 });
  }
  const chains = names.map((name, chain): ChainSequence => {
    const residues = (members[0]?.[chain] ?? []).flatMap((index) => data.residues[index] ?? []);
    return {
      name,
      sequence: residues.map((residue) => letterOf(residue.name)).join(''),
      numbers: residues.map(({ number }) => number),
    };
  });
  return { chains, placeOf, find: (member, { chain, at }) => members[member]?.[chain]?.[at] };
}

/** Residues as spans of chains. */
export function spansOf(table: ChainTable, residues: Iterable<number>): ChainSpan[] {
  const places = [...residues].flatMap((index) => table.placeOf[index] ?? []);
  places.sort((a, b) => a.chain - b.chain || a.at - b.at);
  const spans: { chain: number; from: number; to: number }[] = [];
  for (const { chain, at } of places) {
    const span = spans.at(-1);
    if (span?.chain === chain && span.to >= at) span.to = Math.max(span.to, at + 1);
    else spans.push({ chain, from: at, to: at + 1 });
  }
  return spans;
}

export class PageFasta implements MarkListener {
  readonly #host: Host;
  #shown: { readonly scene: Scene; readonly table: ChainTable; readonly serial: number } | undefined;
  #model: ModelSelection = 0;
  #selected: ReadonlySet<number> = new Set();
  #pointed: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** True while the editor's marks are taken over: it need not hear of them again. */
  #taking = false;
  /** Whether the selection came from the editor: then the editor may take it away. */
  #isTheirs = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Whether what is selected was selected in the editor, which says so again when it has to. */
  get isTheirs(): boolean {
    return this.#isTheirs;
  }

  /** Another structure is shown: tells its chains. */
  attach(scene: Scene, serial: number): void {
    const table = chainTable(scene.data);
    this.#shown = { scene, table, serial };
    this.#isTheirs = false;
    this.#host.post({ type: 'chains', serial, chains: table.chains });
  }

  clear(): void {
    this.#shown = undefined;
  }

  /** Another member of an ensemble is shown. */
  setModel(model: ModelSelection): void {
    this.#model = model;
  }

  mark(selected: ReadonlySet<number>, pointed: number | undefined): void {
    if (this.#taking || (selected === this.#selected && pointed === this.#pointed)) return;
    if (selected !== this.#selected) this.#isTheirs &&= this.#hasPlacesOf(selected);
    this.#selected = selected;
    this.#pointed = pointed;
    this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
  }

  /** Whether residues are at the places of the selected ones: in another member of an ensemble they still are the same. */
  #hasPlacesOf(selected: ReadonlySet<number>): boolean {
    const { table } = this.#shown ?? {};
    if (!table) return false;
    return JSON.stringify(spansOf(table, selected)) === JSON.stringify(spansOf(table, this.#selected));
  }

  /** Asks for the FASTA file. */
  reveal(): void {
    if (this.#timer) this.#tell();
    this.#host.post({ type: 'reveal-in-fasta' });
  }

  /** Marks what the editor tells. */
  receive({ serial, selected, pointed }: MarksMessage, link: ResidueLink): void {
    const { table } = this.#shown ?? {};
    if (!table || serial !== this.#shown?.serial) return;
    const member = memberOf(this.#model);
    const residues: number[] = [];
    for (const { chain, from, to } of selected) {
      const end = Math.min(to, table.chains[chain]?.sequence.length ?? 0);
      for (let at = from; at < end; at++) residues.push(table.find(member, { chain, at }) ?? -1);
    }
    const found = residues.filter((residue) => residue >= 0);
    this.#taking = true;
    const wasTheirs = this.#isTheirs;
    this.#isTheirs = found.length > 0;
    if (found.length > 0 || wasTheirs) link.select(found);
    link.point(pointed && table.find(member, pointed), 'fasta');
    this.#selected = link.selected;
    this.#pointed = link.pointed;
    this.#taking = false;
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { table, serial } = this.#shown ?? {};
    if (!table || serial === undefined) return;
    const pointed = this.#pointed === undefined ? undefined : table.placeOf[this.#pointed];
    const selected = spansOf(table, this.#selected);
    this.#host.post({ type: 'marks', serial, selected, ...(pointed && { pointed }) });
  }
}
