/** The canvas of the 3D view, made before the library that draws on it. */

/**
 * What NGL asks of its context (three.js fills in the rest): a context that exists already is taken as it is.
 * https://github.com/nglviewer/ngl/blob/v2.5.0/src/viewer/viewer.ts (`_initRenderer`)
 */
const ATTRIBUTES: WebGLContextAttributes = {
  alpha: true,
  antialias: true,
  depth: true,
  stencil: true,
  premultipliedAlpha: true,
  preserveDrawingBuffer: true,
  powerPreference: 'default',
  failIfMajorPerformanceCaveat: false,
};

/**
 * Makes a canvas with a WebGL 2 context, as large as `container`. The driver takes its time for a context: it has it
 * while the browser still reads the library.
 *
 * @returns nothing where there is no WebGL 2
 */
export function createCanvas(container: HTMLElement): HTMLCanvasElement | undefined {
  const canvas = document.createElement('canvas');
  const { width, height } = container.getBoundingClientRect();
  canvas.width = Math.floor(width * window.devicePixelRatio);
  canvas.height = Math.floor(height * window.devicePixelRatio);
  return canvas.getContext('webgl2', ATTRIBUTES) ? canvas : undefined;
}

/** Runs `make`, whose first canvas is to be this one: NGL makes its renderer itself, and leaves no place to give it one. */
export function withCanvas<T>(canvas: HTMLCanvasElement | undefined, make: () => T): T {
  if (!canvas) return make();
  const create = document.createElementNS;
  const restore = (): void => {
    document.createElementNS = create;
  };
  document.createElementNS = ((namespace: string, name: string, options?: ElementCreationOptions) => {
    if (name !== 'canvas') return create.call(document, namespace, name, options);
    restore();
    return canvas;
  }) as typeof create;
  try {
    return make();
  } finally {
    restore();
  }
}
