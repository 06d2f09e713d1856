/**
 * NGL's self-contained build has no declarations of its own; it exports what the package declares.
 * (`ngl.umd.js`, the package's main file, needs three.js and others from outside and cannot be bundled as it is.)
 */
declare module 'ngl/dist/ngl.js' {
  // biome-ignore lint/performance/noReExportAll: this declares another module's exports, it bundles nothing
  export * from 'ngl';
}
