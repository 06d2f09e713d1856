/** The camera of an NGL stage: where it stands, how it turns, and the pictures that it takes. */

import type * as NGL from 'ngl';
import { type Coordinates, fitCamera } from './camera.ts';
import type { Matrix } from './nglTypes.ts';
import type { ModelSelection, StructureData } from './structureData.ts';
import type { ImageRequest, Orientation } from './structureView.ts';

export class NglCamera {
  readonly #stage: NGL.Stage;
  #spinning = false;
  #moved: () => void = () => {};

  constructor(stage: NGL.Stage) {
    this.#stage = stage;
    stage.viewerControls.signals.changed.add(() => this.#moved());
  }

  onMove(listener: () => void): void {
    this.#moved = listener;
  }

  get orientation(): Orientation {
    // NGL brings its matrix up to date only with the next frame, which may be a while on a busy machine.
    this.#stage.viewer.rotationGroup.updateMatrix();
    return Array.from((this.#stage.viewerControls.getOrientation() as Matrix).elements);
  }

  set orientation(orientation: Orientation) {
    this.#stage.viewerControls.orient(orientation);
  }

  /** All of a structure fills the view. */
  fit(coordinates: Coordinates, data: StructureData, model: ModelSelection): void {
    const { viewer, parameters } = this.#stage;
    this.orientation = fitCamera(coordinates, data, model, viewer, parameters.cameraFov);
  }

  /** @param aboutX and aboutY: radians */
  rotate(aboutX: number, aboutY: number): void {
    this.#stage.viewer.rotationGroup.updateMatrix();
    if (aboutX !== 0) this.#stage.viewerControls.spin([1, 0, 0], aboutX);
    if (aboutY !== 0) this.#stage.viewerControls.spin([0, 1, 0], aboutY);
  }

  /** @param part of the distance, nearer when positive */
  zoom(part: number): void {
    this.#stage.viewerControls.zoom(part);
  }

  setSpin(on: boolean): void {
    this.#spinning = on;
    this.#stage.setSpin(on);
  }

  async makeImage(request: ImageRequest): Promise<Blob> {
    // The picture is drawn in tiles over several turns of the event loop; a spinning molecule would be torn.
    this.#stage.setSpin(false);
    try {
      return await this.#stage.makeImage({ ...request, trim: false });
    } finally {
      if (this.#spinning) this.#stage.setSpin(true);
    }
  }

  dispose(): void {
    this.#stage.setSpin(false);
    this.#stage.viewerControls.signals.changed.removeAll();
  }
}
