/** Entry of the structure page. */

// First: constants of the other modules are said in the editor's language when they are loaded.
import './texts.ts';

import { connectHost } from './host.ts';
import { createNglView } from './nglView.ts';
import { StructurePage } from './structurePage.ts';

const root = document.getElementById('viewer');
if (root) new StructurePage(root, connectHost(), createNglView).start();
