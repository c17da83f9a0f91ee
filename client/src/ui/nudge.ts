import type { Item } from "../protocol/room.gen";

/** One step of a work item, as somebody sees it who stands before it. */
export type Step =
  | "left"
  | "right"
  | "up"
  | "down"
  | "near"
  | "far"
  | "turnLeft"
  | "turnRight"
  | "larger"
  | "smaller";

const reach = 0.05; // metres a step
const turn = Math.PI / 36; // radians a step
const growth = 1.1;
const fine = 0.2; // of a step, with shift
const narrowest = 0.1; // metres
const widest = 6; // metres

const keys: Readonly<Record<string, Step>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  PageUp: "far",
  PageDown: "near",
  "[": "turnLeft",
  "]": "turnRight",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  _: "smaller",
};

export function stepOf(key: string): Step | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

type Turned = [number, number, number, number];
type Place = [number, number, number];

/** Where an item is after a step. */
export function nudged(item: Pick<Item, "pose" | "width">, step: Step, small: boolean) {
  const scale = small ? fine : 1;
  const shift = shiftOf(step, reach * scale);
  const rotation = turned(item.pose.rotation, angleOf(step, turn * scale));
  const moved = rotate(item.pose.rotation, shift);
  const position = item.pose.position.map((p, i) => p + (moved[i] ?? 0)) as Place;
  const factor = step === "larger" ? growth ** scale : step === "smaller" ? growth ** -scale : 1;
  const width = Math.min(Math.max(item.width * factor, narrowest), widest);
  return { pose: { position, rotation }, width };
}

/** In the item's own frame: it faces its +z, so its +x is on the right of who looks at it. */
function shiftOf(step: Step, by: number): Place {
  switch (step) {
    case "left":
      return [-by, 0, 0];
    case "right":
      return [by, 0, 0];
    case "up":
      return [0, by, 0];
    case "down":
      return [0, -by, 0];
    case "near":
      return [0, 0, by];
    case "far":
      return [0, 0, -by];
    default:
      return [0, 0, 0];
  }
}

function angleOf(step: Step, by: number): number {
  return step === "turnLeft" ? -by : step === "turnRight" ? by : 0;
}

/** A rotation, after one about the world's up. */
function turned([x, y, z, w]: Turned, angle: number): Turned {
  const [s, c] = [Math.sin(angle / 2), Math.cos(angle / 2)];
  const q: Turned = [c * x + s * z, c * y + s * w, c * z - s * x, c * w - s * y];
  const length = Math.hypot(...q);
  return q.map((v) => v / length) as Turned;
}

/** A vector, turned by a unit quaternion. */
function rotate([x, y, z, w]: Turned, [a, b, c]: Place): Place {
  const [tx, ty, tz] = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)];
  return [a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx];
}
