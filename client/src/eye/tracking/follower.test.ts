import { describe, expect, it } from "vitest";
import { Eye } from "../eye";
import type { Point } from "../projection";
import { across, along, Follower, farthest, gliding, holding } from "./follower";
import type { Head } from "./head";
import { gaussian } from "./noise";
import { OneEuro, type Tuning } from "./oneeuro";

const rate = 30; // pictures a second
const spread = (values: number[]) => {
  const mean = values.reduce((a, v) => a + v, 0) / values.length;
  return Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length);
};

/** A head of the viewer's cube that is so far to the right, up and from the screen. */
function head([right, up, from]: Point, confidence = 1): Head {
  return { eye: [-right, up, -from], forward: [0, 0, 1], yaw: 0, pitch: 0, confidence };
}

describe("one euro filter", () => {
  it.each([
    ["across", across, 0.001],
    ["along", along, 0.004],
  ] as [string, Tuning, number][])("%s takes more than half of the jitter at rest", (_, tuning, jitter) => {
    const filter = new OneEuro(tuning);
    const noise = gaussian(jitter);
    const shown: number[] = [];
    for (let n = 0; n < 600; n++) shown.push(filter.take(noise(), n / rate));
    expect(spread(shown.slice(60))).toBeLessThan(jitter / 2);
  });
  it.each([0.1, 0.2, 0.4])("is less than 60 ms late at %d m/s across", (speed) => {
    const filter = new OneEuro(across);
    let value = 0;
    for (let n = 0; n < 90; n++) value = filter.take((speed * n) / rate, n / rate);
    const late = 89 / rate - value / speed;
    expect(late).toBeLessThan(0.06);
    expect(late).toBeCloseTo(filter.delay, 2);
  });
  it("is less than 60 ms late at 0.3 m/s to and fro", () => {
    const filter = new OneEuro(along);
    let value = 0;
    for (let n = 0; n < 90; n++) value = filter.take((0.3 * n) / rate, n / rate);
    expect(89 / rate - value / 0.3).toBeLessThan(0.06);
  });
  it("leaves out what is not later", () => {
    const filter = new OneEuro(across);
    filter.take(0, 1);
    filter.take(5, 1);
    filter.take(5, 0.5);
    expect([filter.value, filter.speed]).toEqual([0, 0]);
  });
});

/**
 * Shows a movement at 60 displays a second through pictures at 30 that are
 * known 60 ms late, from rest at its first place.
 */
function play(follower: Follower, seconds: number, place: (t: number) => Head | undefined, from = 0) {
  const shown: { t: number; lean: Point }[] = [];
  const delay = 4; // displays
  for (let n = 0; n < seconds * 60; n++) {
    const t = from + n / 60;
    const taken = n - delay;
    if (taken >= 0 && taken % 2 === 0) {
      const at = from + taken / 60;
      follower.see(place(at), 1000 * at, 1000 * t);
    }
    shown.push({ t, lean: follower.at(1000 * t) });
  }
  return shown;
}

const swing = (t: number): Point => (t < 1 ? [0, 0, 0] : [0.1 * Math.sin(Math.PI * (t - 1)), 0, 0]);

describe("follower", () => {
  it("is where the head is at the instant of display, nearly", () => {
    const shown = play(new Follower(), 5, (t) => head(swing(t))).filter(({ t }) => t > 1.5);
    const off = shown.map(({ t, lean }) => lean[0] - swing(t)[0]);
    const late = shown.map(({ t }) => swing(t - 0.06)[0] - swing(t)[0]);
    // What it would be off by if it showed the last picture, unsmoothed even.
    expect(spread(off)).toBeLessThan(spread(late) / 2);
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(0.02);
  });

  it("predicts three centimetres at most", () => {
    const follower = new Follower();
    for (let n = 0; n <= 60; n++) {
      follower.see(head([n < 30 ? 0 : ((n - 30) / rate) * 1.5, 0, 0]), (1000 * n) / rate, (1000 * n) / rate);
    }
    const last = follower.at(2100)[0];
    expect(last - 1.5).toBeGreaterThan(farthest / 2);
    expect(last - 1.5).toBeLessThanOrEqual(farthest + 1e-9);
    expect(follower.at(2200)[0] - 1.5).toBeLessThanOrEqual(farthest + 1e-9);
  });

  it("begins where the eye is", () => {
    const follower = new Follower();
    expect(follower.at(0)).toEqual([0, 0, 0]);
    follower.see(head([0.3, 0.1, 0.2]), 0, 0);
    follower.at(10).forEach((v) => {
      expect(v).toBeCloseTo(0, 9);
    });
  });

  it("holds a lost head, glides home, and comes back, without a jump", () => {
    const follower = new Follower();
    const there: Point = [0.12, 0, 0];
    const lostAt = 3;
    const backAt = 5;
    const shown = play(follower, 8, (t) => {
      if (t < 1) return head([0, 0, 0]);
      if (t < 2) return head([0.12 * (t - 1), 0, 0]);
      return t > lostAt && t < backAt ? head(there, 0.1) : head(there);
    });
    const at = (t: number) => shown.filter((s) => s.t <= t).at(-1)?.lean[0] ?? 9;
    expect(at(lostAt)).toBeCloseTo(0.12, 2);
    expect(at(lostAt + holding - 0.05)).toBeCloseTo(0.12, 2);
    expect(at(lostAt + holding + gliding + 0.1)).toBe(0);
    expect(at(backAt - 0.1)).toBe(0);
    expect(at(backAt + gliding / 2)).toBeGreaterThan(0.02);
    expect(at(backAt + gliding + 0.2)).toBeCloseTo(0.12, 2);
    const steps = shown.slice(1).map((s, n) => Math.abs(s.lean[0] - (shown[n]?.lean[0] ?? 0)));
    // The glide's greatest speed, 1.5 times its mean.
    expect(Math.max(...steps)).toBeLessThan((1.6 * 0.12) / gliding / 60);
  });

  it("works off what it missed while no picture came", () => {
    const follower = new Follower();
    const shown = play(follower, 4, (t) => head([t < 2 ? 0 : Math.min(0.4 * (t - 2), 0.08), 0, 0]));
    play(follower, 0.1, () => head([0.08, 0, 0]), 4);
    expect(shown.at(-1)?.lean[0]).toBeCloseTo(0.08, 2);
    follower.see(head([0.2, 0, 0]), 4400, 4430); // 0.3 s later, 12 cm on
    const first = follower.at(4430)[0];
    expect(first).toBeCloseTo(0.08, 2);
    expect(follower.at(4447)[0] - first).toBeLessThan(0.035);
    follower.see(head([0.2, 0, 0]), 4433, 4460);
    follower.see(head([0.2, 0, 0]), 4466, 4490);
    for (let n = 3; n < 20; n++) follower.see(head([0.2, 0, 0]), 4400 + 33 * n, 4430 + 33 * n);
    expect(follower.at(5090)[0]).toBeCloseTo(0.2, 2);
  });

  it("does not jump to another face", () => {
    const follower = new Follower();
    const shown = play(follower, 4, (t) => head(t < 2 ? [0, 0, 0] : [0.4, 0, 0]));
    const steps = shown.slice(1).map((s, n) => Math.abs(s.lean[0] - (shown[n]?.lean[0] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan((1.6 * 0.4) / gliding / 60);
    expect(shown.at(-1)?.lean[0]).toBeCloseTo(0.4, 2);
  });

  it("makes a new place of where the head is", () => {
    const follower = new Follower();
    play(follower, 2, (t) => head([t < 1 ? 0 : 0.1, 0, 0]));
    const before = follower.at(2000)[0];
    follower.recentre(2000);
    expect(follower.at(2000)[0]).toBeCloseTo(before, 9);
    const shown = play(follower, 2, () => head([0.1, 0, 0]), 2);
    expect(shown.at(-1)?.lean[0]).toBeCloseTo(0, 3);
  });

  it("lets go gently", () => {
    const follower = new Follower();
    play(follower, 2, (t) => head([t < 1 ? 0 : 0.1, 0, 0]));
    const before = follower.at(2000)[0];
    follower.release(2000);
    expect(follower.at(2000)[0]).toBeCloseTo(before, 6);
    expect(follower.at(2000 + 1000 * gliding)).toEqual([0, 0, 0]);
  });
});

describe("eye", () => {
  it("leans from where mouse and keys put it, within its limits", () => {
    const eye = new Eye([0, 0, 1.2]);
    let lean: Point = [0.1, 0.02, 0];
    let recentred = 0;
    eye.follow({ at: () => lean, recentre: () => void recentred++ });
    expect(eye.step(0.016)).toBe(true);
    expect(eye.position).toEqual([0.1, 0.02, 1.2]);
    expect(eye.step(0.016)).toBe(false);
    eye.move(0.2, 0, 0);
    while (eye.step(0.016));
    expect(eye.position[0]).toBeCloseTo(0.3, 6);
    lean = [0, 0, 0];
    expect(eye.step(0.016)).toBe(true);
    expect(eye.position[0]).toBeCloseTo(0.2, 6);
    lean = [5, 0, 0];
    eye.step(0.016);
    expect(eye.position[0]).toBe(eye.limits.max[0]);
    eye.reset();
    expect(recentred).toBe(1);
  });
});
