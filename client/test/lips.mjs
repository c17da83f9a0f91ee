// Flash and beep of the synthetic rig are one instant: how far apart do they
// come to a page? VIRTUALCUBE_BADGE: where the rig's badge is, [x, y, z] in its
// cube. VIRTUALCUBE_LIPS: how far apart they may be, ms; 400 unless given, as the
// machine may be busy with other work.
import assert from "node:assert/strict";
import { screenshot, withBrowser } from "./browser.mjs";
import { enter, until } from "./roomnode.mjs";

const badge = JSON.parse(process.env.VIRTUALCUBE_BADGE ?? "null");
assert.ok(badge, "VIRTUALCUBE_BADGE is not set");
const limit = Number(process.env.VIRTUALCUBE_LIPS ?? 400);
const seconds = Number(process.env.VIRTUALCUBE_SECONDS ?? 14);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** When the badge lights up on the canvas and when the beep comes to the ears, ms. */
const flashesAndBeeps = (page, rig, seconds) =>
  page.evaluate(
    async ([rig, at, seconds]) => {
      const { room } = window.virtualcube;
      const canvas = document.getElementById("canvas");
      const g = new OffscreenCanvas(3, 3).getContext("2d", { willReadFrequently: true });
      const [lights, sounds] = [[], []];
      const end = performance.now() + 1000 * seconds;
      const listening = setInterval(() => {
        const ear = room.ears()[rig];
        sounds.push([performance.now(), ear ? ear.left + ear.right : 0]);
      }, 2);
      await new Promise((resolve) => {
        const look = (now) => {
          const p = room.project(rig, at);
          if (p) {
            // After the page's own callback, in the same display frame: the canvas still has its picture.
            g.drawImage(canvas, p[0] - 1, p[1] - 1, 3, 3, 0, 0, 3, 3);
            const { data } = g.getImageData(0, 0, 3, 3);
            let light = 0;
            for (let i = 0; i < data.length; i += 4) light += data[i] + data[i + 1] + data[i + 2];
            lights.push([performance.now(), light / (data.length * 0.75)]);
          }
          if (now < end) requestAnimationFrame(look);
          else resolve();
        };
        requestAnimationFrame(look);
      });
      clearInterval(listening);
      const onsets = (samples, quiet) => {
        const values = samples.map((s) => s[1]);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const threshold = low + quiet * (high - low);
        const found = [];
        for (let i = 1; i < samples.length; i++) {
          const last = found.at(-1) ?? Number.NEGATIVE_INFINITY;
          if (values[i] >= threshold && values[i - 1] < threshold && samples[i][0] - last > 400)
            found.push(samples[i][0]);
        }
        return { found, low, high };
      };
      return { flashes: onsets(lights, 0.5), beeps: onsets(sounds, 0.1), frames: lights.length };
    },
    [rig, badge, seconds],
  );

await withBrowser("lips", async (browser) => {
  const page = await enter(browser, "Ada", "&plain&screen=66x44@65");
  const rig = await page.evaluate(
    () => [...window.virtualcube.room.state().people.values()].find((p) => p.cube)?.id,
  );
  await until(
    page,
    "shown the rig",
    () => (window.virtualcube.room.figures().views.cube?.shown ?? 0) > 60,
    undefined,
    60_000,
  );
  await until(page, "hearing the rig", (id) => id in window.virtualcube.room.ears(), rig);
  const timed = await flashesAndBeeps(page, rig, seconds);
  await screenshot(page, "lips");
  const apart = timed.flashes.found.flatMap((f) => {
    const nearest = timed.beeps.found.map((b) => b - f).toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
    return nearest !== undefined && Math.abs(nearest) < 400 ? [nearest] : [];
  });
  const { latency } = await page.evaluate(() => window.virtualcube.room.figures().views.cube);
  console.log(
    `flash and beep: ${apart.length} pairs, the beep ${apart.length ? median(apart).toFixed(0) : "?"} ms after the flash (median); ` +
      `${timed.frames} display frames, light ${timed.flashes.low.toFixed(0)} to ${timed.flashes.high.toFixed(0)}, capture to display ${latency?.toFixed(0)} ms`,
  );
  assert.ok(apart.length >= seconds / 2, `only ${apart.length} flashes with a beep in ${seconds} s`);
  assert.ok(Math.abs(median(apart)) <= limit, "flash and beep are too far apart");
  assert.deepEqual(page.errors, []);
});
