/**
 * What turns a webcam's picture into places in the viewer's cube: how large
 * the screen is, how far away one sits, where the camera is. The viewer's cube
 * has its origin straight before the screen's middle at the stated distance,
 * y up, +z towards the screen, hence +x to the viewer's left.
 */
import type { Point } from "../projection";

export interface Calibration {
  screenWidth: number; // metres
  distance: number; // metres from the screen to the eyes
  cameraAbove: number; // metres from the screen's middle up to the camera
  cameraTilt: number; // radians that the camera looks down from the screen's normal
  focal: number; // focal length over the picture's width
  yaw: number; // radians to the left that the face is taken to point when it looks straight ahead
  pitch: number; // the same upwards; faces differ by ten degrees
}

/** A laptop: 14 inches, arm's length, 62 degrees across. */
export const usual: Calibration = {
  screenWidth: 0.31,
  distance: 0.6,
  cameraAbove: 0.1,
  cameraTilt: 0,
  focal: 0.83,
  yaw: 0,
  pitch: 0,
};

const ranges: { [key in keyof Calibration]: readonly [number, number] } = {
  screenWidth: [0.05, 4],
  distance: [0.2, 4],
  cameraAbove: [-1.5, 1.5],
  cameraTilt: [-0.8, 0.8],
  focal: [0.4, 2.5], // 103 to 23 degrees across
  yaw: [-0.6, 0.6],
  pitch: [-0.6, 0.6],
};

/** The nearest calibration that can be; anything that is no number becomes usual. */
export function checked(given: Partial<Record<keyof Calibration, unknown>>): Calibration {
  const made = { ...usual };
  for (const key of Object.keys(ranges) as (keyof Calibration)[]) {
    const value = given[key];
    const [min, max] = ranges[key];
    if (typeof value === "number" && Number.isFinite(value)) made[key] = Math.min(Math.max(value, min), max);
  }
  return made;
}

/** How far above a 16:9 screen's middle a camera on its upper edge is, metres. */
export const onTop = (screenWidth: number) => (screenWidth * 9) / 32 + 0.01;

/** A point in the camera (x right in its picture, y down, z forward) in the viewer's cube. */
export function toCube(p: Point, c: Calibration): Point {
  const [x, y, z] = levelled(p, c);
  return [x, c.cameraAbove - y, c.distance - z];
}

/** A direction in the camera as one in the viewer's cube. */
export function directionToCube(d: Point, c: Calibration): Point {
  const [x, y, z] = levelled(d, c);
  return [x, -y, -z];
}

/** Turned as if the camera looked along the screen's normal. */
function levelled([x, y, z]: Point, { cameraTilt }: Calibration): Point {
  const [s, k] = [Math.sin(cameraTilt), Math.cos(cameraTilt)];
  return [x, k * y + s * z, k * z - s * y];
}

/**
 * The calibration of somebody who sits at the stated distance now and looks at
 * the screen's middle, as a head that was measured by another: people's eyes
 * differ by 6 %, webcams' fields of view by far more, so the focal length
 * gives way.
 */
export function fitted(head: { eye: Point; yaw: number; pitch: number }, c: Calibration): Calibration {
  const [x, y, z] = head.eye;
  const measured = c.distance - z;
  if (!(measured > 0)) return c;
  return checked({
    ...c,
    focal: (c.focal * c.distance) / measured,
    yaw: c.yaw + head.yaw - Math.atan2(-x, measured),
    pitch: c.pitch + head.pitch - Math.atan2(-y, Math.hypot(x, measured)),
  });
}

const key = "virtualcube.head";

/** The calibration that this browser keeps; usual where it keeps none. */
export function load(store: Pick<Storage, "getItem"> = localStorage): Calibration {
  try {
    return checked(JSON.parse(store.getItem(key) ?? "{}"));
  } catch {
    return { ...usual }; // no storage, or no JSON
  }
}

export function save(c: Calibration, store: Pick<Storage, "setItem"> = localStorage): void {
  try {
    store.setItem(key, JSON.stringify(c));
  } catch {
    // Private windows may refuse; the calibration then lasts as long as the page.
  }
}
