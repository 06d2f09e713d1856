/**
 * FASTA documents and open structures show each other's residues: what is pointed at or selected in a structure is marked in
 * the text, and what the cursor is on is marked in the structures of that sequence. They find each other by sequence.
 */

import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import type { ChainSpan, ResidueMarks } from '../../structure/linkMessages.ts';
import type { OpenPage, OpenPages } from '../../structure/openPages.ts';
import { partnersOf } from '../../structure/sequenceMap.ts';
import { type Place, placesOf, type ResidueSpan, residuesIn } from '../analysis/residuePlaces.ts';
import { inSlices } from '../document/slices.ts';
import { type ChainPlaces, findChains, placesInRecord } from './chainSearch.ts';
import type { FastaDocuments, OpenFasta } from './fastaDocuments.ts';

/** From a move of the cursor or of the pointer to the marks (ms). */
const PAUSE_MS = 50;

/** A mark that starts no other: the cursor of an editor stays where it is. */
const NOTHING: ResidueMarks = { selected: [] };

/** Where the chains of a page are in a document, as it was at an edition. */
interface Known {
  readonly chains: OpenPage['chains'];
  readonly edition: number;
  /** Undefined when the search was left, because of an edit or because another structure is shown. */
  readonly search: Promise<ChainPlaces | undefined>;
  places: ChainPlaces | undefined;
}

/** Where the chains of a page are in the record with the cursor. */
interface Near {
  readonly open: OpenFasta;
  readonly edition: number;
  readonly chunk: number;
  readonly chains: OpenPage['chains'];
  readonly places: ChainPlaces;
}

export class StructureLink extends Disposable {
  readonly #documents: FastaDocuments;
  readonly #pages: OpenPages;
  readonly #selected = this._register(decoration('foldpad.linkedResidues'));
  readonly #pointed = this._register(decoration('foldpad.pointedResidue'));
  readonly #known = new Map<OpenPage, Map<OpenFasta, Known>>();
  readonly #near = new Map<OpenPage, Near>();
  /** Pages that show marks of a cursor. */
  readonly #marked = new Set<OpenPage>();
  #drawTimer: ReturnType<typeof setTimeout> | undefined;
  #cursorTimer: ReturnType<typeof setTimeout> | undefined;
  /** Count what was begun: an earlier answer that comes late is dropped. */
  #drawing = 0;
  #move = 0;

  constructor(documents: FastaDocuments, pages: OpenPages) {
    super();
    this.#documents = documents;
    this.#pages = pages;
    const { window } = vscode;
    this._register(
      pages.onDidChange(({ page, what }) => {
        if (what === 'closed') {
          this.#known.delete(page);
          this.#near.delete(page);
          this.#marked.delete(page);
        }
        this.#drawSoon();
        if (what === 'shown') this.#followSoon();
      }),
    );
    this._register(documents.onDidCheck(() => this.#drawSoon()));
    this._register(documents.onDidClose(() => this.#forgetClosed()));
    this._register(window.onDidChangeVisibleTextEditors(() => this.#drawSoon()));
    this._register(window.onDidChangeTextEditorSelection(({ textEditor }) => this.#moved(textEditor)));
    this._register({
      dispose: () => {
        clearTimeout(this.#drawTimer);
        clearTimeout(this.#cursorTimer);
      },
    });
    this.#drawSoon();
  }

  /**
   * Shows what is marked in a page, or the start of its chains, in an open document.
   * @param first the document to look in before all others
   * @returns false when none holds its sequence
   */
  async reveal(page: OpenPage, first?: vscode.Uri): Promise<boolean> {
    for (const open of this.#inReach(first)) {
      const ready = await this.#documents.ready(open.text);
      const places = ready && (await this.#find(ready, page));
      if (!ready || !places?.some((place) => place !== undefined)) continue;
      const { selected, pointed } = page.marks;
      const wanted = selected.length > 0 ? selected : pointed ? [spanOf(pointed)] : everything(page);
      const [begin] = await this.#textPlaces(ready, places, wanted, () => true);
      const chunk = places.find((place) => place !== undefined)?.chunk ?? 0;
      const start = begin
        ? new vscode.Position(begin.line, begin.from)
        : new vscode.Position(ready.fasta.linesOf(chunk).from, 0);
      const shown = vscode.window.visibleTextEditors.find(({ document }) => document === ready.text);
      const editor = await vscode.window.showTextDocument(ready.text, {
        viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
        selection: new vscode.Range(start, start),
      });
      editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      return true;
    }
    return false;
  }

  /** Open documents: the one that is wanted, then those on the screen. */
  #inReach(first: vscode.Uri | undefined): readonly OpenFasta[] {
    const shown = vscode.window.visibleTextEditors.map(({ document }) => document);
    const rank = ({ text }: OpenFasta): number =>
      text.uri.toString() === first?.toString() ? 0 : shown.includes(text) ? 1 : 2;
    return [...this.#documents.all].sort((a, b) => rank(a) - rank(b));
  }

  #forgetClosed(): void {
    const open = new Set(this.#documents.all);
    for (const known of this.#known.values()) {
      for (const document of known.keys()) if (!open.has(document)) known.delete(document);
    }
  }

  #drawSoon(): void {
    this.#drawTimer ??= setTimeout(() => {
      this.#drawTimer = undefined;
      void this.#draw();
    }, PAUSE_MS);
  }

  /** Marks in each document on the screen what is marked in the pages on the screen. */
  async #draw(): Promise<void> {
    const drawing = ++this.#drawing;
    const isWanted = () => drawing === this.#drawing && !this.isDisposed;
    const pages = this.#pages.all.filter(({ visible, chains }) => visible && chains.length > 0);
    for (const editor of vscode.window.visibleTextEditors) {
      const open = this.#documents.find(editor.document.uri);
      if (!open?.fasta.isBuilt) continue;
      const selected: Place[] = [];
      const pointed: Place[] = [];
      for (const page of pages) {
        if (page.marks.selected.length === 0 && !page.marks.pointed) continue;
        const places = await this.#find(open, page);
        if (!isWanted()) return;
        if (!places) continue;
        selected.push(...(await this.#textPlaces(open, places, page.marks.selected, isWanted)));
        const under = page.marks.pointed ? [spanOf(page.marks.pointed)] : [];
        pointed.push(...(await this.#textPlaces(open, places, under, isWanted)));
      }
      if (!isWanted()) return;
      editor.setDecorations(this.#selected, selected.map(rangeOf));
      editor.setDecorations(this.#pointed, pointed.map(rangeOf));
    }
  }

  /** Where the chains of a page are in a document; looked for once, and anew after an edit. */
  #find(open: OpenFasta, page: OpenPage): Promise<ChainPlaces | undefined> {
    const { chains } = page;
    const { edition } = open.fasta;
    const ofPage = this.#known.get(page) ?? new Map<OpenFasta, Known>();
    this.#known.set(page, ofPage);
    const known = ofPage.get(open);
    if (known?.chains === chains && known.edition === edition) return known.search;
    const before = known?.places?.find((place) => place !== undefined)?.chunk;
    const isWanted = () => !this.isDisposed && open.fasta.edition === edition && page.chains === chains;
    const search = inSlices(findChains(open.fasta, chains, before), isWanted);
    const found: Known = { chains, edition, search, places: known?.places };
    ofPage.set(open, found);
    void search.then((places) => {
      found.places = places ?? found.places;
    });
    return search;
  }

  /** The same in the record with the cursor alone. */
  #findNear(open: OpenFasta, page: OpenPage, chunk: number): ChainPlaces {
    const { chains } = page;
    const { edition } = open.fasta;
    const near = this.#near.get(page);
    const isSame = near?.open === open && near.edition === edition && near.chunk === chunk && near.chains === chains;
    if (isSame) return near.places;
    const places = placesInRecord(open.fasta, chains, chunk);
    this.#near.set(page, { open, edition, chunk, chains, places });
    return places;
  }

  /** Where residues of a page stand in the text. */
  async #textPlaces(
    { fasta }: OpenFasta,
    places: ChainPlaces,
    spans: readonly ChainSpan[],
    isWanted: () => boolean,
  ): Promise<readonly Place[]> {
    const byRecord = new Map<number, ResidueSpan[]>();
    for (const { chain, from, to } of spans) {
      const place = places[chain];
      if (!place) continue;
      const found = partnersOf(place.toSequence, from, to).map((span) => ({ chain: place.recordChain, ...span }));
      byRecord.set(place.chunk, [...(byRecord.get(place.chunk) ?? []), ...found]);
    }
    const all: Place[] = [];
    for (const [chunk, residues] of byRecord) {
      all.push(...((await inSlices(placesOf(fasta.lines, fasta.linesOf(chunk), residues), isWanted)) ?? []));
    }
    return all;
  }

  #moved(editor: vscode.TextEditor): void {
    if (editor !== vscode.window.activeTextEditor || editor.document.languageId !== 'fasta') return;
    this.#followSoon();
  }

  #followSoon(): void {
    this.#cursorTimer ??= setTimeout(() => {
      this.#cursorTimer = undefined;
      void this.#follow();
    }, PAUSE_MS);
  }

  /** Marks in the pages on the screen what the cursor is on. */
  async #follow(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const pages = this.#pages.all.filter(({ visible, chains }) => visible && chains.length > 0);
    const open = editor && this.#documents.find(editor.document.uri);
    if (!editor || !open?.fasta.isBuilt || pages.length === 0) return;
    const move = ++this.#move;
    const isWanted = () => move === this.#move && !this.isDisposed;
    const { active, start, end, isEmpty } = editor.selection;
    const { fasta } = open;
    const chunk = fasta.chunkAt(active.line);
    const record = fasta.linesOf(chunk);
    const under = { start: active, end: active.translate(0, 1) };
    const pointed = (await inSlices(residuesIn(fasta.lines, record, under), isWanted)) ?? [];
    const selected = isEmpty ? [] : ((await inSlices(residuesIn(fasta.lines, record, { start, end }), isWanted)) ?? []);
    if (!isWanted()) return;
    for (const page of pages) {
      const marks =
        pointed.length + selected.length > 0 ? marksOf(this.#findNear(open, page, chunk), pointed, selected) : NOTHING;
      const hasMarks = marks.pointed !== undefined || marks.selected.length > 0;
      // A structure of another sequence is told only once that it has nothing to do with the cursor any more.
      if (!hasMarks && !this.#marked.delete(page)) continue;
      if (hasMarks) this.#marked.add(page);
      page.mark(marks);
    }
  }
}

/** Residues of a record as those of a page: of all its chains that have the sequence; one of them is pointed at. */
function marksOf(places: ChainPlaces, pointed: readonly ResidueSpan[], selected: readonly ResidueSpan[]): ResidueMarks {
  const spans = (wanted: readonly ResidueSpan[]): ChainSpan[] =>
    places.flatMap((place, chain) =>
      place
        ? wanted
            .filter((span) => span.chain === place.recordChain)
            .flatMap(({ from, to }) => partnersOf(place.toChain, from, to).map((span) => ({ chain, ...span })))
        : [],
    );
  const [under] = spans(pointed);
  return { selected: spans(selected), ...(under && { pointed: { chain: under.chain, at: under.from } }) };
}

const spanOf = ({ chain, at }: { readonly chain: number; readonly at: number }): ChainSpan => ({
  chain,
  from: at,
  to: at + 1,
});

const everything = ({ chains }: OpenPage): ChainSpan[] =>
  chains.map(({ sequence }, chain) => ({ chain, from: 0, to: sequence.length }));

const rangeOf = ({ line, from, to }: Place): vscode.Range => new vscode.Range(line, from, line, to);

/** @param color names the theme colours: `…Background` and `…Border` */
function decoration(color: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor(`${color}Background`),
    borderColor: new vscode.ThemeColor(`${color}Border`),
    borderStyle: 'solid',
    borderWidth: '1px',
    overviewRulerColor: new vscode.ThemeColor(`${color}Border`),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
}
