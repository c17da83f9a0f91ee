import { describe, expect, it } from "vitest";
import {
  type Calibration,
  checked,
  directionToCube,
  fitted,
  load,
  onTop,
  save,
  toCube,
  usual,
} from "./calibration";

describe("calibration", () => {
  it("puts the seat's head in the origin, +z to the screen, +x to the viewer's left", () => {
    const ahead = toCube([0, usual.cameraAbove, usual.distance], usual);
    ahead.forEach((v) => {
      expect(v).toBeCloseTo(0, 9);
    });
    // The picture's right is the viewer's left.
    const [x, y, z] = toCube([0.1, 0, 0.5], usual);
    expect([x, y, z].map((v) => v.toFixed(3))).toEqual(["0.100", "0.100", "0.100"]);
  });

  it("takes the camera's tilt out", () => {
    const c: Calibration = { ...usual, cameraTilt: 0.2 };
    // Straight before the screen at the camera's height: a camera that looks down sees it above its middle.
    const there = toCube([0, -0.6 * Math.sin(0.2), 0.6 * Math.cos(0.2)], c);
    expect(there[1]).toBeCloseTo(c.cameraAbove, 9);
    expect(there[2]).toBeCloseTo(c.distance - 0.6, 9);
    expect(directionToCube([0, Math.sin(0.2), -Math.cos(0.2)], c)[1]).toBeCloseTo(0, 9);
  });

  it("learns the focal length and where ahead is from somebody who looks at the middle", () => {
    const eye = toCube([0.1, usual.cameraAbove - 0.1, 0.5], usual); // at 0.5 m, in truth at usual.distance
    const straight = { yaw: Math.atan2(-0.1, 0.5), pitch: Math.atan2(-0.1, Math.hypot(0.1, 0.5)) };
    const c = fitted({ eye, yaw: straight.yaw + 0.05, pitch: straight.pitch - 0.2 }, usual);
    expect(c.focal).toBeCloseTo((usual.focal * 0.6) / 0.5, 9);
    expect([c.yaw, c.pitch].map((v) => v.toFixed(6))).toEqual(["0.050000", "-0.200000"]);
    // What is taken off already stays so.
    expect(fitted({ eye, ...straight }, c).pitch).toBeCloseTo(-0.2, 9);
    expect(fitted({ eye: [0, 0, 2], yaw: 0, pitch: 0 }, usual)).toEqual(usual); // behind the screen
  });

  it("knows a camera on the screen's upper edge", () => {
    expect(onTop(0.48)).toBeCloseTo(0.145, 3);
  });

  it("is kept, and bad ones are mended", () => {
    const kept = new Map<string, string>();
    const store = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(load(store)).toEqual(usual);
    save({ ...usual, distance: 0.75 }, store);
    expect(load(store).distance).toBe(0.75);
    for (const key of kept.keys()) kept.set(key, '{"distance": 99, "focal": "wide", "screenWidth": null');
    expect(load(store)).toEqual(usual);
    for (const key of kept.keys()) kept.set(key, '{"distance": 99, "focal": "wide", "screenWidth": null}');
    expect(load(store)).toEqual({ ...usual, distance: 4 });
    for (const key of kept.keys()) kept.set(key, "null");
    expect(load(store)).toEqual(usual);
    const none = {
      getItem: () => {
        throw new Error("no storage");
      },
    };
    expect(load(none)).toEqual(usual);
    expect(checked({ distance: Number.NaN }).distance).toBe(usual.distance);
  });
});
