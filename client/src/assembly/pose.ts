/**
 * Rigid transforms of unit scale, as the node gives them: first the rotation,
 * a unit quaternion x, y, z, w, then the translation in metres. With W_k the
 * pose of seat k, cube to world, the cube of seat j is in the cube of seat i at
 * T_ij = W_i⁻¹ W_j.
 */
import { Matrix4, Quaternion, Vector3 } from "three";
import type { Point } from "../eye/projection";
import type { Pose } from "../protocol/room.gen";

export const identity: Pose = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** A pose turned about the vertical by radians, +z towards +x. */
export function upright(position: Point, yaw: number): Pose {
  return { position, rotation: [0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)] };
}

/** Turns a direction. */
export function turn(pose: Pose, direction: Point): Point {
  return new Vector3(...direction).applyQuaternion(quaternion(pose)).toArray();
}

/** Takes a point out of the pose's own frame. */
export function apply(pose: Pose, point: Point): Point {
  const [x, y, z] = turn(pose, point);
  return [x + pose.position[0], y + pose.position[1], z + pose.position[2]];
}

export function inverse(pose: Pose): Pose {
  const back = quaternion(pose).conjugate();
  const position = new Vector3(...pose.position).applyQuaternion(back).negate();
  return { position: position.toArray(), rotation: back.toArray() as Pose["rotation"] };
}

/** First b, then a. */
export function compose(a: Pose, b: Pose): Pose {
  const rotation = quaternion(a).multiply(quaternion(b)).normalize();
  return { position: apply(a, b.position), rotation: rotation.toArray() as Pose["rotation"] };
}

/** T_ij of seats with poses i and j: from the cube of j into that of i. */
export function between(i: Pose, j: Pose): Pose {
  return compose(inverse(i), j);
}

/** From a at 0 to b at 1, the rotation by the shorter way. */
export function blend(a: Pose, b: Pose, t: number): Pose {
  const position = new Vector3(...a.position).lerp(new Vector3(...b.position), t);
  const rotation = quaternion(a).slerp(quaternion(b), t);
  return { position: position.toArray(), rotation: rotation.toArray() as Pose["rotation"] };
}

export function same(a: Pose, b: Pose): boolean {
  return a.position.every((v, i) => v === b.position[i]) && a.rotation.every((v, i) => v === b.rotation[i]);
}

export function matrixOf(pose: Pose, into = new Matrix4()): Matrix4 {
  return into.compose(new Vector3(...pose.position), quaternion(pose), new Vector3(1, 1, 1));
}

function quaternion(pose: Pose): Quaternion {
  return new Quaternion(...pose.rotation);
}
