import {
  alone,
  anglesOf,
  blendExtents,
  covers,
  type Extent,
  extentOf,
  screenOfExtent,
  tooNarrow,
} from "../assembly/extent";
import { Glide } from "../assembly/glide";
import { type Monitor, partOf, placeOf, screenOfMonitor } from "../assembly/monitor";
import { across, type Point, project, type Screen } from "../eye/projection";

const turnReach = 1.9; // radians a metre that the hand would move the eye
const furthest = 2.4; // radians to either side
const handRests = 8000; // ms after which the screen may turn by itself again

/**
 * The screen in the viewer's cube that the canvas is: the part of a declared
 * monitor that it covers, or a virtual one that shows everybody. Where a
 * canvas is too narrow for that, the virtual one turns.
 */
export class Sight {
  /** The declared monitor; undefined: the screen is virtual. */
  monitor: Monitor | undefined;
  readonly #canvas: HTMLElement;
  readonly #extent = new Glide<Extent>(alone, blendExtents);
  readonly #turned = new Glide(0, (a, b, t) => a + (b - a) * t);
  #aspect = 16 / 9;
  #fitted = false;
  #handAt = Number.NEGATIVE_INFINITY;

  constructor(canvas: HTMLElement, monitor: Monitor | undefined) {
    this.#canvas = canvas;
    this.monitor = monitor;
  }

  /** The canvas's width over its height. */
  set aspect(ratio: number) {
    this.#aspect = ratio;
    if (!this.narrow) this.#turned.jump(0);
  }

  /** Whether the canvas shows but a part of what there is. */
  get narrow(): boolean {
    return this.monitor === undefined && tooNarrow(this.#extent.goal, this.#aspect);
  }

  screen(now: number): Screen {
    if (this.monitor) return partOf(screenOfMonitor(this.monitor), placeOf(this.#canvas));
    return screenOfExtent(this.#extent.at(now), this.#aspect, this.#turned.at(now));
  }

  moving(now: number): boolean {
    return this.#extent.moving(now) || this.#turned.moving(now);
  }

  /** Sees to it that all these points of the viewer's cube are shown, and stays as it is where they are. */
  fit(points: readonly Point[], now: number): void {
    const need = extentOf(points);
    if (this.#fitted && (points.length === 0 || covers(this.#extent.goal, need))) return;
    if (this.#fitted) this.#extent.to(need, now);
    else this.#extent.jump(need);
    if (this.#turned.goal !== 0) this.#turned.to(0, now);
    this.#fitted = points.length > 0;
  }

  /** Whether these points of the viewer's cube lie between the screen's sides, where it goes to. */
  holds(points: readonly Point[]): boolean {
    const screen = screenOfExtent(this.#extent.goal, this.#aspect, this.#turned.goal);
    return points.every((p) => {
      const [x, , z] = across(screen, p, [0, 0, 0]);
      const [, , plane] = across(screen, screen.center, [0, 0, 0]);
      return z < 0 && Math.abs((x / z) * plane) <= screen.halfWidth;
    });
  }

  /** Turns a virtual screen to these points of the viewer's cube, if they are not on it. */
  turn(points: readonly Point[], now: number): void {
    if (points.length === 0 || this.holds(points)) return;
    const [least, most] = anglesOf(points);
    this.#turned.to((least + most) / 2 - this.#extent.goal.yaw, now);
  }

  /** Turns to them unless the viewer's hand turned the screen a moment ago. */
  attend(points: readonly Point[], now: number): void {
    if (now - this.#handAt > handRests) this.turn(points, now);
  }

  /** Turns by the hand, which would have moved the eye by metres to the right. */
  pan(metres: number, now: number): void {
    this.#handAt = now;
    const to = this.#turned.at(now) + metres * turnReach;
    this.#turned.jump(Math.min(Math.max(to, -furthest), furthest));
  }
}

/** Half a person's width, and how high and low they are shown, metres from the head. */
const body = { half: 0.27, top: 0.25, bottom: -0.42, near: 0.3, name: 0.15 };

/** Points round a person at a place in the viewer's cube, as wide as they look from its origin. */
export function outline(head: Point): Point[] {
  const [x, y, z] = head;
  const away = Math.max(Math.hypot(x, z), 0.01);
  const [ax, az] = [x / away, z / away];
  return [-1, 1].flatMap((side): Point[] => {
    const [s, n] = [side * body.half, side * body.name];
    return [
      [x + s * az, y + body.top, z - s * ax],
      // The name stands before the person.
      [x + n * az - body.near * ax, y + body.bottom, z - n * ax - body.near * az],
    ];
  });
}

/** Whether a rectangle round these points of the viewer's cube meets the screen. */
export function onScreen(screen: Screen, eye: Point, points: readonly Point[]): boolean {
  const places = points.map((p): [number, number] => {
    const [x, , z] = across(screen, p, eye);
    // What is beside or behind the eye is beyond that side of the screen.
    return z < -0.05 ? project(screen, eye, p, 1, 1) : [x > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE, 0.5];
  });
  if (places.every(([x]) => Math.abs(x) === Number.MAX_VALUE)) return false;
  const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
  return Math.max(...xs) > 0 && Math.min(...xs) < 1 && Math.max(...ys) > 0 && Math.min(...ys) < 1;
}
