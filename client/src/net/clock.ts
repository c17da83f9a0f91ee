const kept = 32; // exchanges; at one a second, drift over half a minute stays below a millisecond
const wrap = 2 ** 24; // ms; the strip's capture instant

interface Exchange {
  trip: number;
  offset: number;
}

/**
 * The node's clock as seen from this page: the exchange with the shortest
 * round trip among the last ones has the least queueing and is believed.
 */
export class Clock {
  #exchanges: Exchange[] = [];

  /** Takes one exchange: sent t0 and received t3 on the page's clock, received t1 and sent t2 on the node's, ms. */
  add(t0: number, t1: number, t2: number, t3: number): void {
    const trip = t3 - t0 - (t2 - t1);
    if (!(trip >= 0) || !Number.isFinite(trip)) return;
    this.#exchanges.push({ trip, offset: (t1 - t0 + (t2 - t3)) / 2 });
    if (this.#exchanges.length > kept) this.#exchanges.shift();
  }

  /** Forgets all, as another session may have another clock. */
  reset(): void {
    this.#exchanges = [];
  }

  /** The last round trip, ms. */
  get trip(): number | undefined {
    return this.#exchanges.at(-1)?.trip;
  }

  /** The node's clock at an instant of the page's, ms; undefined before the first exchange. */
  node(now: number): number | undefined {
    const best = this.#best();
    return best && now + best.offset;
  }

  /** Milliseconds between an instant of the strip and an instant of the page's clock. */
  since(milliseconds: number, now: number): number | undefined {
    const node = this.node(now);
    if (node === undefined) return undefined;
    const passed = (node - milliseconds) % wrap;
    // Into -wrap/2 .. wrap/2: a clock that is off by little may see the future.
    return ((passed + 1.5 * wrap) % wrap) - wrap / 2;
  }

  #best(): Exchange | undefined {
    let best: Exchange | undefined;
    for (const e of this.#exchanges) if (!best || e.trip < best.trip) best = e;
    return best;
  }
}
