/**
 * The page as a window into a cube or world: an off-axis projection through a
 * screen that stands anywhere (Kooima, "Generalized perspective projection",
 * 2009). All lengths are metres in the cube.
 */
import { Matrix4, Vector3 } from "three";

export type Point = [number, number, number];

/**
 * The rectangle that the canvas shows. right and up are unit vectors at right
 * angles as the viewer has them; right x up points to the viewer's side.
 */
export interface Screen {
  center: Point;
  right: Point;
  up: Point;
  halfWidth: number;
  halfHeight: number;
}

export const nearPlane = 0.05; // metres
const farPlane = 30;

/** What should be seen, whatever the shape of the canvas. It faces +z unless it says otherwise. */
export interface Framing {
  center: Point;
  right?: Point;
  up?: Point;
  halfWidth: number;
  halfHeight: number;
}

/** The screen of a canvas of this aspect ratio that shows all of the framing. */
export function screenOf(framing: Framing, aspect: number): Screen {
  const halfHeight = Math.max(framing.halfHeight, framing.halfWidth / aspect);
  const { center, right = [1, 0, 0], up = [0, 1, 0] } = framing;
  return { center, right, up, halfWidth: halfHeight * aspect, halfHeight };
}

/** The projection of an eye in front of the screen, for a camera that is turned as the screen is. */
export function projectionOf(screen: Screen, eye: Point, into = new Matrix4()): Matrix4 {
  const [x, y, z] = across(screen, screen.center, eye);
  const k = nearPlane / Math.max(-z, nearPlane);
  return into.makePerspective(
    (x - screen.halfWidth) * k,
    (x + screen.halfWidth) * k,
    (y + screen.halfHeight) * k,
    (y - screen.halfHeight) * k,
    nearPlane,
    farPlane,
  );
}

/** Where the camera of an eye is and how it is turned: from its frame into the cube. */
export function cameraOf(screen: Screen, eye: Point, into = new Matrix4()): Matrix4 {
  const right = new Vector3(...screen.right);
  const up = new Vector3(...screen.up);
  return into.makeBasis(right, up, new Vector3().crossVectors(right, up)).setPosition(...eye);
}

/** Where a point of the cube appears, in pixels from the canvas's upper left corner. */
export function project(
  screen: Screen,
  eye: Point,
  p: Point,
  width: number,
  height: number,
): [number, number] {
  const [cx, cy, cz] = across(screen, screen.center, eye);
  const [px, py, pz] = across(screen, p, eye);
  const x = ((px / pz) * cz - cx) / screen.halfWidth;
  const y = ((py / pz) * cz - cy) / screen.halfHeight;
  return [((1 + x) / 2) * width, ((1 - y) / 2) * height];
}

/** The point of the screen at a pixel, counted from the canvas's upper left corner. */
export function pointAt(screen: Screen, x: number, y: number, width: number, height: number): Point {
  const u = ((2 * x) / width - 1) * screen.halfWidth;
  const v = (1 - (2 * y) / height) * screen.halfHeight;
  const at = (i: 0 | 1 | 2) => screen.center[i] + u * screen.right[i] + v * screen.up[i];
  return [at(0), at(1), at(2)];
}

/** A point as the viewer has it from the eye: to the right, up, and towards the viewer. */
export function across(screen: Screen, p: Point, eye: Point): Point {
  const d: Point = [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]];
  return [dot(d, screen.right), dot(d, screen.up), dot(d, normalOf(screen))];
}

/** The unit vector from the screen to the viewer's side. */
export function normalOf({ right: r, up: u }: Screen): Point {
  return [r[1] * u[2] - r[2] * u[1], r[2] * u[0] - r[0] * u[2], r[0] * u[1] - r[1] * u[0]];
}

const dot = (a: Point, b: Point) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
