/** Keys of the 3D view, for those who use no mouse. */

import { t } from '@vscode/l10n';
import type { StructureView } from './structureView.ts';

/** Turn of one key press (radians): 24 presses make a full circle. */
const STEP = Math.PI / 12;

/** Part of the distance one key press zooms. */
const ZOOM = 0.1;

/** Makes the canvas take the focus and listen to keys. The listeners go away with the canvas. */
export function listenToKeys(view: StructureView, page: { toggleSpin(): void; selectNothing(): void }): void {
  const { canvas } = view;
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-roledescription', t('3D view'));
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => view.rotate(0, -STEP),
    ArrowRight: () => view.rotate(0, STEP),
    ArrowUp: () => view.rotate(STEP, 0),
    ArrowDown: () => view.rotate(-STEP, 0),
    '+': () => view.zoom(ZOOM),
    '=': () => view.zoom(ZOOM),
    '-': () => view.zoom(-ZOOM),
    r: () => view.resetCamera(),
    R: () => view.resetCamera(),
    s: page.toggleSpin,
    S: page.toggleSpin,
    Escape: page.selectNothing,
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
