import { describe, expect, it } from "vitest";
import type { Arriving } from "../session/session";
import { Lips } from "./lips";

/** A view and its voice, whose jitter buffer holds so many ms. */
function arriving(buffer: () => number, pictures: string[] = ["view"]) {
  let [delay, count] = [0, 0];
  const receiver = {
    getStats: async () => {
      count += 48000;
      delay += (48000 * buffer()) / 1000;
      return new Map([
        [
          "a",
          { type: "inbound-rtp", kind: "audio", jitterBufferDelay: delay, jitterBufferEmittedCount: count },
        ],
      ]);
    },
  };
  const stream = { person: "p1", cube: "cube", murmur: false };
  return [
    { stream: { ...stream, mid: "a0", source: "microphone" }, receiver },
    ...pictures.map((source) => ({ stream: { ...stream, mid: source, source }, receiver })),
  ] as unknown as Arriving[];
}

describe("lips", () => {
  it("lets a view wait until it is slack before its voice, by steps, and no longer than it takes", async () => {
    const lips = new Lips();
    let buffer = 100;
    const streams = arriving(() => buffer);
    const seconds = async (n: number) => {
      for (let i = 0; i < n; i++)
        await lips.measure(streams, () => ({ way: 27, roundTrip: 2, latency: 60 + lips.wait("p1") }));
    };
    await seconds(2);
    expect(lips.wait("p1")).toBe(25);
    await seconds(8);
    expect(lips.wait("p1")).toBeCloseTo(27 + 1 + 100 + 45 - 60 - 10);
    buffer = -20;
    await seconds(10);
    expect(lips.wait("p1")).toBe(0);
    buffer = 900;
    await seconds(20);
    expect(lips.wait("p1")).toBe(200);
  });

  it("lets a webcam wait as well, and a view where there are both", async () => {
    for (const pictures of [["camera"], ["view", "camera"]]) {
      const lips = new Lips();
      const asked = new Set<string>();
      for (let i = 0; i < 8; i++)
        await lips.measure(
          arriving(() => 100, pictures),
          ({ source }) => {
            asked.add(source);
            return { way: 0, roundTrip: 0, latency: 50 + lips.wait("p1") };
          },
        );
      expect([...asked]).toEqual([pictures[0]]);
    }
    const lips = new Lips();
    const streams = arriving(() => 100, ["camera"]);
    for (let i = 0; i < 8; i++)
      await lips.measure(streams, () => ({ way: 0, roundTrip: 0, latency: 50 + lips.wait("p1") }));
    expect(lips.wait("p1")).toBeCloseTo(100 + 45 - 50 - 10);
  });

  it("is not led astray by one odd second, and tells what it reckons with", async () => {
    const lips = new Lips();
    let [buffer, latency] = [100, 60];
    const streams = arriving(() => buffer);
    const seconds = async (n: number) => {
      for (let i = 0; i < n; i++)
        await lips.measure(streams, () => ({ way: 27, roundTrip: 2, latency: latency + lips.wait("p1") }));
    };
    await seconds(12);
    const wait = lips.wait("p1");
    latency = 400;
    await seconds(1);
    latency = 60;
    buffer = 300;
    await seconds(1);
    buffer = 100;
    await seconds(1);
    expect(lips.wait("p1")).toBeCloseTo(wait);
    expect(lips.timings()).toEqual({
      p1: { voice: expect.closeTo(173), view: 60, wait: expect.closeTo(103) },
    });
  });

  it("lets a view without a voice pass", async () => {
    const lips = new Lips();
    const streams = arriving(() => 100);
    for (let i = 0; i < 4; i++) await lips.measure(streams, () => ({ way: 27, roundTrip: 2, latency: 60 }));
    expect(lips.wait("p1")).toBeGreaterThan(0);
    await lips.measure(streams.slice(1), () => undefined);
    expect(lips.wait("p1")).toBe(0);
  });
});
