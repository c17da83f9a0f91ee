import { describe, expect, it } from "vitest";
import { Waiting } from "./waiting";

function frames() {
  const closed: number[] = [];
  const frame = (n: number) => ({ n, close: () => closed.push(n) }) as unknown as VideoFrame;
  return { closed, frame };
}

describe("waiting frames", () => {
  it("come when they are due, the newest alone", () => {
    const { closed, frame } = frames();
    const waiting = new Waiting();
    for (const n of [1, 2, 3]) waiting.put(frame(n), 10 * n, n);
    expect(waiting.take(9)).toBeUndefined();
    expect(waiting.take(25)).toMatchObject({ frame: { n: 2 }, received: 2 });
    expect(closed).toEqual([1]);
    expect(waiting.take(25)).toBeUndefined();
    expect(waiting.take(30)).toMatchObject({ frame: { n: 3 }, received: 3 });
  });

  it("are bounded, and closed at the end", () => {
    const { closed, frame } = frames();
    const waiting = new Waiting();
    for (let n = 0; n < 10; n++) waiting.put(frame(n), 1000, n);
    expect(closed).toEqual([0, 1]);
    waiting.clear();
    expect(closed).toHaveLength(10);
  });
});
