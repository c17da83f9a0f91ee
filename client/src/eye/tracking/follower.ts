import type { Lean } from "../eye";
import type { Point } from "../projection";
import type { Head } from "./head";
import { OneEuro, type Tuning } from "./oneeuro";

/** Sideways and up: a millimetre of noise becomes a third at rest; 50 ms late at 0.1 m/s, 25 ms at 0.3 m/s. */
export const across: Tuning = { cutoff: 1.2, slope: 20, speedCutoff: 4 };
/** To and fro: the network's size of a face is some five times as noisy. */
export const along: Tuning = { cutoff: 0.8, slope: 12, speedCutoff: 2 };

export const farthest = 0.03; // metres that a prediction adds at most
const horizon = 0.15; // seconds since a picture that it makes up for at most
const brisk = 0.06; // metres a second; slower movement is predicted by less than half
export const trusted = 0.5; // confidence from which a measurement counts
export const holding = 0.4; // seconds that the head is held where it was last seen
export const gliding = 0.5; // seconds from one place to another: home, or to a head that was found again
const leap = 0.2; // metres between two measurements: another face, or the same found anew
const gap = 0.5; // seconds without measurements after which the filters begin anew

const pause = 120; // milliseconds without pictures after which what the next one tells is worked off,
const settling = 80; // 63 % of it in so many

type Course = "leaving" | "following";

/**
 * Turns measured heads into how far the eye leans from its place: smoothed,
 * predicted over the age of the last picture and the filters' delay, and without a jump when the head is
 * lost (held, then home) or found (from where the eye is). Mouse and keys set
 * the place itself, so they go on working in every state.
 *
 * Times are milliseconds of performance.now(). The lean is in the cube that is
 * looked into, whose x is the viewer's right and whose z comes to the viewer.
 */
export class Follower implements Lean {
  readonly #filters = [new OneEuro(across), new OneEuro(across), new OneEuro(along)] as const;
  #rest: Point | undefined;
  #seenAt = Number.NEGATIVE_INFINITY;
  #raw: Point = [0, 0, 0];
  #course: Course = "leaving";
  #from: Point = [0, 0, 0]; // where the present course began
  #since = 0;
  #slip: Point = [0, 0, 0]; // from where the eye should be to where it is, at an instant
  #slipAt = 0;

  /** Takes what was seen in a picture that was taken at an instant. */
  see(head: Head | undefined, takenAt: number, now = performance.now()): void {
    if (!head || head.confidence < trusted || takenAt <= this.#seenAt) return;
    const seen = opposite(head.eye);
    this.#rest ??= seen;
    const moved = Math.hypot(...seen.map((v, i) => v - (this.#raw[i] ?? 0)));
    if (this.#course !== "following" || moved > leap || takenAt - this.#seenAt > 1000 * gap) {
      this.#turn("following", now);
      for (const f of this.#filters) f.reset();
    }
    const before = this.#place(now);
    this.#filters.forEach((f, i) => {
      f.take(seen[i] ?? 0, takenAt / 1000);
    });
    const paused = takenAt - this.#seenAt > pause;
    this.#seenAt = takenAt;
    this.#raw = seen;
    if (paused) this.#absorb(before, now);
  }

  /** Keeps the eye where it was before it heard of a picture. */
  #absorb(before: Point, now: number): void {
    this.#slip = [0, 0, 0];
    this.#slipAt = now;
    this.#slip = this.#place(now).map((v, i) => (before[i] ?? 0) - v) as Point;
  }

  /** How far the eye leans from its place at an instant, metres. */
  at(now: number): Point {
    if (this.#course === "following" && now - this.#seenAt > 1000 * holding) this.#turn("leaving", now);
    return this.#place(now);
  }

  /** Makes where the head is now its place. */
  recentre(now = performance.now()): void {
    const from = this.at(now);
    this.#rest = undefined;
    if (this.#course !== "following") return;
    this.#rest = [...this.#raw];
    this.#turn("following", now, from);
  }

  /** Ends: the eye glides home and the next head begins at a place of its own. */
  release(now = performance.now()): void {
    this.#turn("leaving", now);
    this.#rest = undefined;
    this.#seenAt = Number.NEGATIVE_INFINITY;
  }

  #turn(course: Course, now: number, from = this.#place(now)): void {
    this.#from = from;
    this.#slip = [0, 0, 0];
    this.#course = course;
    this.#since = now;
  }

  #place(now: number): Point {
    const t = Math.min(Math.max((now - this.#since) / 1000 / gliding, 0), 1);
    const w = t * t * (3 - 2 * t);
    const k = this.#course === "following" ? Math.exp((this.#slipAt - now) / settling) : 0;
    return this.#goal(now).map(
      (g, i) => (this.#from[i] ?? 0) * (1 - w) + g * w + k * (this.#slip[i] ?? 0),
    ) as Point;
  }

  #goal(now: number): Point {
    const rest = this.#rest;
    if (this.#course !== "following" || !rest) return [0, 0, 0];
    const age = Math.min(Math.max((now - this.#seenAt) / 1000, 0), horizon);
    const step = this.#filters.map((f) => {
      const sure = f.speed ** 2 / (f.speed ** 2 + brisk ** 2);
      return f.speed * (age + f.delay) * sure;
    });
    const bound = Math.min(1, farthest / Math.max(Math.hypot(...step), 1e-9));
    return this.#filters.map((f, i) => f.value + (step[i] ?? 0) * bound - (rest[i] ?? 0)) as Point;
  }
}

/** A point of the viewer's cube as one of a cube that faces it: half a turn about y. */
export const opposite = ([x, y, z]: Point): Point => [-x, y, -z];
