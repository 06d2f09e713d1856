/** The NGL stage as this page wants it: its light, and only those of its controls that the page knows of. */

import * as NGL from 'ngl';
import { withCanvas } from './glCanvas.ts';
import { CARTOON_SIDE } from './representations.ts';

/** Part of three.js, which ships no declarations here. */
interface ShaderChecks {
  readonly debug: { checkShaderErrors: boolean };
}

/**
 * Makes a stage that fills `container`.
 * @param canvas to draw on, with a WebGL 2 context; NGL makes one when there is none
 * @throws Error when this browser cannot draw in 3D
 */
export function createStage(container: HTMLElement, canvas: HTMLCanvasElement | undefined): NGL.Stage {
  const parameters = {
    tooltip: false,
    // Drawn once, also when it stands still: the canvas smooths edges itself (docs/adr/028).
    sampleLevel: -1,
    clipDist: 1,
    // Even light, little highlight: a band must look like its legend on every side of the molecule.
    lightIntensity: 1.0,
    ambientIntensity: 0.35,
    fogNear: 60,
    fogFar: 100,
  };
  const stage = withCanvas(canvas, () => new NGL.Stage(container, parameters));
  // NGL does not throw: it puts a text in English into the element, and leaves itself half made.
  if (!stage.viewer.renderer) {
    container.replaceChildren();
    throw new Error('There is no WebGL.');
  }
  // Asking the driver what it thinks of each shader makes the page wait for its compiler.
  (stage.viewer.renderer as unknown as ShaderChecks).debug.checkShaderErrors = false;
  // Its built-in keys and measuring clicks would act without any sign in the page's own controls.
  stage.keyControls.clear();
  stage.mouseControls.remove('clickPick-right');
  stage.mouseControls.remove('clickPick-ctrl-left');
  // Moves the view to what is clicked; here a click selects, and a double click or the sequence comes closer.
  stage.mouseControls.remove('clickPick-left');
  stage.mouseControls.remove('scroll-ctrl');
  stage.mouseControls.remove('hoverPick');
  warmUp(stage);
  return stage;
}

/**
 * Draws a triangle without extent, with the shaders of cartoons: the driver then compiles them while the file is read
 * and understood, and not when everything waits for the first picture. The triangle is never disposed of: it keeps the
 * shaders compiled while one structure makes room for the next.
 */
function warmUp(stage: NGL.Stage): void {
  const nothing = new Float32Array(9);
  const buffer = new NGL.MeshBuffer(
    { position: nothing, color: nothing, normal: nothing, index: new Uint16Array([0, 1, 2]) },
    // As representations have it: shaders differ by it.
    { side: CARTOON_SIDE, useInteriorColor: true },
  );
  stage.viewer.add(buffer);
  stage.viewer.render();
  stage.viewer.remove(buffer);
}
