/** Where to put the camera so that a structure fills the view and shows its broad side. Pure. */

import { type ModelSelection, polymerResidues, type ResidueInfo, type StructureData } from './structureData.ts';
import type { Orientation } from './structureView.ts';

/** Coordinates of atoms (Å), one array per axis. */
export interface Coordinates {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly z: ArrayLike<number>;
}

type Vector = readonly [number, number, number];

/** Up to here every atom is looked at; beyond it one for each residue. */
const MANY_ATOMS = 50_000;

/** Room around atoms for spheres and surfaces, and around backbones for side chains as well (Å). */
const MARGIN = { atoms: 2.5, residues: 8 };

/**
 * The camera matrix: rotation, times distance, and minus the centre as its last column. The longest axis lies along the
 * longer side of the view and the shortest points at the viewer; the first residue is on the upper left.
 * @param size of the view, CSS pixels
 * @param fieldOfView vertical, degrees
 */
export function fitCamera(
  coordinates: Coordinates,
  data: StructureData,
  model: ModelSelection,
  size: { readonly width: number; readonly height: number },
  fieldOfView: number,
): Orientation {
  const shown = shownResidues(data, model);
  const byAtom = data.atomCount <= MANY_ATOMS;
  const margin = byAtom ? MARGIN.atoms : MARGIN.residues;
  const points = pointsOf(coordinates, byAtom ? atomsOf(data, new Set(shown)) : shown.map(({ atom }) => atom));
  const mean = centroid(points);
  const [longest, middle] = principalAxes(points, mean);
  const wide = size.width >= size.height;
  const first: Vector = points.length > 0 ? minus([points[0] ?? 0, points[1] ?? 0, points[2] ?? 0], mean) : [0, 0, 0];
  // The camera stands on the negative z axis and sees x growing to the left.
  const right = pointingTo(wide ? longest : middle, first);
  const up = pointingTo(wide ? middle : longest, first);
  const depth = cross(right, up);

  const turned = turn(points, mean, right, up, depth);
  const shift: Vector = [middleOf(turned, 0), middleOf(turned, 1), middleOf(turned, 2)];
  const tangent = Math.tan((fieldOfView * Math.PI) / 360);
  const aspect = Math.max(1, size.width) / Math.max(1, size.height);
  let distance = 10;
  for (let at = 0; at < turned.length; at += 3) {
    const across = (Math.abs((turned[at] ?? 0) - shift[0]) + margin) / aspect;
    const along = Math.abs((turned[at + 1] ?? 0) - shift[1]) + margin;
    distance = Math.max(distance, Math.max(across, along) / tangent - ((turned[at + 2] ?? 0) - shift[2]));
  }
  const center = [0, 1, 2].map(
    (axis) =>
      (mean[axis] ?? 0) + (right[axis] ?? 0) * shift[0] + (up[axis] ?? 0) * shift[1] + (depth[axis] ?? 0) * shift[2],
  );
  const columns = [0, 1, 2].flatMap((axis) => [
    (right[axis] ?? 0) * distance,
    (up[axis] ?? 0) * distance,
    (depth[axis] ?? 0) * distance,
    0,
  ]);
  return [...columns, ...center.map((value) => -value), 1];
}

/** The same view from `factor` times as far. */
export function fartherAway(orientation: Orientation, factor: number): Orientation {
  // The first three columns are the rotation times the distance.
  return orientation.map((value, at) => (at < 12 && at % 4 < 3 ? value * factor : value));
}

/**
 * The camera that sees a structure where it lies now, once it is shown in its own coordinates.
 * @param motion what moved it there: a rotation and a shift (Å), column by column
 */
export function beforeMotion(orientation: Orientation, motion: Orientation): Orientation {
  const at = (matrix: Orientation, row: number, column: number): number => matrix[column * 4 + row] ?? 0;
  const axes = [0, 1, 2];
  // The camera turns what was shifted, so with x = Qy + t: R(x + c) = RQ(y + Qᵀ(t + c)).
  const turned = axes.flatMap((column) => [
    ...axes.map((row) => axes.reduce((sum, k) => sum + at(orientation, row, k) * at(motion, k, column), 0)),
    0,
  ]);
  const shift = axes.map((row) =>
    axes.reduce((sum, k) => sum + at(motion, k, row) * (at(motion, k, 3) + at(orientation, k, 3)), 0),
  );
  return [...turned, ...shift, 1];
}

/** Two motions, one after the other. */
export function bothMotions(first: Orientation, second: Orientation): Orientation {
  const axes = [0, 1, 2, 3];
  return axes.flatMap((column) =>
    axes.map((row) => axes.reduce((sum, k) => sum + (second[k * 4 + row] ?? 0) * (first[column * 4 + k] ?? 0), 0)),
  );
}

/** The chains, or where there are none all but water. */
function shownResidues(data: StructureData, model: ModelSelection): readonly ResidueInfo[] {
  const polymer = polymerResidues(data, model);
  if (polymer.length > 2) return polymer;
  return data.residues.filter((residue) => residue.kind !== 'water' && (model === 'all' || residue.model === model));
}

function atomsOf(data: StructureData, residues: ReadonlySet<ResidueInfo>): number[] {
  const atoms: number[] = [];
  for (let atom = 0; atom < data.atomCount; atom++) {
    const residue = data.residues[data.residueOfAtom[atom] ?? -1];
    if (residue && residues.has(residue)) atoms.push(atom);
  }
  return atoms;
}

/** Three numbers for each point, here and below: a list of lists would take ten times as long. */
function pointsOf({ x, y, z }: Coordinates, atoms: readonly number[]): Float64Array {
  const points = new Float64Array(atoms.length * 3);
  let at = 0;
  for (const atom of atoms) {
    points[at++] = x[atom] ?? 0;
    points[at++] = y[atom] ?? 0;
    points[at++] = z[atom] ?? 0;
  }
  return points;
}

function centroid(points: Float64Array): Vector {
  let [x, y, z] = [0, 0, 0];
  for (let at = 0; at < points.length; at += 3) {
    x += points[at] ?? 0;
    y += points[at + 1] ?? 0;
    z += points[at + 2] ?? 0;
  }
  const n = Math.max(1, points.length / 3);
  return [x / n, y / n, z / n];
}

/** The points seen from `mean`, along three axes. */
function turn(points: Float64Array, mean: Vector, right: Vector, up: Vector, depth: Vector): Float64Array {
  const turned = new Float64Array(points.length);
  for (let at = 0; at < points.length; at += 3) {
    const x = (points[at] ?? 0) - mean[0];
    const y = (points[at + 1] ?? 0) - mean[1];
    const z = (points[at + 2] ?? 0) - mean[2];
    turned[at] = x * right[0] + y * right[1] + z * right[2];
    turned[at + 1] = x * up[0] + y * up[1] + z * up[2];
    turned[at + 2] = x * depth[0] + y * depth[1] + z * depth[2];
  }
  return turned;
}

/** Half way between the least and the greatest coordinate along an axis. */
function middleOf(points: Float64Array, axis: 0 | 1 | 2): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = axis; at < points.length; at += 3) {
    const value = points[at] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return points.length === 0 ? 0 : (low + high) / 2;
}

/** The two directions of greatest spread, at right angles, by power iteration on the covariance. */
function principalAxes(points: Float64Array, mean: Vector): [Vector, Vector] {
  let [xx, xy, xz, yy, yz, zz] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < points.length; at += 3) {
    const x = (points[at] ?? 0) - mean[0];
    const y = (points[at + 1] ?? 0) - mean[1];
    const z = (points[at + 2] ?? 0) - mean[2];
    xx += x * x;
    xy += x * y;
    xz += x * z;
    yy += y * y;
    yz += y * z;
    zz += z * z;
  }
  const apply = ([x, y, z]: Vector): Vector => [
    xx * x + xy * y + xz * z,
    xy * x + yy * y + yz * z,
    xz * x + yz * y + zz * z,
  ];
  const strongest = (start: Vector, without?: Vector): Vector => {
    let v = unit(without ? reject(start, without) : start);
    for (let i = 0; i < 100; i++) {
      const next = apply(v);
      const cleaned = without ? reject(next, without) : next;
      if (dot(cleaned, cleaned) < 1e-12) break;
      v = unit(cleaned);
    }
    return v;
  };
  const first = strongest([0.6, 0.5, 0.4]);
  // Any start that is not parallel to the first axis will do.
  const second = strongest(Math.abs(first[0]) < 0.8 ? [1, 0, 0] : [0, 1, 0], first);
  return [first, second];
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const times = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];
const unit = (a: Vector): Vector => times(a, 1 / (Math.hypot(...a) || 1));
const reject = (a: Vector, from: Vector): Vector => minus(a, times(from, dot(a, from)));
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const pointingTo = (axis: Vector, direction: Vector): Vector => (dot(axis, direction) < 0 ? times(axis, -1) : axis);
