import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { upright } from "../assembly/pose";
import type { Point } from "../eye/projection";
import type { Session } from "../session/session";
import { initial } from "./bust";
import { type Gaze, Looks } from "./gaze";
import { Mover } from "./mover";
import { onScreen, outline, Sight } from "./sight";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { documentElement: { hasAttribute: () => false } });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("looks", () => {
  const said: Gaze[] = [];
  const looks = () => {
    said.length = 0;
    return new Looks({ look: (g: Gaze) => said.push(g) } as unknown as Session);
  };
  const eye: Point = [0, 0, 0];

  it("are not known without pointer and tracking", () => {
    expect(looks().at(eye)).toEqual({ eye, direction: [0, 0, 0], confidence: 0 });
  });

  it("go through the pointer, as a guess", () => {
    const l = looks();
    l.pointer = [0.3, 0, 0.4];
    expect(l.at(eye)).toEqual({ eye, direction: [0.6, 0, 0.8], confidence: 0.3 });
  });

  it("are what tracking found, and what tests say before all", () => {
    const l = looks();
    l.pointer = [0, 0, 0.65];
    l.tracked = { point: eye, direction: [2, 0, 0], confidence: 0.8 };
    expect(l.at(eye)).toMatchObject({ direction: [1, 0, 0], confidence: 0.8 });
    l.tracked.confidence = 0;
    expect(l.at(eye).confidence).toBe(0.3);
    l.override = { direction: [0, 1, 0], confidence: 1 };
    expect(l.at(eye)).toEqual({ eye, direction: [0, 1, 0], confidence: 1 });
  });

  it("are told 30 times a second while they move, else five times", () => {
    const l = looks();
    for (let ms = 1000; ms < 2000; ms += 11) l.tell([ms / 1e6, 0, 0], ms);
    expect(said.length).toBeGreaterThan(25);
    expect(said.length).toBeLessThan(34);
    said.length = 0;
    for (let ms = 2000; ms < 3000; ms += 11) l.tell(eye, ms);
    expect(said.length).toBeGreaterThan(3);
    expect(said.length).toBeLessThan(8);
  });
});

it("a moved item is told five times a second, and where it came to rest", () => {
  const told: number[] = [];
  const mover = new Mover((_, pose) => told.push(pose.position[0]));
  for (let i = 0; i <= 20; i++) {
    mover.move("i1", upright([i, 0, 0], 0), 1);
    vi.advanceTimersByTime(50);
  }
  vi.advanceTimersByTime(1000);
  expect(told.length).toBeLessThanOrEqual(7);
  expect([told[0], told.at(-1)]).toEqual([0, 20]);
});

describe("the sight", () => {
  const canvas = {} as HTMLElement;
  const ahead = outline([0, 0, 1.4]);
  const right = outline([-1.3, 0, 1.3]);
  const left = outline([1.3, 0, 1.3]);

  it("fits once, keeps its size when somebody goes, and glides when somebody comes", () => {
    const sight = new Sight(canvas, undefined);
    sight.fit([...ahead, ...outline([-0.6, 0, 1.4])], 0);
    const before = sight.screen(0);
    sight.fit(ahead, 100);
    expect(sight.screen(2000)).toEqual(before);
    sight.fit([...right, ...ahead], 3000);
    expect(sight.moving(3100)).toBe(true);
    expect(sight.screen(3000)).toEqual(before);
    expect(sight.screen(4000).halfWidth).toBeGreaterThan(before.halfWidth);
  });

  it("turns where the canvas is narrow, but not against the hand", () => {
    const sight = new Sight(canvas, undefined);
    sight.aspect = 390 / 844;
    sight.fit([...left, ...right], 0);
    expect(sight.narrow).toBe(true);
    expect(sight.holds(right)).toBe(false);
    sight.attend(right, 0);
    expect(sight.holds(right)).toBe(true);
    sight.pan(-0.4, 2000);
    expect(sight.holds(right)).toBe(false);
    sight.attend(left, 3000);
    expect(sight.holds(left)).toBe(false);
    sight.attend(left, 12_000);
    expect(sight.holds(left)).toBe(true);
    sight.aspect = 16 / 9;
    expect([sight.narrow, sight.holds(left), sight.holds(right)]).toEqual([false, true, true]);
  });

  it("knows what is on the screen", () => {
    const sight = new Sight(canvas, undefined);
    sight.fit(ahead, 0);
    const screen = sight.screen(0);
    expect(onScreen(screen, [0, 0, 0], ahead)).toBe(true);
    expect(onScreen(screen, [0, 0, 0], outline([-2, 0, 1]))).toBe(false);
    expect(onScreen(screen, [0, 0, 0], outline([0, 0, -1]))).toBe(false);
    expect(onScreen(screen, [0, 0, 0], outline([1.8, 0, 0]))).toBe(false);
  });
});

it.each([
  ["ada", "A"],
  [" 王小明", "王"],
  ["👩🏽 x", "👩"],
  ["", "?"],
])("the initial of %j is %s", (name, want) => expect(initial(name)).toBe(want));
