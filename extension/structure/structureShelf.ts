/** Where a page finds further structures, and what was laid over which, kept for the workspace. */

import * as vscode from 'vscode';
import { describeError } from '../base/errors.ts';
import { chooseStructureFiles } from './chooseStructureFiles.ts';
import type { RememberedStructures } from './shownStructures.ts';
import { readPaeBeside, sourceFromUri } from './structureSource.ts';
import type { StructureModel } from './structureSubject.ts';

const MEMORY = 'foldpad.structuresTogether';
/** The oldest beyond these are forgotten. */
const MOST_REMEMBERED = 100;

/** What the results side of the extension answers. */
export interface ResultModels {
  /** The model at an address of a result file; undefined when the address is of something else. */
  at(place: vscode.Uri): Promise<StructureModel> | undefined;
  /** Asks the user for predictions; the best model of each. */
  choose(): Promise<readonly StructureModel[]>;
}

/** A structure file as a model. */
export function modelOfFile(uri: vscode.Uri): StructureModel {
  const source = sourceFromUri(uri);
  return { label: source.fileName, source, place: uri, readPae: () => readPaeBeside(uri) };
}

export class StructureShelf {
  readonly #memory: vscode.Memento;
  readonly #results: ResultModels;
  readonly #log: vscode.LogOutputChannel;

  constructor(memory: vscode.Memento, results: ResultModels, log: vscode.LogOutputChannel) {
    this.#memory = memory;
    this.#results = results;
    this.#log = log;
  }

  chooseResults(): Promise<readonly StructureModel[]> {
    return this.#results.choose();
  }

  /** @param beside a structure whose folder is offered first */
  async chooseFiles(beside: vscode.Uri | undefined): Promise<readonly StructureModel[]> {
    return (await chooseStructureFiles(beside)).map(modelOfFile);
  }

  /** What was laid over a subject; undefined when the user never changed it. */
  remembered(key: string): RememberedStructures | undefined {
    return this.#all()[key];
  }

  remember(key: string, structures: RememberedStructures): void {
    const { [key]: _, ...others } = this.#all();
    const kept = Object.entries(others).slice(1 - MOST_REMEMBERED);
    void this.#memory.update(MEMORY, Object.fromEntries([...kept, [key, structures]]));
  }

  /** The models at remembered addresses; undefined for one that is gone. */
  models(places: readonly string[]): Promise<readonly (StructureModel | undefined)[]> {
    return Promise.all(places.map((place) => this.model(vscode.Uri.parse(place))));
  }

  /** A file, or a model of a result. Undefined, with a line in the log, when the result is not there any more. */
  async model(place: vscode.Uri): Promise<StructureModel | undefined> {
    try {
      return await (this.#results.at(place) ?? modelOfFile(place));
    } catch (error) {
      this.#log.warn(`${place.path} is not shown together with others any more: ${describeError(error)}`);
      return undefined;
    }
  }

  #all(): Readonly<Record<string, RememberedStructures>> {
    return this.#memory.get<Record<string, RememberedStructures>>(MEMORY, {});
  }
}
