import {
  alone,
  blendExtents,
  covers,
  type Extent,
  extentOf,
  screenOfExtent,
  turnedTo,
} from "../assembly/extent";
import { Glide } from "../assembly/glide";
import { type Monitor, partOf, placeOf, screenOfMonitor } from "../assembly/monitor";
import { across, type Point, project, type Screen } from "../eye/projection";

/**
 * The screen in the viewer's cube that the canvas is: the part of a declared
 * monitor that it covers, or a virtual one that shows everybody.
 */
export class Sight {
  readonly #canvas: HTMLCanvasElement;
  /** The declared monitor; undefined: the screen is virtual. */
  monitor: Monitor | undefined;
  readonly #extent = new Glide<Extent>(alone, blendExtents);
  #aspect = 16 / 9;
  #fitted = false;

  constructor(canvas: HTMLCanvasElement, monitor: Monitor | undefined) {
    this.#canvas = canvas;
    this.monitor = monitor;
  }

  set aspect(ratio: number) {
    this.#aspect = ratio;
  }

  screen(now: number): Screen {
    if (this.monitor) return partOf(screenOfMonitor(this.monitor), placeOf(this.#canvas));
    return screenOfExtent(this.#extent.at(now), this.#aspect);
  }

  moving(now: number): boolean {
    return this.#extent.moving(now);
  }

  /** Sees to it that all these points of the viewer's cube are shown, and stays as it is where they are. */
  fit(points: readonly Point[], now: number): void {
    const need = extentOf(points);
    if (this.#fitted && (points.length === 0 || covers(this.#extent.goal, need))) return;
    if (this.#fitted) this.#extent.to(need, now);
    else this.#extent.jump(need);
    this.#fitted = points.length > 0;
  }

  /** Turns a virtual screen to these points of the viewer's cube, if they are not on it. */
  turn(points: readonly Point[], now: number): void {
    const goal = turnedTo(this.#extent.goal, points);
    if (goal !== this.#extent.goal) this.#extent.to(goal, now);
  }
}

/** Half a person's width, and how high and low they are shown, metres from the head. */
const body = { half: 0.3, top: 0.25, bottom: -0.42, near: 0.3 };

/** Points round a person at a place in the viewer's cube, as wide as they look from its origin. */
export function outline(head: Point): Point[] {
  const [x, y, z] = head;
  const away = Math.max(Math.hypot(x, z), 0.01);
  const [ax, az] = [x / away, z / away];
  return [-body.half, body.half].flatMap((s): Point[] => [
    [x + s * az, y + body.top, z - s * ax],
    // The name stands before the person.
    [x + s * az - body.near * ax, y + body.bottom, z - s * ax - body.near * az],
  ]);
}

/** Whether a rectangle round these points of the viewer's cube meets the screen. */
export function onScreen(screen: Screen, eye: Point, points: readonly Point[]): boolean {
  const ahead = points.filter((p) => across(screen, p, eye)[2] < -0.05);
  if (ahead.length === 0) return false;
  if (ahead.length < points.length) return true; // partly behind the eye: near, hence large
  const places = ahead.map((p) => project(screen, eye, p, 1, 1));
  const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
  return Math.max(...xs) > 0 && Math.min(...xs) < 1 && Math.max(...ys) > 0 && Math.min(...ys) < 1;
}
