/** Drawing what the page shows: anew when the user wants it otherwise, and in other colours. */

import { t } from '@vscode/l10n';
import { lookOf } from './look.ts';
import { REPRESENTATION_NAMES } from './names.ts';
import type { createOverlay } from './overlay.ts';
import type { PageState } from './pageState.ts';
import type { Scene } from './scene.ts';
import { INITIAL_STATE } from './state.ts';
import type { StructureView } from './structureView.ts';

/** What it asks of the page. */
export interface DrawnPage {
  readonly state: PageState;
  readonly overlay: ReturnType<typeof createOverlay>;
  scene(): Scene | undefined;
  view(): StructureView | undefined;
  /** The shown structure has other colours. */
  recolored(): void;
  fail(problem: string, remedy: string): void;
}

/** How long a drawing may take before the page says that it is drawing (ms). */
const DRAWING_MS = 200;

export class PageDrawing {
  readonly #page: DrawnPage;
  #drawn: Promise<void> = Promise.resolve();

  constructor(page: DrawnPage) {
    this.#page = page;
  }

  /** The drawing in progress, or the last one. Pictures and measurements wait for it. */
  get done(): Promise<void> {
    return this.#drawn;
  }

  /** Draws what is shown as the user's choices say. */
  draw(): Promise<void> {
    this.#drawn = this.#draw();
    return this.#drawn;
  }

  /** Draws it otherwise, and tells what went wrong. */
  async redraw(): Promise<void> {
    const { overlay, state } = this.#page;
    const scene = this.#page.scene();
    if (!scene) return;
    overlay.busy(t('Drawing…'), DRAWING_MS);
    const drawn = this.draw();
    try {
      await drawn;
      // What the page says of a failure meanwhile, or of the next structure, is not this drawing's to take away.
      if (this.#drawn === drawn && this.#page.scene() === scene) overlay.clear();
    } catch (error) {
      if (this.#page.scene() !== scene) return;
      const reason = error instanceof Error ? error.message : String(error);
      const how = REPRESENTATION_NAMES[state.current.representation].toLowerCase();
      this.#page.fail(
        t('The structure could not be drawn as {0}: {1}', how, reason),
        t('Choose Try again: it is then drawn as cartoon, which needs the least memory.'),
      );
      state.change({ representation: INITIAL_STATE.representation });
    }
  }

  recolor(): void {
    const scene = this.#page.scene();
    const view = this.#page.view();
    if (!scene || !view) return;
    // After a drawing that is still under way: it would bring the old colours back.
    this.#drawn = this.#drawn.then(() => {
      if (this.#page.scene() !== scene) return;
      view.recolor(lookOf(scene, this.#page.state.current));
      this.#page.recolored();
    });
  }

  async #draw(): Promise<void> {
    const scene = this.#page.scene();
    if (scene) await this.#page.view()?.draw(lookOf(scene, this.#page.state.current));
  }
}
