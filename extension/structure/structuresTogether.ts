/** The models of one page: which is shown in full, and the reading and sending of those that are laid over it. */

import * as vscode from 'vscode';
import { errorText } from '../base/said.ts';
import type { HostMessage, PageMessage } from './protocol.ts';
import { ShownStructures } from './shownStructures.ts';
import type { StructureShelf } from './structureShelf.ts';
import { readStructure, StructureSourceError } from './structureSource.ts';
import type { StructureModel, StructureSubject } from './structureSubject.ts';

/** What it asks of the page's session. */
export interface TogetherSession {
  /** Of the structure that was sent last. */
  readonly serial: number;
  post(message: HostMessage): Promise<void>;
}

export class StructuresTogether {
  readonly #session: TogetherSession;
  readonly #shelf: StructureShelf;
  readonly #subject: StructureSubject;
  /** The subject's own models, and after {@link load} those that were added before a reload. */
  #structures: ShownStructures<StructureModel>;
  #loaded: Promise<void> | undefined;

  constructor(session: TogetherSession, shelf: StructureShelf, subject: StructureSubject) {
    this.#session = session;
    this.#shelf = shelf;
    this.#subject = subject;
    this.#structures = new ShownStructures(subject.models, subject.selectedModel, subject.together);
  }

  get structures(): ShownStructures<StructureModel> {
    return this.#structures;
  }

  /** Brings back what was laid over the subject when the window was closed. */
  load(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async #load(): Promise<void> {
    const remembered = this.#shelf.remembered(this.#subject.key);
    if (!remembered) return;
    const { models: own, selectedModel = remembered.selected } = this.#subject;
    const found = await this.#shelf.models(remembered.added);
    // What is gone leaves no hole: those behind it move up.
    const known = [...own, ...found];
    const models = known.filter((model) => model !== undefined);
    const moved = (index: number): number => {
      const model = known[index];
      return model ? models.indexOf(model) : -1;
    };
    this.#structures = new ShownStructures(
      own,
      moved(selectedModel),
      remembered.together.map(moved),
      models.slice(own.length),
    );
  }

  /** Shows another model in full. @returns false for a model that is not there */
  select(index: number): boolean {
    const selected = this.#structures.select(index);
    if (selected) this.#remember();
    return selected;
  }

  /** Answers what the page asks about further structures; other messages are not its business. */
  async receive(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'lay-over':
        return this.#layOver([message.index]);
      case 'take-away':
        this.#structures.takeAway(message.index);
        return this.#remember();
      case 'add-files':
        return this.#add(await this.#shelf.chooseFiles(this.#structures.shown.source.uri));
      case 'add-results':
        return this.#add(await this.#chosenResults());
    }
  }

  /** Sends everything that is laid over. The page has just been sent the structure below. */
  async sendAll(): Promise<void> {
    for (const index of this.#structures.together) await this.#send(index);
  }

  async #chosenResults(): Promise<readonly StructureModel[]> {
    try {
      return await this.#shelf.chooseResults();
    } catch (error) {
      await this.#session.post({ type: 'notice', text: errorText(error) });
      return [];
    }
  }

  async #add(models: readonly StructureModel[]): Promise<void> {
    if (models.length === 0) return;
    const indices = this.#structures.add(models);
    await this.#session.post({ type: 'models', labels: this.#structures.models.map(({ label }) => label) });
    await this.#layOver(indices);
  }

  async #layOver(indices: readonly number[]): Promise<void> {
    const { structures } = this;
    const wanted = indices.filter((index) => index !== structures.selected && !structures.together.includes(index));
    const laid = wanted.filter((index) => structures.layOver(index));
    this.#remember();
    for (const index of laid) await this.#send(index);
    if (laid.length < wanted.length) {
      const text = vscode.l10n.t('No more structures fit into one view. Remove one that you do not need.');
      await this.#session.post({ type: 'notice', text });
    }
  }

  #remember(): void {
    this.#shelf.remember(this.#subject.key, this.#structures.remembered);
  }

  async #send(index: number): Promise<void> {
    const model = this.#structures.models[index];
    const { serial } = this.#session;
    if (!model) return;
    const reading = new vscode.CancellationTokenSource();
    const { label, source, confidence } = model;
    try {
      const { format, bytes } = await readStructure(source, reading.token);
      // Another structure is below, and it is sent anew; or it was taken away meanwhile.
      if (serial !== this.#session.serial || !this.#structures.together.includes(index)) return;
      const { fileName } = source;
      await this.#session.post({
        type: 'overlay',
        serial,
        index,
        label,
        fileName,
        format,
        bytes,
        ...(confidence && { confidence }),
      });
    } catch (error) {
      this.#structures.takeAway(index);
      const problem = error instanceof Error ? error.message : String(error);
      const text = `${problem} ${error instanceof StructureSourceError ? error.remedy : ''}`.trim();
      await this.#session.post({ type: 'overlay-failed', serial, index, text });
    } finally {
      reading.dispose();
    }
  }
}
