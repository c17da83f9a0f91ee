import type { Vector } from "../protocol/protocol.gen";
import type { Pose } from "../protocol/room.gen";
import type { RoomState } from "../session/session";

/** A point of the world in a cube that stands there: the inverse of its pose. */
export function into(cube: Pose, at: Vector): Vector {
  const [px, py, pz] = cube.position;
  const d: Vector = [at[0] - px, at[1] - py, at[2] - pz];
  const [x, y, z, w] = cube.rotation;
  // By the conjugate quaternion.
  const t: Vector = [2 * (z * d[1] - y * d[2]), 2 * (x * d[2] - z * d[0]), 2 * (y * d[0] - x * d[1])];
  return [
    d[0] + w * t[0] + (z * t[1] - y * t[2]),
    d[1] + w * t[1] + (x * t[2] - z * t[0]),
    d[2] + w * t[2] + (y * t[0] - x * t[1]),
  ];
}

/**
 * Where the others' heads are in the viewer's cube, by participant: a cube's
 * origin is the seated head. viewer: the viewer's pose; by default their seat's, or the gallery.
 */
export function heads(state: RoomState, viewer = poseOf(state, state.you)): Map<string, Vector> {
  const found = new Map<string, Vector>();
  if (!viewer) return found;
  for (const person of state.people.values()) {
    if (person.id === state.you) continue;
    const pose = poseOf(state, person.id);
    if (pose) found.set(person.id, into(viewer, pose.position));
  }
  return found;
}

function poseOf(state: RoomState, person: string): Pose | undefined {
  const seat = state.people.get(person)?.seat ?? -1;
  if (seat >= 0) return state.room?.seats[seat];
  return person === state.you ? state.room?.gallery : undefined;
}
