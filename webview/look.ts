/** How a scene looks with what the user has chosen: for the view, the toolbar and the words. Pure. */

import { t } from '@vscode/l10n';
import type { Coloring } from './coloring.ts';
import { describeSize } from './describe.ts';
import type { Legend } from './legend.ts';
import { REPRESENTATION_NAMES } from './names.ts';
import { coloringFor, modelFor, type Scene, sceneColors, sceneLegend } from './scene.ts';
import type { ViewerState } from './state.ts';
import type { Drawing } from './structureView.ts';

/** What is drawn, and what its colours mean. */
export interface Look extends Drawing {
  readonly coloring: Coloring;
  readonly legend: Legend;
}

export function lookOf(scene: Scene, { coloring: chosen, ensembleModel, palette, representation }: ViewerState): Look {
  const coloring = coloringFor(scene, chosen);
  const model = modelFor(scene, ensembleModel);
  return {
    representation,
    model,
    coloring,
    colors: sceneColors(scene, coloring, palette),
    elementColorsForLigands: coloring !== 'confidence' && coloring !== 'b-factor',
    legend: sceneLegend(scene, coloring, palette, model),
  };
}

/** The drawing in a sentence, for screen readers. */
export function describeDrawing({ message, data }: Scene, { legend, model, representation }: Look): string {
  const colors = legend.mean ? t('{0}, mean {1}', legend.title, legend.mean) : legend.title;
  return t(
    '3D structure of {0}: {1}, drawn as {2}, coloured by {3}. Arrow keys turn it, plus and minus zoom, R resets the view.',
    message.title,
    describeSize(data, model),
    REPRESENTATION_NAMES[representation].toLowerCase(),
    colors,
  );
}
