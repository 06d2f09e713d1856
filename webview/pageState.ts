/** What the user has chosen in the page, remembered as it changes. */

import type { StructureMessage } from '../extension/structure/protocol.ts';
import type { Host } from './host.ts';
import type { RememberedMarks, ViewerState } from './state.ts';
import type { Orientation } from './structureView.ts';

/** How often a moving camera, and marks, are remembered (ms). */
const REMEMBER_MS = 250;
/** As many structures keep their marks: more than a result of AlphaFold has models. */
const MOST_MARKED = 30;

export class PageState {
  readonly #host: Host;
  #state: ViewerState;
  /** For a model that was asked for and is not shown yet. */
  #nextCamera: { readonly selectedModel: number; readonly orientation: Orientation } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is marked and not remembered yet. */
  #marks: RememberedMarks | undefined;
  #marksTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the camera is that of `subject`. While a structure is drawn for the first time, it still is the last one's. */
  #isPlaced = false;

  constructor(host: Host) {
    this.#host = host;
    this.#state = host.readState();
  }

  get current(): ViewerState {
    return this.#state;
  }

  change(change: Partial<ViewerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#host.writeState(this.#state);
  }

  /** The next structure that is shown is seen like this, if it is that model. */
  seeNext(selectedModel: number, orientation: Orientation | undefined): void {
    this.#nextCamera = orientation && { selectedModel, orientation };
  }

  /** Another structure is shown: keeps what was chosen, forgets the camera unless it is the same one again. */
  adopt(message: Omit<StructureMessage, 'bytes'>): void {
    const subject = `${message.title}\n${message.fileName}\n${message.selectedModel}`;
    const { orientation: former, restore: _, ...kept } = this.#state;
    const same = message.reloaded && this.#state.subject === subject;
    const next = this.#nextCamera?.selectedModel === message.selectedModel ? this.#nextCamera : undefined;
    this.#nextCamera = undefined;
    this.#isPlaced = false;
    const orientation = next?.orientation ?? (same ? former : undefined);
    this.#state = {
      ...kept,
      subject,
      selectedModel: message.selectedModel,
      ensembleModel: same ? kept.ensembleModel : 0,
      ...(orientation && { orientation }),
      ...(message.restore !== undefined && { restore: message.restore }),
    };
    this.#host.writeState(this.#state);
  }

  /** What is marked in a structure has changed. */
  rememberMarks(marks: RememberedMarks): void {
    if (this.#marks && this.#marks.sha256 !== marks.sha256) this.#keepMarks();
    this.#marks = marks;
    // Not at once: who drags over a long sequence marks anew with each step.
    this.#marksTimer ??= setTimeout(() => this.#keepMarks(), REMEMBER_MS);
  }

  #keepMarks(): void {
    clearTimeout(this.#marksTimer);
    this.#marksTimer = undefined;
    const marks = this.#marks;
    this.#marks = undefined;
    if (!marks) return;
    const others = this.#state.marks.filter(({ sha256 }) => sha256 !== marks.sha256);
    const isNone = marks.selected.length === 0 && marks.distances.length === 0;
    if (isNone && others.length === this.#state.marks.length) return;
    this.change({ marks: [...others, ...(isNone ? [] : [marks])].slice(-MOST_MARKED) });
  }

  /** What was marked in a structure when it was shown last. */
  marksOf(sha256: string): RememberedMarks | undefined {
    this.#keepMarks();
    return this.#state.marks.find((marks) => marks.sha256 === sha256);
  }

  /** The camera has been placed for the structure that was adopted: from now on it is worth remembering. */
  placed(): void {
    this.#isPlaced = true;
  }

  /** The camera moves. @param orientation asked after a while; undefined when nothing is shown any more */
  rememberSoon(orientation: () => Orientation | undefined): void {
    // Not restarted by each move: a spinning structure moves without end and is remembered all the same.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const now = this.#isPlaced ? orientation() : undefined;
      if (now) this.change({ orientation: now });
    }, REMEMBER_MS);
  }
}
