import { describe, expect, it } from "vitest";
import type { Point } from "../projection";
import { usual } from "./calibration";
import { betweenEyes, rigidPoints } from "./face";
import { headOf, type Landmarks } from "./head";
import { gaussian } from "./noise";
import { type Pixel, type Rotation, Shape, sum, turned } from "./pose";

const [width, height, focal] = [640, 480, usual.focal * 640];

/** A head turned by degrees: to the picture's right, down, and clockwise in the picture. */
function rotation(yaw: number, pitch: number, roll: number): Rotation {
  const [a, b, c] = [yaw, pitch, roll].map((d) => (d * Math.PI) / 180) as Point;
  const turns: Rotation[] = [
    [
      [Math.cos(c), -Math.sin(c), 0],
      [Math.sin(c), Math.cos(c), 0],
      [0, 0, 1],
    ],
    [
      [1, 0, 0],
      [0, Math.cos(b), -Math.sin(b)],
      [0, Math.sin(b), Math.cos(b)],
    ],
    [
      [Math.cos(a), 0, -Math.sin(a)],
      [0, 1, 0],
      [Math.sin(a), 0, Math.cos(a)],
    ],
  ];
  const axes: Point[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const columns = axes.map((axis) => turns.reduce((p, turn) => turned(turn, p), axis));
  return [0, 1, 2].map((row) => columns.map((column) => column[row])) as unknown as Rotation;
}

/** The mean face as a camera sees it when the point between its eyes is somewhere. */
function seen(turn: Rotation, eye: Point, noise = () => 0, presence = 1): Landmarks {
  const points = rigidPoints.map((p): Pixel => {
    const away = p.map((v, i) => v - (betweenEyes[i] ?? 0)) as Point;
    const [x, y, z] = sum(turned(turn, away), eye);
    return [(focal * x) / z + width / 2 + noise(), (focal * y) / z + height / 2 + noise()];
  });
  return { points, presence, width, height };
}

describe("head", () => {
  const poses: [number, number, number, Point][] = [
    [0, 0, 0, [0, 0.1, 0.6]],
    [25, 0, 0, [0.15, 0.05, 0.5]],
    [-30, 10, 8, [-0.2, 0.1, 0.8]],
    [10, -20, -15, [0.05, 0.2, 1.2]],
    [0, 15, 0, [0, 0, 0.35]],
  ];
  it.each(poses)("turned by %d, %d, %d degrees is found where it is", (yaw, pitch, roll, eye) => {
    const head = headOf(seen(rotation(yaw, pitch, roll), eye), usual);
    const [x, y, z] = eye;
    const want = [x, usual.cameraAbove - y, usual.distance - z];
    head?.eye.forEach((v, i) => {
      expect(Math.abs(v - (want[i] ?? 0))).toBeLessThan(0.001);
    });
    expect(head?.confidence).toBe(1);
    expect(((head?.yaw ?? 9) * 180) / Math.PI).toBeCloseTo(yaw, 0);
    expect(((head?.pitch ?? 9) * 180) / Math.PI).toBeCloseTo(-pitch, 0);
  });

  it("looks along +z when it looks into a level camera", () => {
    const head = headOf(seen(rotation(0, 0, 0), [0, 0, 0.6]), usual);
    head?.forward.forEach((v, i) => {
      expect(v).toBeCloseTo([0, 0, 1][i] ?? 0, 6);
    });
  });

  it("points where its calibration says that ahead is", () => {
    const head = headOf(seen(rotation(0, 0, 0), [0, 0, 0.6]), { ...usual, yaw: 0.1, pitch: -0.2 });
    expect(head?.yaw).toBeCloseTo(-0.1, 6);
    expect(head?.pitch).toBeCloseTo(0.2, 6);
    expect(Math.hypot(...(head?.forward ?? []))).toBeCloseTo(1, 9);
  });

  it("is off by millimetres where the landmarks are off by half a pixel", () => {
    const noise = gaussian(0.5);
    const off = Array.from({ length: 200 }, () => {
      const head = headOf(seen(rotation(5, 0, 0), [0.02, 0.1, 0.6], noise), usual);
      return [0.02, 0, 0].map((v, i) => (head?.eye[i] ?? 9) - v);
    });
    const rms = (i: number) => Math.sqrt(off.reduce((a, o) => a + (o[i] ?? 0) ** 2, 0) / off.length);
    expect(rms(0)).toBeLessThan(0.0005);
    expect(rms(1)).toBeLessThan(0.0005);
    expect(rms(2)).toBeLessThan(0.005);
  });

  it("is not trusted where the points are no face, or the network doubts it", () => {
    const noise = gaussian(20);
    const scattered = headOf(seen(rotation(0, 0, 0), [0, 0.1, 0.6], noise), usual);
    expect(scattered?.confidence ?? 0).toBeLessThan(0.3);
    expect(headOf(seen(rotation(0, 0, 0), [0, 0.1, 0.6], undefined, 0.4), usual)?.confidence).toBeCloseTo(
      0.4,
    );
  });

  it("is none where the picture is none", () => {
    const face = seen(rotation(0, 0, 0), [0, 0.1, 0.6]);
    const spot = face.points.map((): Pixel => [100, 100]);
    expect(headOf({ ...face, points: spot }, usual)).toBeUndefined();
    expect(headOf({ ...face, points: [] }, usual)).toBeUndefined();
    const lost = face.points.map((): Pixel => [Number.NaN, 0]);
    expect(headOf({ ...face, points: lost }, usual)).toBeUndefined();
  });
});

describe("shape", () => {
  it("is fitted in front of the camera only", () => {
    expect(new Shape(rigidPoints).fit(seen(rotation(0, 0, 0), [0, 0, 1]).points, 0)).toBeUndefined();
  });
});
