import { describe, expect, it } from "vitest";
import { around, detectorSide, drawing, inPicture, letterbox, likeliest, type Square } from "./crop";
import type { Pixel } from "./pose";

/** Answers of a detector that is sure of one anchor. */
function answers(anchor: number, box: number[]) {
  const scores = new Float32Array(896).fill(-10);
  scores[anchor] = 4;
  const boxes = new Float32Array(896 * 16);
  boxes.set(box, 16 * anchor);
  return { scores, boxes };
}

describe("detector", () => {
  it("is read in the picture's own pixels", () => {
    // Anchor 2 * (8 * 16 + 8) is the middle (136, 136) of a cell of 16 pixels.
    const { scores, boxes } = answers(2 * (8 * 16 + 8), [-8, 4, 60, 80, -20, -10, 20, -10]);
    const found = likeliest(scores, boxes, 640, 480);
    // 640 x 480 is scaled by 0.4 and moved down by 32.
    expect(letterbox(640, 480)).toEqual({ scale: 0.4, x: 0, y: 32 });
    expect(found?.square.centre.map(Math.round)).toEqual([320, 270]);
    expect(found?.square.side).toBeCloseTo(300, 3);
    expect(found?.square.angle).toBe(0);
    expect(found?.score).toBeCloseTo(0.982, 3);
  });
  it("knows the coarse anchors and how the head is tilted", () => {
    const { scores, boxes } = answers(512 + 6 * 9, [0, 0, 32, 32, -10, -10, 10, 10]);
    const found = likeliest(scores, boxes, detectorSide, detectorSide);
    expect(found?.square.centre).toEqual([48, 48]);
    expect(found?.square.angle).toBeCloseTo(Math.PI / 4, 6);
  });
  it("finds nothing in nothing", () => {
    expect(likeliest(new Float32Array(896).fill(-10), new Float32Array(896 * 16), 640, 480)).toBeUndefined();
    const { scores, boxes } = answers(0, [0, 0, 0, 0]);
    expect(likeliest(scores, boxes, 640, 480)).toBeUndefined();
  });
});

describe("square", () => {
  const square: Square = { centre: [300, 200], side: 150, angle: 0.4 };
  it("is drawn as it is read back", () => {
    const [a, b, c, d, e, f] = drawing(square, 192);
    for (const p of [
      [10, 20],
      [96, 96],
      [190, 3],
    ] as Pixel[]) {
      const [x, y] = inPicture(square, 192, p);
      expect(a * x + c * y + e).toBeCloseTo(p[0], 6);
      expect(b * x + d * y + f).toBeCloseTo(p[1], 6);
    }
    expect(inPicture(square, 192, [96, 96])).toEqual([300, 200]);
  });
  it("holds the whole face with a margin", () => {
    const s = around(
      [
        [100, 100],
        [200, 220],
      ],
      [120, 140],
      [180, 140],
    );
    expect(s).toEqual({ centre: [150, 160], side: 180, angle: 0 });
  });
});
