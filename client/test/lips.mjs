// Flash and beep of the synthetic rig are one instant: how far apart do they
// come to one of three pages that hear each other too? VIRTUALCUBE_BADGE: where
// the rig's badge is, [x, y, z] in its cube. VIRTUALCUBE_LIPS: how far apart they
// may be, ms; 400 unless given, as the machine may be busy with other work.
// VIRTUALCUBE_OTHERS: how many other pages there are, 0 to 2; 2 unless given.
import assert from "node:assert/strict";
import { screenshot, withBrowser } from "./browser.mjs";
import { devices, enter, own, until } from "./roomnode.mjs";

const badge = JSON.parse(process.env.VIRTUALCUBE_BADGE ?? "null");
assert.ok(badge, "VIRTUALCUBE_BADGE is not set");
const limit = Number(process.env.VIRTUALCUBE_LIPS ?? 400);
const others = Number(process.env.VIRTUALCUBE_OTHERS ?? 2);
const settle = 8; // s, in which waits and jitter buffers find their lengths
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

/** Waits until a page shows the rig, and hears it and the others. */
async function ready(page, rig, others) {
  await until(
    page,
    "shown the rig",
    () => (window.virtualcube.room.figures().views.cube?.shown ?? 0) > 30,
    undefined,
    60_000,
  );
  await until(page, "hearing the rig", (id) => id in window.virtualcube.room.ears(), rig);
  await until(
    page,
    "getting every voice",
    (ids) => ids.every((id) => (window.virtualcube.room.figures().node?.voices[id] ?? 0) > 50),
    others,
    60_000,
  );
}

await withBrowser(
  "lips",
  async (browser) => {
    const ada = await enter(browser, "Ada", "&plain&screen=66x44@65");
    const pages = [ada];
    for (const name of ["Bob", "Eve"].slice(0, others)) pages.push(await enter(browser, name, "&plain"));
    for (const page of pages) await page.getByRole("button", { name: /^Microphone/ }).click();
    const rig = await ada.evaluate(
      () => [...window.virtualcube.room.state().people.values()].find((p) => p.cube)?.id,
    );
    const ids = await Promise.all(pages.map(own));
    for (const [i, page] of pages.entries())
      await ready(
        page,
        rig,
        ids.filter((_, k) => k !== i),
      );
    await new Promise((resolve) => setTimeout(resolve, settle * 1000));
    const timed = await flashesAndBeeps(ada, rig, seconds);
    for (const page of pages) await screenshot(page, page === ada ? "lips" : `lips-${page.name}`);
    const apart = timed.flashes.found.flatMap((f) => {
      const nearest = timed.beeps.found.map((b) => b - f).toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
      return nearest !== undefined && Math.abs(nearest) < 400 ? [nearest] : [];
    });
    const figures = await Promise.all(
      pages.map((page) => page.evaluate(() => window.virtualcube.room.figures().views.cube)),
    );
    const timing = await ada.evaluate((id) => window.virtualcube.room.figures().lips[id], rig);
    console.log(
      `flash and beep, ${pages.length} pages: ${apart.length} pairs, the beep ${apart.length ? median(apart).toFixed(0) : "?"} ms after the flash (median; ` +
        `${apart.map((a) => a.toFixed(0)).join(" ")}); ${(timed.frames / seconds).toFixed(1)} display frames a second, ` +
        `light ${timed.flashes.low.toFixed(0)} to ${timed.flashes.high.toFixed(0)}, ` +
        `by the page's own reckoning the voice takes ${timing?.voice.toFixed(0)} ms, the view ${timing?.view.toFixed(0)} and waits ${timing?.wait.toFixed(0)}; ` +
        `capture to display ${figures.map((f) => f.latency?.toFixed(0)).join(", ")} ms`,
    );
    assert.ok(apart.length >= seconds / 4, `only ${apart.length} flashes with a beep in ${seconds} s`);
    assert.ok(Math.abs(median(apart)) <= limit, "flash and beep are too far apart");
    for (const page of pages) assert.deepEqual(page.errors, [], page.name);
  },
  devices,
);
