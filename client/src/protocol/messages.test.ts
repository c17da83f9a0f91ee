import { describe, expect, it } from "vitest";
import { parseMessage } from "./messages";

const hello = {
  type: "hello",
  protocol: 1,
  cube: "cube",
  layout: { version: 1, width: 512, height: 512 },
  volume: { min: [0, 0, 0], max: [1, 1, 1] },
  rate: 30,
};
const framing = {
  type: "window",
  id: 5,
  center: [0, 0, 0],
  right: [1, 0, 0],
  up: [0, 1, 0],
  halfWidth: 0.5,
  halfHeight: 0.6,
};

describe("parseMessage", () => {
  it.each([
    hello,
    framing,
    { type: "pong", t0: 1, t1: 2, t2: 3, more: "ignored" },
    { type: "stats", viewsPerSecond: 24, bitrate: 1e6, viewers: 1, stages: {}, drops: {} },
    { type: "error", error: "full", message: "The node is full." },
  ])("takes %j", (m) => {
    expect(parseMessage(JSON.stringify(m))).toEqual(m);
  });
  it.each([
    "",
    "{",
    "null",
    "[]",
    '"hello"',
    JSON.stringify({ type: "tomorrow" }),
    JSON.stringify({ ...hello, layout: null }),
    JSON.stringify({ ...hello, volume: { min: [0, 0], max: [1, 1, 1] } }),
    JSON.stringify({ ...framing, id: 0 }),
    JSON.stringify({ ...framing, id: 1.5 }),
    JSON.stringify({ ...framing, halfWidth: -1 }),
    JSON.stringify({ ...framing, center: [0, 0, 1e9] }),
    JSON.stringify({ ...framing, up: [0, "1", 0] }),
    JSON.stringify({ type: "pong", t0: 1, t1: 2 }),
    JSON.stringify({ type: "error", error: "x".repeat(5000), message: "" }),
  ])("refuses %s", (text) => {
    expect(parseMessage(text)).toBeUndefined();
  });
  it("refuses what is no text", () => {
    expect(parseMessage(new ArrayBuffer(4))).toBeUndefined();
  });
});
