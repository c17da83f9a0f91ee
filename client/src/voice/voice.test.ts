import { describe, expect, it } from "vitest";
import { aPerson, aRoom, aState } from "../../test/fake/state";
import type { Pose } from "../protocol/room.gen";
import { bar } from "./level";
import { heads, into } from "./seats";

const turned = (degrees: number, position: Pose["position"]): Pose => {
  const half = (degrees * Math.PI) / 360;
  return { position, rotation: [0, Math.sin(half), 0, Math.cos(half)] };
};

describe("seats, heard from another", () => {
  it("undo the viewer's own pose", () => {
    // A cube that looks along the world's +x: what is there is before it.
    const at = into(turned(90, [1, 1, 1]), [3, 1, 1]);
    expect(at.map((v) => Math.round(v * 1e9) / 1e9 + 0)).toEqual([0, 0, 2]);
  });

  it("face to face are straight ahead of each other", () => {
    const seats = [turned(0, [0, 1.2, -0.7]), turned(180, [0, 1.2, 0.7])];
    const people = [aPerson("p1", { seat: 0 }), aPerson("p2", { seat: 1 }), aPerson("p3", { seat: -1 })];
    for (const you of ["p1", "p2"]) {
      const found = heads(aState(you, people, { room: aRoom({ seats }) }));
      expect(found.size).toBe(1);
      const [x = 1, y = 1, z = 0] = [...found.values()][0] ?? [];
      expect([x, y]).toEqual([expect.closeTo(0, 9), expect.closeTo(0, 9)]);
      expect(z).toBeCloseTo(1.4);
    }
  });

  it("of a neighbour to the right are at -x, as the frame is right-handed", () => {
    const people = [aPerson("p1", { seat: 0 }), aPerson("p2", { seat: 1 })];
    const seats = [turned(0, [0, 1.2, 0]), turned(0, [-1, 1.2, 0])];
    const at = heads(aState("p1", people, { room: aRoom({ seats }) })).get("p2");
    expect(at?.[0]).toBeCloseTo(-1);
  });

  it("are heard from the gallery by who has no seat, whose own voice has no place", () => {
    const people = [aPerson("p1", { seat: -1 }), aPerson("p2", { seat: 0 })];
    expect(heads(aState("p1", people)).size).toBe(1);
    expect(heads(aState("p2", people)).size).toBe(0);
    expect(heads(aState("p1", people), turned(0, [0, 1, 0])).size).toBe(1);
  });
});

describe("a level bar", () => {
  it("is empty in silence and full at -12 dB", () => {
    expect([bar(0), bar(1e-4), bar(1)]).toEqual([0, 0, 1]);
    expect(bar(10 ** (-36 / 20))).toBeCloseTo(0.5);
  });
});
