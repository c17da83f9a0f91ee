import type { Point } from "./projection";

/** Where the eye may go, metres in the cube. */
export interface Limits {
  min: Point;
  max: Point;
}

const settle = 0.055; // seconds in which the eye does 63 % of a move
const still = 1e-4; // metres; nearer to its goal it stands

/**
 * The viewer's eye: moves towards its goal smoothly and stays within limits.
 * The owner calls `step` once a display frame.
 */
export class Eye {
  limits: Limits = { min: [-0.7, -0.35, 0.55], max: [0.7, 0.55, 2.6] };
  #position: Point;
  #goal: Point;
  #home: Point;

  constructor(home: Point) {
    this.#home = home;
    this.#goal = [...home];
    this.#position = [...home];
  }

  get position(): Point {
    return [...this.#position];
  }

  /** Where `reset` returns to. */
  set home(p: Point) {
    this.#home = this.#clamp(p);
  }

  /** Moves the goal by metres. */
  move(dx: number, dy: number, dz: number): void {
    const [x, y, z] = this.#goal;
    this.#goal = this.#clamp([x + dx, y + dy, z + dz]);
  }

  reset(): void {
    this.#goal = [...this.#home];
  }

  /** Puts the eye somewhere at once. */
  set(p: Point): void {
    this.#goal = this.#clamp(p);
    this.#position = [...this.#goal];
  }

  /** Advances by seconds; false when the eye stands still. */
  step(seconds: number): boolean {
    const away = Math.hypot(...this.#goal.map((g, i) => g - (this.#position[i] ?? 0)));
    if (away === 0) return false;
    const k = away < still ? 1 : 1 - Math.exp(-Math.min(seconds, 0.1) / settle);
    this.#position = this.#position.map((p, i) => p + ((this.#goal[i] ?? 0) - p) * k) as Point;
    return true;
  }

  #clamp(p: Point): Point {
    const { min, max } = this.limits;
    return p.map((v, i) => Math.min(Math.max(v, min[i] ?? v), max[i] ?? v)) as Point;
  }
}
