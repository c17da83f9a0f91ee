/** Waiting times between attempts: doubling from half a second to ten, spread by a fifth. */
export class Backoff {
  #attempt = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const base = Math.min(500 * 2 ** this.#attempt, 10_000);
    this.#attempt = Math.min(this.#attempt + 1, 10);
    return base * (0.8 + 0.4 * this.#random());
  }

  reset(): void {
    this.#attempt = 0;
  }
}
