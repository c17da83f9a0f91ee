import type { Point } from "../projection";

/**
 * Points of a mean adult face that hardly move with its expression, in metres:
 * x to the picture's right, y down, z away from a camera that it looks into.
 * Positions are those of the canonical face of MediaPipe (Apache-2.0), to the
 * millimetre; indices are its face mesh's. The eyes are 63 mm apart.
 */
const rigid: readonly [index: number, x: number, y: number, z: number][] = [
  [151, 0, -65, -50], // forehead
  [9, 0, -49, -54],
  [168, 0, -33, -52], // root of the nose
  [6, 0, -25, -58],
  [5, 0, -4, -72],
  [4, 0, 5, -76],
  [1, 0, 11, -75], // tip of the nose
  [2, 0, 21, -61],
  [129, -18, 10, -49], // sides of the nose
  [358, 18, 10, -49],
  [33, -44, -27, -32], // corners of the eyes
  [133, -19, -26, -38],
  [362, 19, -26, -38],
  [263, 44, -27, -32],
  [50, -48, 7, -35], // cheekbones
  [280, 48, 7, -35],
];

/** Indices into the face mesh of the points that the pose is fitted to. */
export const rigidIndices: readonly number[] = rigid.map(([index]) => index);

/** Where those points are on the mean face. */
export const rigidPoints: readonly Point[] = rigid.map(([, x, y, z]) => [x / 1000, y / 1000, z / 1000]);

/** The point between the pupils of the mean face. */
export const betweenEyes: Point = [0, -0.026, -0.034];

/** The outer corners of the eyes in the face mesh, the picture's left one first. */
export const outerCorners = [33, 263] as const;
