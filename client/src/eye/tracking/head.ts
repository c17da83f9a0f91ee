import type { Point } from "../projection";
import { type Calibration, directionToCube, toCube } from "./calibration";
import { betweenEyes, outerCorners, rigidIndices, rigidPoints } from "./face";
import { type Pixel, Shape, scaled, sum, turned } from "./pose";

/** Where a head is and looks, in the viewer's cube (see calibration.ts). */
export interface Head {
  eye: Point; // between the eyes, metres
  forward: Point; // unit; where the face points
  yaw: number; // radians to the viewer's left
  pitch: number; // radians upwards
  confidence: number; // 0 to 1
}

/** A face in a picture. */
export interface Landmarks {
  points: readonly Pixel[]; // those of rigidIndices, pixels from the upper left corner
  presence: number; // 0 to 1, as the network says
  width: number; // of the picture, pixels
  height: number;
}

const face = new Shape(rigidPoints);
const corners = outerCorners.map((index) => rigidIndices.indexOf(index));

// Residual over the eyes' distance: up to the first it is a face, beyond the second none.
const good = 0.09;
const bad = 0.25;

const reach = [0.1, 10] as const; // metres from the camera

/** The head whose face this is; undefined where no head makes such a picture. */
export function headOf(seen: Landmarks, c: Calibration): Head | undefined {
  const centred = seen.points.map(([x, y]): Pixel => [x - seen.width / 2, y - seen.height / 2]);
  const pose = face.fit(centred, c.focal * seen.width);
  const [a, b] = corners.map((n) => centred[n]);
  if (!pose || !a || !b) return undefined;
  const depth = pose.translation[2];
  if (!(depth > reach[0] && depth < reach[1])) return undefined;
  const eye = toCube(sum(turned(pose.rotation, betweenEyes), pose.translation), c);
  const [left, up, ahead] = directionToCube(scaled(turned(pose.rotation, [0, 0, 1]), -1), c);
  const yaw = Math.atan2(left, ahead) - c.yaw;
  const pitch = Math.asin(Math.min(Math.max(up, -1), 1)) - c.pitch;
  const misfit = pose.residual / Math.hypot(a[0] - b[0], a[1] - b[1]);
  return {
    eye,
    forward: [Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)],
    yaw,
    pitch,
    confidence: seen.presence * Math.min(Math.max((bad - misfit) / (bad - good), 0), 1),
  };
}
