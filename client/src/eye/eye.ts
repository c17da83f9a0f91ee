import type { Point } from "./projection";

/** Where the eye may go, metres in the cube. */
export interface Limits {
  min: Point;
  max: Point;
}

/** Where a tracked head leans from its place; eye/tracking has one. */
export interface Lean {
  /** Metres in the cube at an instant of performance.now(). */
  at(now: number): Point;
  /** Makes where the head is now its place. */
  recentre(): void;
}

const settle = 0.055; // seconds in which the eye does 63 % of a move
const still = 1e-4; // metres; nearer to its goal it stands

const slight = 2e-4; // metres; a head that leans so little more is not worth a picture

/**
 * The viewer's eye: moves towards its goal smoothly and stays within limits.
 * Mouse and keys set its place; a tracked head leans from there, without the
 * smoothing that they need. The owner calls `step` once a display frame.
 */
export class Eye {
  limits: Limits = { min: [-0.7, -0.35, 0.55], max: [0.7, 0.55, 2.6] };
  #position: Point;
  #goal: Point;
  #home: Point;
  #lean: Lean | undefined;
  #leaning: Point = [0, 0, 0];

  constructor(home: Point) {
    this.#home = home;
    this.#goal = [...home];
    this.#position = [...home];
  }

  get position(): Point {
    return this.#clamp(this.#position.map((p, i) => p + (this.#leaning[i] ?? 0)) as Point);
  }

  /** Leans with a head from now on. */
  follow(lean: Lean): void {
    this.#lean = lean;
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
    this.#lean?.recentre();
  }

  /** Puts the eye somewhere at once. */
  set(p: Point): void {
    this.#goal = this.#clamp(p);
    this.#position = [...this.#goal];
  }

  /** Advances by seconds; false when the eye stands still. */
  step(seconds: number, now = performance.now()): boolean {
    const leant = this.#leanTo(this.#lean?.at(now));
    const away = Math.hypot(...this.#goal.map((g, i) => g - (this.#position[i] ?? 0)));
    if (away === 0) return leant;
    const k = away < still ? 1 : 1 - Math.exp(-Math.min(seconds, 0.1) / settle);
    this.#position = this.#position.map((p, i) => p + ((this.#goal[i] ?? 0) - p) * k) as Point;
    return true;
  }

  #leanTo(lean: Point | undefined): boolean {
    if (!lean) return false;
    const more = Math.hypot(...lean.map((v, i) => v - (this.#leaning[i] ?? 0)));
    if (more < slight && lean.some((v) => v !== 0)) return false;
    this.#leaning = lean;
    return more > 0;
  }

  #clamp(p: Point): Point {
    const { min, max } = this.limits;
    return p.map((v, i) => Math.min(Math.max(v, min[i] ?? v), max[i] ?? v)) as Point;
  }
}
