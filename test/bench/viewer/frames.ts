/** What is on the screen, frame by frame, as the browser itself gives it out. */

import type { CDPSession, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import type { Box } from './pages.ts';

/** One frame. */
interface Frame {
  /** When it was on the screen: milliseconds since 1970, as `Date.now()`. */
  readonly at: number;
  /** PNG, made smaller. */
  readonly png: Buffer;
}

/** Frames are made this wide at most: enough to count colours, and quick to encode. */
const WIDTH = 320;
/** A frame with this part of the pixels that are coloured in the end shows the structure, not a part of it. */
const ENOUGH = 0.8;
/** Fewer coloured pixels (of a frame of {@link WIDTH}) are no structure. */
const FEWEST = 100;
/** Nothing new for so long: the picture is complete (ms). */
const QUIET_MS = 1_500;
const PATIENCE_MS = 120_000;

/**
 * Pixels within `box` that have one of the two blue colours of high confidence.
 * @param width of the page, CSS pixels
 */
function bluePixels(png: Buffer, box: Box, width: number): number {
  const picture = PNG.sync.read(png);
  const scale = picture.width / width;
  let count = 0;
  for (let y = Math.ceil(box.y * scale); y < Math.floor((box.y + box.height) * scale); y++) {
    for (let x = Math.ceil(box.x * scale); x < Math.floor((box.x + box.width) * scale); x++) {
      const at = (y * picture.width + x) * 4;
      if ((picture.data[at + 2] ?? 0) - (picture.data[at] ?? 0) > 60) count++;
    }
  }
  return count;
}

/** Records a page's frames. */
export class Frames {
  readonly #page: Page;
  readonly #session: CDPSession;
  readonly #box: Box;
  #frames: Frame[] = [];

  private constructor(page: Page, session: CDPSession, box: Box) {
    this.#page = page;
    this.#session = session;
    this.#box = box;
    session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      this.#frames.push({ at: (metadata.timestamp ?? Number.NaN) * 1000, png: Buffer.from(data, 'base64') });
      void session.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
    });
  }

  /** @param box where the structure is drawn */
  static async record(page: Page, box: Box): Promise<Frames> {
    const frames = new Frames(page, await page.context().newCDPSession(page), box);
    await frames.#session.send('Page.startScreencast', { format: 'png', maxWidth: WIDTH, maxHeight: WIDTH });
    return frames;
  }

  /** Number of frames so far. */
  get count(): number {
    return this.#frames.length;
  }

  /** Forgets the frames so far. */
  forget(): void {
    this.#frames = [];
  }

  async stop(): Promise<void> {
    await this.#session.send('Page.stopScreencast');
    await this.#session.detach();
  }

  #blue(frame: Frame | undefined): number {
    return frame ? bluePixels(frame.png, this.#box, this.#page.viewportSize()?.width ?? 1) : 0;
  }

  /**
   * Waits until the coloured structure is on the screen and nothing changes any more.
   * @returns when it was there first, milliseconds since 1970
   * @throws Error when it does not come
   */
  async coloured(): Promise<number> {
    await this.#until((blue) => blue >= FEWEST);
    const final = this.#blue(this.#frames.at(-1));
    return this.#frames.find((frame) => this.#blue(frame) >= ENOUGH * final)?.at ?? Number.NaN;
  }

  /** Waits until something else is on the screen and nothing changes any more. */
  gone(): Promise<void> {
    return this.#until((blue) => blue < FEWEST);
  }

  async #until(done: (blue: number) => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let seen = -1; ; seen = this.count) {
      await this.#page.waitForTimeout(QUIET_MS);
      if (seen === this.count && done(this.#blue(this.#frames.at(-1)))) return;
      if (Date.now() > deadline) throw new Error(`None of ${this.count} frames shows what was waited for.`);
    }
  }
}
