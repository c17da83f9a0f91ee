import { apply, upright } from "../assembly/pose";
import type { Point } from "../eye/projection";
import type { Pose } from "../protocol/room.gen";

const beyond = 1.1; // metres from the outermost seat
const directions = 36;

/**
 * Where somebody without a seat is: outside of the seats and turned to their
 * middle, where the fewest backs are before them. The same for the same seats.
 */
export function gallery(seats: readonly Pose[]): Pose {
  if (seats.length === 0) return upright([0, 0, 0], 0);
  const middle: Point = [mean(seats, 0), 0, mean(seats, 2)];
  const reach = Math.max(
    ...seats.map((s) => Math.hypot(s.position[0] - middle[0], s.position[2] - middle[2])),
  );
  let best: { pose: Pose; faces: number } | undefined;
  for (let n = 0; n < directions; n++) {
    const yaw = (2 * Math.PI * n) / directions;
    const away = Math.max(reach, 0.5) + beyond;
    const at: Point = [middle[0] + away * Math.sin(yaw), 0, middle[2] + away * Math.cos(yaw)];
    const faces = seats.reduce((sum, seat) => sum + turned(seat, at) + spread(seat, at, yaw), 0);
    if (!best || faces > best.faces + 1e-9) best = { pose: upright(at, yaw + Math.PI), faces };
  }
  return best?.pose ?? upright([0, 0, 0], 0);
}

/** How much of a face one sees from a point, -1 to 1; a back in the way counts against. */
function turned(seat: Pose, at: Point): number {
  const ahead = apply(seat, [0, 0, 1]);
  const [dx, dz] = [at[0] - seat.position[0], at[2] - seat.position[2]];
  return (
    ((ahead[0] - seat.position[0]) * dx + (ahead[2] - seat.position[2]) * dz) /
    Math.max(Math.hypot(dx, dz), 1e-6)
  );
}

/** A little for whoever stands aside of the line of sight, so that people do not hide one another. */
function spread(seat: Pose, at: Point, yaw: number): number {
  const [dx, dz] = [seat.position[0] - at[0], seat.position[2] - at[2]];
  return 0.1 * Math.abs(dx * Math.cos(yaw) - dz * Math.sin(yaw));
}

function mean(seats: readonly Pose[], axis: 0 | 2): number {
  return seats.reduce((sum, s) => sum + s.position[axis], 0) / seats.length;
}
