import { Matrix4, Vector3, Vector4 } from "three";
import { describe, expect, it } from "vitest";
import { cameraOf, type Point, pointAt, project, projectionOf, type Screen } from "../eye/projection";
import type { Pose } from "../protocol/room.gen";
import { alone, blendExtents, covers, extentOf, screenOfExtent, tooNarrow, virtualDistance } from "./extent";
import { Glide } from "./glide";
import { monitorOf, partOf, screenOfMonitor } from "./monitor";
import { apply, between, blend, compose, identity, inverse, matrixOf, turn, upright } from "./pose";

const degrees = (radians: number) => (radians * 180) / Math.PI;

/** Numbers that look random and are the same each time. */
function numbers(seed: number) {
  let s = seed;
  return (least: number, most: number) => {
    s = (s * 48271) % 2147483647;
    return least + (s / 2147483647) * (most - least);
  };
}

function anyPose(random: (a: number, b: number) => number): Pose {
  const q = [0, 1, 2, 3].map(() => random(-1, 1));
  const n = Math.hypot(...q);
  return {
    position: [random(-3, 3), random(-0.3, 0.3), random(-3, 3)],
    rotation: q.map((v) => v / n) as Pose["rotation"],
  };
}

function closeTo(a: Point, b: Point, digits = 9) {
  for (const i of [0, 1, 2] as const) expect(a[i]).toBeCloseTo(b[i], digits);
}

function angle(a: Point, b: Point) {
  return degrees(new Vector3(...a).angleTo(new Vector3(...b)));
}

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

describe("poses", () => {
  const random = numbers(5);
  const cases = Array.from({ length: 40 }, () => [anyPose(random), anyPose(random)] as const);
  const p: Point = [0.3, -0.2, 1.1];

  it("have an inverse, and go together", () => {
    for (const [a, b] of cases) {
      closeTo(apply(inverse(a), apply(a, p)), p);
      closeTo(apply(compose(a, b), p), apply(a, apply(b, p)));
      closeTo(apply(a, apply(between(a, b), p)), apply(b, p));
      closeTo(new Vector3(...p).applyMatrix4(matrixOf(a)).toArray(), apply(a, p));
      closeTo(turn(a, p), minus(apply(a, p), a.position));
    }
  });

  it("T_ij and T_ji are inverse", () => {
    for (const [a, b] of cases) closeTo(apply(between(a, b), apply(between(b, a), p)), p);
  });

  it("blend from one to the other, rigidly", () => {
    for (const [a, b] of cases) {
      closeTo(apply(blend(a, b, 0), p), apply(a, p));
      closeTo(apply(blend(a, b, 1), p), apply(b, p));
      expect(Math.hypot(...blend(a, b, 0.3).rotation)).toBeCloseTo(1, 9);
    }
  });

  it("turn +z towards +x", () => closeTo(turn(upright([0, 0, 0], Math.PI / 2), [0, 0, 1]), [1, 0, 0]));
});

describe("monitors", () => {
  it.each([
    ["60x34@65", [0.6, 0.34, 0.65, 0]],
    ["60x34@65:40", [0.6, 0.34, 0.65, 40]],
    ["52.5x30@70:-35.5", [0.525, 0.3, 0.7, -35.5]],
    ["left", [0.6, 0.34, 0.65, -40]],
    ["middle", [0.6, 0.34, 0.65, 0]],
    ["right", [0.6, 0.34, 0.65, 40]],
  ])("reads %s", (text, want) => {
    const m = monitorOf(text);
    expect(m && [m.width, m.height, m.distance, Math.round(degrees(m.yaw) * 1e6) / 1e6]).toEqual(want);
  });

  it.each([null, "", "60x34", "60@65", "60x34@65:", "1x1@65", "60x34@5", "60x34@65:170", "60x34@65 "])(
    "takes none from %j",
    (text) => expect(monitorOf(text)).toBeUndefined(),
  );

  it("stand to the right with a positive yaw, and face the head", () => {
    const s = screenOfMonitor({ width: 0.6, height: 0.34, distance: 0.65, yaw: 0.7 });
    expect(s.center[0]).toBeLessThan(0); // +x is on the left
    expect(Math.hypot(...s.center)).toBeCloseTo(0.65, 9);
    const normal = new Vector3(...s.right).cross(new Vector3(...s.up)).toArray();
    expect(angle(normal, minus([0, 0, 0], s.center))).toBeLessThan(1e-6);
  });

  it("a canvas covers its part of them", () => {
    const monitor = screenOfMonitor({ width: 0.6, height: 0.3, distance: 0.65, yaw: 0 });
    const whole = { x: 0, y: 0, width: 1920, height: 1080, monitorWidth: 1920, monitorHeight: 1080 };
    for (const place of [whole, { ...whole, x: 8, y: 90 }]) {
      closeTo(partOf(monitor, place).center, monitor.center);
      expect(partOf(monitor, place).halfWidth).toBe(0.3);
    }
    const quarter = partOf(monitor, { ...whole, width: 960, height: 540, x: 960 });
    closeTo(quarter.center, [-0.15, 0.075, 0.65]); // the right upper one
    expect([quarter.halfWidth, quarter.halfHeight]).toEqual([0.15, 0.075]);
  });
});

describe("the virtual screen", () => {
  it.each([21 / 9, 16 / 9, 4 / 3])("shows all it must in a window of shape %d", (aspect) => {
    const random = numbers(9);
    for (let n = 0; n < 60; n++) {
      const points = Array.from({ length: 6 }, (): Point => {
        const [away, to] = [random(1, 5), random(-0.85, 0.85)];
        return [away * Math.sin(to), random(-0.5, 0.4), away * Math.cos(to)];
      });
      const screen = screenOfExtent(extentOf(points), aspect);
      for (const p of points) {
        const [x, y] = project(screen, [0, 0, 0], p, 1, 1);
        for (const v of [x, y]) {
          expect(v).toBeGreaterThanOrEqual(-1e-9);
          expect(v).toBeLessThanOrEqual(1 + 1e-9);
        }
      }
      expect(screen.halfWidth / screen.halfHeight).toBeCloseTo(aspect, 9);
    }
  });

  it("shows a part in a narrow window, whichever one turns to", () => {
    const wide = extentOf([
      [1.3, 0, 1.3],
      [-1.3, 0, 1.3],
    ]);
    const aspect = 390 / 844;
    expect([tooNarrow(wide, aspect), tooNarrow(wide, 16 / 9)]).toEqual([true, false]);
    const turned = screenOfExtent(wide, aspect, Math.PI / 4);
    expect(turned.halfHeight).toBeCloseTo(0.6, 9);
    const [x] = project(turned, [0, 0, 0], [-1.3, 0, 1.3], 1, 1);
    expect(x).toBeCloseTo(0.5, 9);
  });

  it("is no wider than 110 degrees, and turns to what is all on one side", () => {
    const beside = extentOf([
      [-1.2, 0, 0],
      [1, 0, 4],
    ]);
    expect(degrees(Math.atan(beside.halfWidth / virtualDistance))).toBeLessThanOrEqual(55.0001);
    expect(beside.yaw).toBeGreaterThan(0.3);
    expect(
      extentOf([
        [-2, 0, 2],
        [2, 0, 2],
      ]).yaw,
    ).toBe(0);
  });

  it("is not too narrow for one, and has a size of its own for nobody", () => {
    expect(extentOf([[0, 0, 4]]).halfWidth).toBe(0.3);
    expect(extentOf([])).toBe(alone);
  });

  it("knows what it covers", () => {
    const wide = extentOf([
      [1, 0.2, 1.5],
      [0, -0.3, 1.5],
    ]);
    expect(covers(wide, extentOf([[0.2, 0, 1.5]]))).toBe(true);
    expect(covers(wide, extentOf([[2, 0, 1.5]]))).toBe(false);
    expect(blendExtents(wide, alone, 0)).toEqual(wide);
  });
});

describe("projection", () => {
  const random = numbers(77);
  const screens: Screen[] = [];
  for (let n = 0; n < 30; n++) {
    const turned = anyPose(random);
    screens.push({
      center: [random(-0.4, 0.4), random(-0.3, 0.3), random(0.4, 0.9)],
      right: turn(turned, [1, 0, 0]),
      up: turn(turned, [0, 1, 0]),
      halfWidth: random(0.1, 0.9),
      halfHeight: random(0.1, 0.5),
    });
    screens.push(
      screenOfMonitor({ width: 0.6, height: 0.34, distance: random(0.4, 1), yaw: random(-1, 1) }),
      screenOfExtent(extentOf([[random(-1, 1), 0, 1.4]]), random(0.4, 2)),
    );
  }

  it("shows a remote eye in its true direction, whatever seats, screen and eyes", () => {
    let worst = 0;
    for (const screen of screens) {
      const normal = new Vector3(...screen.right).cross(new Vector3(...screen.up));
      for (let n = 0; n < 30; n++) {
        const [mine, theirs] = [anyPose(random), anyPose(random)];
        const own = new Vector3(...screen.center)
          .addScaledVector(normal, random(0.3, 1))
          .add(new Vector3(random(-0.2, 0.2), random(-0.2, 0.2), 0))
          .toArray();
        const other = apply(between(mine, theirs), [random(-0.2, 0.2), random(-0.2, 0.2), random(-0.2, 0.2)]);
        // Behind the viewer's eye nothing is shown.
        if (new Vector3(...minus(other, own)).normalize().dot(normal) > -0.05) continue;
        const [x, y] = project(screen, own, other, 1280, 720);
        const shown = pointAt(screen, x, y, 1280, 720);
        worst = Math.max(worst, angle(minus(shown, own), minus(other, own)));
      }
    }
    expect(worst).toBeLessThan(0.01);
  });

  it("by the camera's matrices is the same as by rays", () => {
    for (const screen of screens) {
      const normal = new Vector3(...screen.right).cross(new Vector3(...screen.up));
      const own = new Vector3(...screen.center).addScaledVector(normal, 0.6).toArray();
      const p = new Vector3(...screen.center).addScaledVector(normal, -random(0.1, 2)).toArray();
      const v = new Vector4(...p, 1)
        .applyMatrix4(new Matrix4().copy(cameraOf(screen, own)).invert())
        .applyMatrix4(projectionOf(screen, own));
      const [x, y] = project(screen, own, p, 1280, 720);
      expect((1 + v.x / v.w) * 640).toBeCloseTo(x, 4);
      expect((1 - v.y / v.w) * 360).toBeCloseTo(y, 4);
    }
  });
});

describe("a glide", () => {
  const line = (a: number, b: number, t: number) => a + (b - a) * t;
  it("takes 0.9 s, smoothly, and turns on its way", () => {
    const glide = new Glide(0, line, () => false);
    expect(glide.moving(0)).toBe(false);
    glide.to(10, 1000);
    expect([glide.at(1000), glide.at(1450), glide.at(1900)]).toEqual([0, 5, 10]);
    expect([glide.moving(1899), glide.moving(1900)]).toEqual([true, false]);
    glide.to(20, 2000);
    glide.to(0, 2450);
    expect(glide.at(2450)).toBe(15);
    expect(glide.goal).toBe(0);
    glide.jump(3);
    expect(glide.at(2451)).toBe(3);
  });
  it("is there at once where less motion is asked for", () => {
    const glide = new Glide(identity, blend, () => true);
    glide.to(upright([1, 0, 0], 1), 5);
    expect(glide.at(5).position).toEqual([1, 0, 0]);
  });
});
