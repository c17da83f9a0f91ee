/**
 * The pose of a known shape from one picture of it: POSIT (DeMenthon and
 * Davis, "Model-based object pose in 25 lines of code", 1995) in its form
 * about the centroid. A camera's axes are x right, y down, z forward.
 */
import type { Point } from "../projection";

export type Pixel = readonly [x: number, y: number];

/** Rows of a rotation. */
export type Rotation = readonly [Point, Point, Point];

export interface Pose {
  rotation: Rotation; // shape to camera
  translation: Point; // of the shape's origin, metres in the camera
  /** Root mean square distance of the picture's points from the fitted shape's, in pixels. */
  residual: number;
}

const rounds = 5; // the correction for perspective shrinks tenfold in each

export const dot = (a: Point, b: Point) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const scaled = (a: Point, k: number): Point => [a[0] * k, a[1] * k, a[2] * k];
export const sum = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const turned = (r: Rotation, p: Point): Point => [dot(r[0], p), dot(r[1], p), dot(r[2], p)];
export const normalised = (a: Point): Point => scaled(a, 1 / Math.hypot(...a));

/** A shape whose pose can be fitted; its points must not lie in one plane. */
export class Shape {
  readonly #points: Point[];
  readonly #centroid: Point;
  readonly #inverse: Point[]; // the points' pseudo-inverse, a column a point

  constructor(points: readonly Point[]) {
    this.#centroid = scaled(points.reduce(sum, [0, 0, 0]), 1 / points.length);
    this.#points = points.map((p) => sum(p, scaled(this.#centroid, -1)));
    const square = [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) => this.#points.reduce((total, p) => total + (p[i] ?? 0) * (p[j] ?? 0), 0)),
    ) as unknown as Rotation;
    const columns = [cross(square[1], square[2]), cross(square[2], square[0]), cross(square[0], square[1])];
    const determinant = dot(square[0], columns[0] as Point);
    const adjugate = columns.map((c) => scaled(c, 1 / determinant)) as unknown as Rotation;
    this.#inverse = this.#points.map((p) => turned(adjugate, p));
  }

  /**
   * Fits the pose to where the points are seen, in pixels from the camera's
   * optical axis, with a focal length in pixels. Undefined for pictures that
   * no pose makes.
   */
  fit(seen: readonly Pixel[], focal: number): Pose | undefined {
    const count = this.#points.length;
    if (seen.length !== count || !(focal > 0)) return undefined;
    const stretch = new Array<number>(count).fill(1); // each point's depth over the centroid's
    let rotation: Rotation | undefined;
    let centre: Point = [0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const i: Point = [0, 0, 0];
      const j: Point = [0, 0, 0];
      let [x, y] = [0, 0];
      seen.forEach(([u, v], n) => {
        const k = stretch[n] ?? 1;
        const column = this.#inverse[n] ?? [0, 0, 0];
        for (const axis of [0, 1, 2] as const) {
          i[axis] += column[axis] * u * k;
          j[axis] += column[axis] * v * k;
        }
        x += (u * k) / count;
        y += (v * k) / count;
      });
      const scale = Math.sqrt(Math.hypot(...i) * Math.hypot(...j)); // pixels a metre
      if (!(scale > 0) || !Number.isFinite(scale)) return undefined;
      const turn = squared(i, j);
      const depth = focal / scale;
      centre = [x / scale, y / scale, depth];
      this.#points.forEach((p, n) => {
        stretch[n] = 1 + dot(turn[2], p) / depth;
      });
      rotation = turn;
    }
    if (!rotation) return undefined;
    const translation = sum(centre, scaled(turned(rotation, this.#centroid), -1));
    return { rotation, translation, residual: this.#residual(seen, rotation, centre, focal) };
  }

  #residual(seen: readonly Pixel[], rotation: Rotation, centre: Point, focal: number): number {
    let total = 0;
    this.#points.forEach((p, n) => {
      const [x, y, z] = sum(turned(rotation, p), centre);
      const [u, v] = seen[n] ?? [0, 0];
      total += ((focal * x) / z - u) ** 2 + ((focal * y) / z - v) ** 2;
    });
    return Math.sqrt(total / this.#points.length);
  }
}

/** The rotation whose first two rows are nearest to these directions. */
function squared(i: Point, j: Point): Rotation {
  const [a, b] = [normalised(i), normalised(j)];
  const half = dot(a, b) / 2;
  const first = normalised(sum(a, scaled(b, -half)));
  const third = normalised(cross(first, b));
  return [first, cross(third, first), third];
}
