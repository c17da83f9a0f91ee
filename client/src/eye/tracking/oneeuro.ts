/** How a One Euro filter behaves. */
export interface Tuning {
  cutoff: number; // hertz at rest
  slope: number; // hertz more for each metre a second
  speedCutoff: number; // hertz, of the speed
}

/**
 * The One Euro filter (Casiez, Roussel and Vogel, CHI 2012) of one coordinate:
 * a low pass that opens with speed, so that what rests is still and what moves
 * is not late.
 */
export class OneEuro {
  value = 0;
  speed = 0; // a second
  delay = 0; // seconds that a steady movement is late by
  readonly #tuning: Tuning;
  #at: number | undefined;
  #raw = 0;

  constructor(tuning: Tuning) {
    this.#tuning = tuning;
  }

  /** Takes a value measured at an instant, in seconds; one that is not later is left out. */
  take(value: number, at: number): number {
    if (this.#at === undefined) {
      [this.value, this.speed, this.delay, this.#raw, this.#at] = [value, 0, 0, value, at];
      return value;
    }
    const step = at - this.#at;
    if (step <= 0) return this.value;
    const { cutoff, slope, speedCutoff } = this.#tuning;
    this.speed += share(speedCutoff, step) * ((value - this.#raw) / step - this.speed);
    const taken = share(cutoff + slope * Math.abs(this.speed), step);
    this.value += taken * (value - this.value);
    this.delay = step * (1 / taken - 1);
    [this.#raw, this.#at] = [value, at];
    return this.value;
  }

  reset(): void {
    this.#at = undefined;
  }
}

/** What a low pass takes of a new value after a step in seconds. */
const share = (cutoff: number, step: number) => 1 / (1 + 1 / (2 * Math.PI * cutoff * step));
