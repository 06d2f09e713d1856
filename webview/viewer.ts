/** Entry of the structure page. */

// First: constants of the other modules are said in the editor's language when they are loaded.
import './texts.ts';

import { t } from '@vscode/l10n';
import { UnreadableStructureError } from './errors.ts';
import { createCanvas } from './glCanvas.ts';
import { connectHost } from './host.ts';
import { StructurePage } from './structurePage.ts';
import type { StructureView } from './structureView.ts';

/** NGL is a script of its own, below this one in the page: all that needs none of it is done while the browser reads it. */
const read = new Promise<void>((resolve) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => resolve());
  else resolve();
});

async function makeView(container: HTMLElement): Promise<StructureView> {
  const canvas = createCanvas(container);
  await read;
  if (!('NGL' in globalThis)) {
    throw new UnreadableStructureError(
      t('The part of the viewer that draws in 3D could not be loaded.'),
      t('Close this tab and open the structure again. If that does not help, install the extension Foldpad anew.'),
    );
  }
  const { createNglView } = await import('./nglView.ts');
  return createNglView(container, canvas);
}

const root = document.getElementById('viewer');
if (root) new StructurePage(root, connectHost(), makeView).start();
