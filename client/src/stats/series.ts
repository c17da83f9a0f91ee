/** The last minute of one figure, a value a second; gaps are undefined. */
export class Series {
  readonly values: (number | undefined)[] = [];
  readonly #length: number;

  constructor(length = 60) {
    this.#length = length;
  }

  add(value: number | undefined): void {
    this.values.push(value !== undefined && Number.isFinite(value) ? value : undefined);
    if (this.values.length > this.#length) this.values.shift();
  }

  get last(): number | undefined {
    return this.values.at(-1);
  }

  /** The greatest value, at least floor. */
  max(floor: number): number {
    return this.values.reduce<number>((m, v) => (v !== undefined && v > m ? v : m), floor);
  }
}

/** The middle value; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/** The value below which the share q of all lies, by the nearest rank. */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
