import { Vector4 } from "three";
import { describe, expect, it } from "vitest";
import { Eye } from "./eye";
import { type Point, project, projectionOf, screenOf } from "./projection";

const screen = screenOf({ center: [0.1, -0.2, 0], halfWidth: 0.4, halfHeight: 0.5 }, 16 / 9);

describe("screen", () => {
  it("shows all of the framing in any shape", () => {
    expect(screen.halfHeight).toBe(0.5);
    expect(screen.halfWidth).toBeCloseTo(0.8889, 3);
    const tall = screenOf({ center: [0, 0, 0], halfWidth: 0.4, halfHeight: 0.5 }, 0.5);
    expect([tall.halfWidth, tall.halfHeight]).toEqual([0.4, 0.8]);
  });
});

describe("projection", () => {
  const eyes: Point[] = [
    [0, 0, 1.2],
    [0.3, 0.1, 0.9],
    [-0.5, -0.2, 2],
  ];
  it.each(eyes)("of the screen's corners is the canvas's, from %d %d %d", (...eye) => {
    const [x, y] = [screen.center[0] - screen.halfWidth, screen.center[1] + screen.halfHeight];
    const [px, py] = project(screen, eye, [x, y, 0], 1280, 720);
    expect(px).toBeCloseTo(0, 6);
    expect(py).toBeCloseTo(0, 6);
  });
  it.each(eyes)("by the matrix is the same as by rays, from %d %d %d", (...eye) => {
    for (const p of [
      [0, 0, 0],
      [0.2, -0.4, 0.3],
      [-0.7, 0.5, -1],
    ] as Point[]) {
      const v = new Vector4(p[0] - eye[0], p[1] - eye[1], p[2] - eye[2], 1);
      v.applyMatrix4(projectionOf(screen, eye));
      const [px, py] = project(screen, eye, p, 1280, 720);
      expect((1 + v.x / v.w) * 640).toBeCloseTo(px, 4);
      expect((1 - v.y / v.w) * 360).toBeCloseTo(py, 4);
    }
  });
  it("keeps what lies in the screen's plane where it is", () => {
    const p: Point = [0.3, 0.1, 0];
    expect(project(screen, [0, 0, 1], p, 100, 100)).toEqual(project(screen, [0, 0, 2], p, 100, 100));
  });
});

describe("eye", () => {
  it("goes to its goal and stands still there", () => {
    const eye = new Eye([0, 0, 1.2]);
    expect(eye.step(0.016)).toBe(false);
    eye.move(0.1, 0, 0);
    let steps = 0;
    while (eye.step(0.016)) steps++;
    expect(eye.position[0]).toBeCloseTo(0.1, 9);
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(60);
  });
  it("stays within its limits", () => {
    const eye = new Eye([0, 0, 1.2]);
    eye.set([9, -9, 0]);
    expect(eye.position).toEqual([eye.limits.max[0], eye.limits.min[1], eye.limits.min[2]]);
  });
  it("returns home", () => {
    const eye = new Eye([0, 0, 1.2]);
    eye.home = [0.1, 0, 1.4];
    eye.set([0.5, 0.5, 2]);
    eye.reset();
    while (eye.step(0.1));
    expect(eye.position.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0.1, 0, 1.4]);
  });
});
