import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { colouredPixels } from './pixels.ts';

/** More than legend, buttons and text of the page have together. */
const DRAWN_PIXELS = 2_500;

/**
 * Waits until the visible page of a structure has drawn something.
 * @param atLeast coloured pixels that there must be
 * @returns how many there are
 */
export async function structureDrawn(page: Page, timeoutMs: number, atLeast = DRAWN_PIXELS): Promise<number> {
  const frame = page.locator('iframe.webview:visible').first();
  await frame.waitFor({ timeout: timeoutMs });
  for (const deadline = Date.now() + timeoutMs; ; await delay(500)) {
    const pixels = colouredPixels(await frame.screenshot());
    if (pixels > atLeast) return pixels;
    assert.ok(Date.now() < deadline, `${pixels} coloured pixels`);
  }
}
