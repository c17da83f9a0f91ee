const lasting = 900; // ms, between arrangements

/** Whether the person at the page asked for less motion: the system, or the page (data-still). */
export function reducedMotion(): boolean {
  const still = document.documentElement.hasAttribute("data-still");
  return still || matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * A value that goes to its goal smoothly, within 0.9 s unless it says
 * otherwise; with reduced motion it is there at once. Times are of
 * performance.now(), ms.
 */
export class Glide<T> {
  readonly #blend: (from: T, to: T, t: number) => T;
  readonly #reduced: () => boolean;
  #from: T;
  #to: T;
  #since = Number.NEGATIVE_INFINITY;
  #lasting = lasting;

  constructor(start: T, blend: (from: T, to: T, t: number) => T, reduced = reducedMotion) {
    this.#from = this.#to = start;
    this.#blend = blend;
    this.#reduced = reduced;
  }

  /** Where it goes, or stands. */
  get goal(): T {
    return this.#to;
  }

  /** Sets out for another goal from wherever it is. */
  to(goal: T, now: number, within = lasting): void {
    this.#from = this.at(now);
    this.#to = goal;
    this.#lasting = within;
    this.#since = this.#reduced() ? Number.NEGATIVE_INFINITY : now;
  }

  /** Is there at once. */
  jump(goal: T): void {
    this.#from = this.#to = goal;
    this.#since = Number.NEGATIVE_INFINITY;
  }

  at(now: number): T {
    if (!this.moving(now)) return this.#to;
    const t = Math.max(0, (now - this.#since) / this.#lasting);
    return this.#blend(this.#from, this.#to, t * t * (3 - 2 * t));
  }

  moving(now: number): boolean {
    return now - this.#since < this.#lasting;
  }
}
