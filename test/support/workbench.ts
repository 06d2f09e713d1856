// Where things are on the screen of VS Code, and how to reach them without being flaky.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameLocator, Locator, Page, PageScreenshotOptions } from 'playwright-core';
import { ROOT } from '../../scripts/lib/paths.ts';

const SHOTS = path.join(ROOT, 'test', 'e2e', 'shots');
const START_TIMEOUT_MS = 180_000;
const STEP_TIMEOUT_MS = 30_000;
/** One try at something that is repeated when it fails. */
const TRY_TIMEOUT_MS = 5_000;
const TRIES = 6;

/** Matches an element whose whole text is this one. */
function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

/** VS Code's editors show ordinary spaces as no-break spaces. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

/** Repeats something that another part of the screen may disturb, such as a list that closes when focus moves. */
async function retry<T>(page: Page, what: string, attempt: () => Promise<T>): Promise<T> {
  let last: unknown;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await attempt();
    } catch (error) {
      last = error;
      await page.keyboard.press('Escape');
      await delay(500);
    }
  }
  throw new Error(`${what} did not work in ${TRIES} tries`, { cause: last });
}

/** Opens an editor's page and waits until VS Code has finished starting; before that it drops what it is told. */
export async function openWorkbench(page: Page, url: string): Promise<void> {
  await page.goto(url, { timeout: START_TIMEOUT_MS });
  await started(page);
}

/**
 * Reloads the window as a user does who wants to find it again as it was: the editor's own command writes down what is
 * open. A page that is just loaded anew is what it was some seconds before.
 */
export async function reloadWindow(page: Page): Promise<void> {
  await Promise.all([
    page.waitForEvent('domcontentloaded', { timeout: START_TIMEOUT_MS }),
    runCommandNamed(page, 'Developer: Reload Window'),
  ]);
  await started(page);
}

async function started(page: Page): Promise<void> {
  await page.locator('.monaco-workbench').waitFor({ timeout: START_TIMEOUT_MS });
  await page.waitForFunction(
    () => performance.getEntriesByName('code/LifecyclePhase/Eventually').length > 0,
    undefined,
    { timeout: START_TIMEOUT_MS },
  );
}

/** The file or folder of this name in the explorer. */
export function explorerRow(page: Page, name: string): Locator {
  return page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: exactly(name) });
}

/**
 * Opens a file of the explorer as text, and waits until that text has the keyboard. Its tab is there before it, and who
 * opens the command palette in between is offered what suits the explorer: a "Format Document" that formats nothing.
 */
export async function openText(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  await retry(page, `opening ${name}`, async () => {
    await explorerRow(page, name).dblclick({ timeout: TRY_TIMEOUT_MS });
    const tab = page.locator('.tabs-container .tab.active').filter({ hasText: name });
    await tab.first().waitFor({ timeout: TRY_TIMEOUT_MS });
    await page.locator('.editor-instance .monaco-editor.focused').waitFor({ timeout: TRY_TIMEOUT_MS });
  });
}

/** An entry of the menu that is open. */
export function menuItem(page: Page, label: string): Locator {
  return page.locator('.monaco-menu .action-item').filter({ hasText: exactly(label) });
}

/** The editor's menus ignore the mouse for the first 100 ms. */
const MENU_SETTLES_MS = 250;

/** Opens the context menu of something and waits until it is there. */
export async function openContextMenu(page: Page, target: Locator): Promise<void> {
  await retry(page, 'opening a context menu', async () => {
    await target.click({ button: 'right', timeout: TRY_TIMEOUT_MS });
    await page.locator('.monaco-menu .action-item').first().waitFor({ timeout: TRY_TIMEOUT_MS });
  });
}

/** Chooses an entry of something's context menu. */
export async function chooseInContextMenu(page: Page, target: Locator, label: string): Promise<void> {
  await retry(page, `choosing "${label}" in a context menu`, async () => {
    await target.click({ button: 'right', timeout: TRY_TIMEOUT_MS });
    const item = menuItem(page, label);
    await item.hover({ timeout: TRY_TIMEOUT_MS });
    // A menu that has just opened takes a release of the button for the end of the click that opened it.
    await page.waitForTimeout(MENU_SETTLES_MS);
    await item.click({ timeout: TRY_TIMEOUT_MS });
    await item.waitFor({ state: 'hidden', timeout: TRY_TIMEOUT_MS });
  });
}

/** The icon of a view container in the activity bar. */
export function activityIcon(page: Page, label: string): Locator {
  return page.locator(`.activitybar a.action-label[aria-label="${label}"]`).first();
}

/** Shows a view container in the side bar. */
export async function showContainer(page: Page, label: string): Promise<void> {
  const icon = activityIcon(page, label);
  await icon.waitFor({ timeout: STEP_TIMEOUT_MS });
  const title = page.locator('.sidebar .composite.title, .sidebar .title-label').filter({ hasText: label });
  await retry(page, `showing ${label}`, async () => {
    if (!(await title.first().isVisible())) await icon.click({ timeout: TRY_TIMEOUT_MS });
    await title.first().waitFor({ timeout: TRY_TIMEOUT_MS });
  });
}

/** A row of the tree in the side bar that contains this text. */
export function treeRow(page: Page, text: string | RegExp): Locator {
  return page.locator('.sidebar .monaco-list-row').filter({ hasText: text });
}

/** An icon button; one that has a key is called "Delete… (Delete)". */
function iconButton(within: Locator, label: string): Locator {
  return within.locator(`.action-label[aria-label="${label}"], .action-label[aria-label^="${label} ("]`).first();
}

/** Clicks an inline button of a tree row; it appears only under the mouse. */
export async function clickInline(page: Page, row: Locator, label: string): Promise<void> {
  await retry(page, `the button "${label}" of a row`, async () => {
    await row.hover({ timeout: TRY_TIMEOUT_MS });
    await iconButton(row, label).click({ timeout: TRY_TIMEOUT_MS });
  });
}

/** Clicks a button in the title of the side bar's view. */
export async function clickViewTitle(page: Page, label: string): Promise<void> {
  await retry(page, `the button "${label}" of the view`, async () => {
    await page.locator('.sidebar .pane-header, .sidebar .composite.title').first().hover({ timeout: TRY_TIMEOUT_MS });
    await iconButton(page.locator('.sidebar'), label).click({ timeout: TRY_TIMEOUT_MS });
  });
}

/** Types into the quick pick or input box that is open. */
export async function typeQuickly(page: Page, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget input').and(page.locator(':visible')).first();
  await input.fill(text, { timeout: TRY_TIMEOUT_MS });
}

/** A row of the quick pick that is open. */
export function quickPickRow(page: Page, text: string | RegExp): Locator {
  return page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
}

/** Waits for a quick pick and takes one of its rows. */
export async function pick(page: Page, text: string | RegExp): Promise<void> {
  await page.locator('.quick-input-widget').waitFor({ timeout: STEP_TIMEOUT_MS });
  await quickPickRow(page, text).click({ timeout: STEP_TIMEOUT_MS });
}

/** Runs a command by its title in the command palette, and picks further rows after it if given. */
export async function runCommandNamed(page: Page, title: string, ...thenPick: string[]): Promise<void> {
  await retry(page, `the command "${title}"`, async () => {
    await page.keyboard.press('F1');
    for (const [index, text] of [title, ...thenPick].entries()) {
      await typeQuickly(page, index === 0 ? `>${text}` : text);
      await quickPickRow(page, text).click({ timeout: TRY_TIMEOUT_MS });
    }
  });
}

/** Presses a key until it shows what it should: one that comes while the editor is still busy may show nothing. */
export async function pressUntil(page: Page, key: string, shown: Locator): Promise<void> {
  await retry(page, `pressing ${key}`, async () => {
    await page.keyboard.press(key);
    await shown.waitFor({ timeout: TRY_TIMEOUT_MS });
  });
}

/** Points somewhere else, and waits until nothing that the mouse had brought up covers anything. */
export async function endHover(page: Page): Promise<void> {
  await page.mouse.move(1, 1);
  await page.locator('.monaco-hover:visible').waitFor({ state: 'detached', timeout: STEP_TIMEOUT_MS });
}

/** The text of the open output channel that is on the screen. */
export async function outputText(page: Page): Promise<string> {
  const lines = await page.locator('.part.panel .view-lines').allInnerTexts();
  return plain(lines.join('\n'));
}

/** Waits until the open output channel shows a text. */
export async function waitForOutput(page: Page, text: string | RegExp, timeoutMs = STEP_TIMEOUT_MS): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let shown = '';
  while (Date.now() < deadline) {
    shown = await outputText(page);
    if (typeof text === 'string' ? shown.includes(text) : text.test(shown)) return;
    await delay(250);
  }
  throw new Error(`the output channel did not show ${text} in ${timeoutMs} ms; it shows:\n${shown}`);
}

/** The page inside the visible webview. */
export function webview(page: Page): FrameLocator {
  return page.locator('iframe.webview:visible').first().contentFrame().frameLocator('iframe#active-frame');
}

/** The tab of an open editor. */
export function editorTab(page: Page, name: string | RegExp): Locator {
  return page.locator('.tabs-container .tab').filter({ hasText: name });
}

/** A notification on the screen. Not shown in an editor started with `testDriver`. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notifications-toasts .notification-toast').filter({ hasText: text });
}

/** Presses a button of a notification. */
export async function pressInNotification(page: Page, text: string | RegExp, button: string): Promise<void> {
  await notification(page, text)
    .locator('.monaco-button')
    .filter({ hasText: exactly(button) })
    .click({
      timeout: STEP_TIMEOUT_MS,
    });
}

/** Answers the modal dialog that is open. */
export async function answerDialog(page: Page, button: string): Promise<void> {
  await page
    .locator('.monaco-dialog-box .monaco-button')
    .filter({ hasText: exactly(button) })
    .click({
      timeout: STEP_TIMEOUT_MS,
    });
}

/** The items of the status bar with this text. */
export function statusItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.part.statusbar .statusbar-item').filter({ hasText: text });
}

/** Saves a picture of the screen as test/e2e/shots/NAME.png, for a person to look at. */
export async function screenshot(page: Page, name: string, options: PageScreenshotOptions = {}): Promise<string> {
  await mkdir(SHOTS, { recursive: true });
  const file = path.join(SHOTS, `${name.replace(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ ...options, path: file });
  return file;
}
