/** A picture of the scene as it is shown: what is in it, what its file says and is called. */

import { t } from '@vscode/l10n';
import { describeProvenance } from './describe.ts';
import { makePicture } from './picture.ts';
import type { PictureOptions } from './picturePopover.ts';
import { coloringFor, modelFor, type Scene, sceneLegend } from './scene.ts';
import type { ViewerState } from './state.ts';
import type { StructureView } from './structureView.ts';
import { backgroundColor, textStyle } from './theme.ts';

/** Text on white or transparent pictures. */
const DARK_TEXT = '#1f1f1f';

/** A picture as a file. */
export interface ScenePicture {
  readonly fileName: string;
  /** What the file of the structure is called, without its endings: what else is saved of it begins so, too. */
  readonly stem: string;
  readonly bytes: Uint8Array;
}

/**
 * Takes it. The view's background changes while it is drawn, and is the editor's again afterwards.
 * @throws Error when the browser cannot hold a picture of that size
 */
export async function takePicture(
  scene: Scene,
  view: StructureView,
  state: ViewerState,
  options: PictureOptions,
): Promise<ScenePicture> {
  const coloring = coloringFor(scene, state.coloring);
  const legend = sceneLegend(scene, coloring, state.palette, modelFor(scene, state.ensembleModel));
  const { title, fileName, provenance } = scene.message;
  const style = textStyle();
  const onEditor = options.background === 'editor';
  const description = [
    t('Coloured by {0}', legend.title),
    legend.mean && t('mean {0}', legend.mean),
    describeProvenance(provenance, scene.header),
  ];
  try {
    if (!onEditor) view.setBackground([255, 255, 255]);
    const bytes = await makePicture(view, options, {
      legend,
      backgroundColor: onEditor ? style.background : '#ffffff',
      textColor: onEditor ? style.color : DARK_TEXT,
      fontFamily: style.family,
      texts: {
        Title: title,
        Description: description.filter((part) => part).join('. '),
        Software: 'Foldpad',
        Source: fileName,
      },
    });
    const stem = fileName.replace(/(\.(pdb|ent|cif|mmcif|bcif))?(\.gz)?$/i, '').slice(0, 120) || 'structure';
    return { fileName: `${stem}-${state.representation.replace('+', '-and-')}-${coloring}.png`, stem, bytes };
  } finally {
    view.setBackground(backgroundColor());
  }
}
