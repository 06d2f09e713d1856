import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beforeMotion, bothMotions, fitCamera } from '../../webview/camera.ts';
import { structureOf } from '../support/structureData.ts';

describe('the camera', () => {
  const number = fc.double({ min: -200, max: 200, noNaN: true });
  const cloud = fc.array(fc.tuple(number, number, number), { minLength: 4, maxLength: 60 });

  it('sees every residue, whatever the shape of structure and window', () => {
    fc.assert(
      fc.property(
        cloud,
        fc.integer({ min: 50, max: 2000 }),
        fc.integer({ min: 50, max: 2000 }),
        (points, width, height) => {
          const axis = (index: 0 | 1 | 2): number[] => points.flatMap((point) => [point[index], point[index]]);
          const data = structureOf(points.map(() => 50));
          const m = fitCamera({ x: axis(0), y: axis(1), z: axis(2) }, data, 0, { width, height }, 40);
          assert.ok(m.length === 16 && m.every(Number.isFinite));
          const [a = 0, b = 0, c = 0] = m;
          const distance = Math.hypot(a, b, c);
          const tangent = Math.tan((20 * Math.PI) / 180);
          for (const [x, y, z] of points) {
            const v = [x + (m[12] ?? 0), y + (m[13] ?? 0), z + (m[14] ?? 0)];
            const row = (index: number): number =>
              ((m[index] ?? 0) * (v[0] ?? 0) + (m[index + 4] ?? 0) * (v[1] ?? 0) + (m[index + 8] ?? 0) * (v[2] ?? 0)) /
              distance;
            const depth = distance + row(2);
            assert.ok(depth > 0);
            assert.ok(Math.abs(row(1)) <= depth * tangent + 1e-6);
            assert.ok(Math.abs(row(0)) <= depth * tangent * (width / height) + 1e-6);
          }
        },
      ),
    );
  });

  it('lays the longest axis along the longer side', () => {
    const data = structureOf(Array.from({ length: 20 }, () => 50));
    const z = data.residues.flatMap((_, index) => [index * 4, index * 4]);
    const wobble = z.map((value) => Math.sin(value));
    const flat = z.map(() => 0);
    const wide = fitCamera({ x: wobble, y: flat, z }, data, 0, { width: 800, height: 400 }, 40);
    const tall = fitCamera({ x: wobble, y: flat, z }, data, 0, { width: 400, height: 800 }, 40);
    // Element 8 is the part of z that goes to the right, element 9 the part that goes up.
    assert.ok(Math.abs(wide[8] ?? 0) > Math.abs(wide[9] ?? 0) * 5);
    assert.ok(Math.abs(tall[9] ?? 0) > Math.abs(tall[8] ?? 0) * 5);
  });

  it('is finite for a structure without atoms', () => {
    const m = fitCamera({ x: [], y: [], z: [] }, structureOf([]), 0, { width: 10, height: 10 }, 40);
    assert.ok(m.every(Number.isFinite));
  });

  it('takes two motions for one', () => {
    /** A quarter of a turn about z, and about x; each with a shift. */
    const first = [0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1];
    const second = [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 7, 0, 1];
    // (1, 2, 3) → (3, 1, 3) → (3, 4, 1).
    const both = bothMotions(first, second);
    const moved = [0, 1, 2].map((row) => [1, 2, 3, 1].reduce((sum, v, k) => sum + v * (both[k * 4 + row] ?? 0), 0));
    assert.deepEqual(moved, [3, 4, 1]);
    assert.equal(both[15], 1);
  });

  it('sees a structure in its own coordinates where it was seen after it was moved', () => {
    const vector = fc.tuple(number, number, number);
    const axis = vector.filter((v) => Math.hypot(...v) > 1);
    /** About an axis by its length in radians, column by column (Rodrigues). */
    const rotation = (v: readonly [number, number, number]): number[] => {
      const angle = Math.hypot(...v);
      const [x, y, z] = v.map((value) => value / angle) as [number, number, number];
      const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
      const skew = [0, z, -y, -z, 0, x, y, -x, 0];
      const u = [x, y, z];
      return skew.map((value, at) => {
        const [row, column] = [at % 3, Math.floor(at / 3)];
        return value * sine + (row === column ? cosine : 0) + (u[row] ?? 0) * (u[column] ?? 0) * (1 - cosine);
      });
    };
    const turn = (m: readonly number[], v: readonly number[]): number[] =>
      [0, 1, 2].map((row) => [0, 1, 2].reduce((sum, k) => sum + (m[k * 3 + row] ?? 0) * (v[k] ?? 0), 0));
    const matrix = (m: readonly number[], scale: number, shift: readonly number[]): number[] => [
      ...[0, 1, 2].flatMap((column) => [...m.slice(column * 3, column * 3 + 3).map((value) => value * scale), 0]),
      ...shift,
      1,
    ];
    const seen = (camera: readonly number[], at: readonly number[]): number[] =>
      turn(
        [0, 1, 2].flatMap((column) => camera.slice(column * 4, column * 4 + 3)),
        at.map((value, index) => value + (camera[12 + index] ?? 0)),
      );
    fc.assert(
      fc.property(axis, vector, axis, vector, vector, (turned, shift, looking, center, atom) => {
        const camera = matrix(rotation(looking), 50, center);
        const moved = turn(rotation(turned), atom).map((value, index) => value + (shift[index] ?? 0));
        const before = seen(beforeMotion(camera, matrix(rotation(turned), 1, shift)), atom);
        for (const [at, value] of seen(camera, moved).entries()) {
          assert.ok(Math.abs(value - (before[at] ?? Number.NaN)) < 1e-3);
        }
      }),
    );
  });
});
