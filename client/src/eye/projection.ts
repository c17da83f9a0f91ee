/**
 * The page as a window into the cube: an off-axis projection through a fixed
 * screen plane (Kooima, "Generalized perspective projection", 2009). The
 * plane faces +z; all lengths are metres in the cube.
 */
import { Matrix4 } from "three";

export type Point = [number, number, number];

/** The rectangle that the canvas shows. */
export interface Screen {
  center: Point;
  halfWidth: number;
  halfHeight: number;
}

export const nearPlane = 0.05; // metres
const farPlane = 30;

/** What of the cube should be seen, whatever the shape of the canvas. */
export interface Framing {
  center: Point;
  halfWidth: number;
  halfHeight: number;
}

/** The screen of a canvas of this aspect ratio that shows all of the framing. */
export function screenOf(framing: Framing, aspect: number): Screen {
  const halfHeight = Math.max(framing.halfHeight, framing.halfWidth / aspect);
  return { center: framing.center, halfWidth: halfHeight * aspect, halfHeight };
}

/** The projection of an eye in front of the screen. The camera does not turn. */
export function projectionOf(screen: Screen, eye: Point, into = new Matrix4()): Matrix4 {
  const distance = Math.max(eye[2] - screen.center[2], nearPlane);
  const k = nearPlane / distance;
  const x = screen.center[0] - eye[0];
  const y = screen.center[1] - eye[1];
  return into.makePerspective(
    (x - screen.halfWidth) * k,
    (x + screen.halfWidth) * k,
    (y + screen.halfHeight) * k,
    (y - screen.halfHeight) * k,
    nearPlane,
    farPlane,
  );
}

/** Where a point of the cube appears, in pixels from the canvas's upper left corner. */
export function project(
  screen: Screen,
  eye: Point,
  p: Point,
  width: number,
  height: number,
): [number, number] {
  const k = (eye[2] - screen.center[2]) / (eye[2] - p[2]);
  const x = (eye[0] + (p[0] - eye[0]) * k - screen.center[0]) / screen.halfWidth;
  const y = (eye[1] + (p[1] - eye[1]) * k - screen.center[1]) / screen.halfHeight;
  return [((1 + x) / 2) * width, ((1 - y) / 2) * height];
}
