/** The NGL stage as this page wants it: its light, and only those of its controls that the page knows of. */

import * as NGL from 'ngl';

/** Makes a stage that fills `container`. */
export function createStage(container: HTMLElement): NGL.Stage {
  const stage = new NGL.Stage(container, {
    tooltip: false,
    sampleLevel: 1,
    clipDist: 1,
    // Even light, little highlight: a band must look like its legend on every side of the molecule.
    lightIntensity: 1.0,
    ambientIntensity: 0.35,
    fogNear: 60,
    fogFar: 100,
  });
  // Its built-in keys and measuring clicks would act without any sign in the page's own controls.
  stage.keyControls.clear();
  stage.mouseControls.remove('clickPick-right');
  stage.mouseControls.remove('clickPick-ctrl-left');
  // Moves the view to what is clicked; here a click selects, and a double click or the sequence comes closer.
  stage.mouseControls.remove('clickPick-left');
  stage.mouseControls.remove('scroll-ctrl');
  stage.mouseControls.remove('hoverPick');
  return stage;
}
