// Flash and beep of the synthetic rig are one instant: how far apart do they
// come to one of three pages that hear each other too? VIRTUALCUBE_BADGE: where
// the rig's badge is, [x, y, z] in its cube. VIRTUALCUBE_LIPS: how far apart they
// may be, ms; 400 unless given, as the machine may be busy with other work.
// VIRTUALCUBE_OTHERS: how many other pages there are, 0 to 2; 2 unless given.
import assert from "node:assert/strict";
import { screenshot, withBrowser } from "./browser.mjs";
import { apart, flashesAndBeeps, median } from "./claps.mjs";
import { devices, enter, own, until } from "./roomnode.mjs";

const badge = JSON.parse(process.env.VIRTUALCUBE_BADGE ?? "null");
assert.ok(badge, "VIRTUALCUBE_BADGE is not set");
const limit = Number(process.env.VIRTUALCUBE_LIPS ?? 400);
const others = Number(process.env.VIRTUALCUBE_OTHERS ?? 2);
const settle = 8; // s, in which waits and jitter buffers find their lengths
const seconds = Number(process.env.VIRTUALCUBE_SECONDS ?? 14);

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
    const timed = await flashesAndBeeps(ada, rig, seconds, badge);
    for (const page of pages) await screenshot(page, page === ada ? "lips" : `lips-${page.name}`);
    const skews = apart(timed);
    const figures = await Promise.all(
      pages.map((page) => page.evaluate(() => window.virtualcube.room.figures().views.cube)),
    );
    const timing = await ada.evaluate((id) => window.virtualcube.room.figures().lips[id], rig);
    console.log(
      `flash and beep, ${pages.length} pages: ${skews.length} pairs, the beep ${skews.length ? median(skews).toFixed(0) : "?"} ms after the flash (median; ` +
        `${skews.map((a) => a.toFixed(0)).join(" ")}); ${(timed.frames / seconds).toFixed(1)} display frames a second, ` +
        `light ${timed.flashes.low.toFixed(0)} to ${timed.flashes.high.toFixed(0)}, ` +
        `by the page's own reckoning the voice takes ${timing?.voice.toFixed(0)} ms, the view ${timing?.view.toFixed(0)} and waits ${timing?.wait.toFixed(0)}; ` +
        `capture to display ${figures.map((f) => f.latency?.toFixed(0)).join(", ")} ms`,
    );
    assert.ok(skews.length >= seconds / 4, `only ${skews.length} flashes with a beep in ${seconds} s`);
    assert.ok(Math.abs(median(skews)) <= limit, "flash and beep are too far apart");
    for (const page of pages) assert.deepEqual(page.errors, [], page.name);
  },
  devices,
);
