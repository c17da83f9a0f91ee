import { describe, expect, it } from "vitest";
import { Clock } from "../net/clock";
import { status } from "../view/glsl";
import type { Seen } from "../view/readback";
import { Meter } from "./meter";
import { median, quantile, Series } from "./series";

const seen = (sequence: number, milliseconds: number): Seen => ({
  status: status.good,
  sequence,
  milliseconds,
  window: 1,
  eye: [0, 0, 1],
  near: 1,
  far: 1.5,
});

const report = (bytesReceived: number, packetsReceived: number, packetsLost: number) =>
  new Map([
    ["in", { type: "inbound-rtp", kind: "video", bytesReceived, packetsReceived, packetsLost }],
  ]) as never;

describe("meter", () => {
  it("counts views once and measures from the strip", () => {
    const clock = new Clock();
    clock.add(0, 1000, 1000, 0); // the node is a second ahead
    const meter = new Meter(clock);
    meter.tick(0, report(0, 0, 0));
    meter.see(seen(1, 1000), 30);
    meter.see(seen(1, 1000), 45);
    meter.see(seen(2, 1100), 150);
    meter.see(seen(3, 1200), 240);
    meter.see({ ...seen(4, 1300), status: status.checksum }, 340);
    const figures = meter.tick(2000, report(250_000, 190, 10));
    expect(figures).toEqual({ viewsPerSecond: 1.5, latency: 40, bitrate: 1e6, loss: 0.05, roundTrip: 0 });
    expect(meter.samples).toEqual([30, 50, 40]);
    expect([meter.shown, meter.held, meter.repeated]).toEqual([3, 1, 1]);
  });
  it("says nothing where nothing is known", () => {
    const meter = new Meter(new Clock());
    meter.tick(0, undefined);
    const figures = meter.tick(1000, undefined);
    expect(figures.latency).toBeUndefined();
    expect(figures.bitrate).toBeUndefined();
    expect(figures.viewsPerSecond).toBe(0);
  });
  it("starts anew with another connection", () => {
    const meter = new Meter(new Clock());
    meter.tick(0, report(1000, 10, 0));
    expect(meter.tick(1000, report(10, 1, 0)).bitrate).toBeUndefined();
  });
});

describe("series", () => {
  it("keeps the last ones", () => {
    const s = new Series(3);
    for (const v of [1, 2, Number.NaN, 4]) s.add(v);
    expect(s.values).toEqual([2, undefined, 4]);
    expect([s.last, s.max(0), s.max(9)]).toEqual([4, 4, 9]);
  });
  it("has a middle", () => {
    expect([median([]), median([3, 1, 2]), quantile([1, 2, 3, 4], 0.95)]).toEqual([undefined, 2, 4]);
  });
});
