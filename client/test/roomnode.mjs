// What the tests of a room share: pages that are in it, without asking first.
import assert from "node:assert/strict";
import { openPage } from "./browser.mjs";
import { nodeAddress } from "./node.mjs";

/** A browser whose camera and microphone are made up: a face that turns, and beeps. */
export const devices = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** Opens a page of the room and waits until it is in, with media; before: runs in it before its own code. */
export async function enter(browser, name, more = "", { before, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 480, height: 320 },
    permissions: ["camera", "microphone"],
    ...options,
  });
  await context.addInitScript((n) => {
    if (!localStorage.getItem("virtualcube.choices"))
      localStorage.setItem("virtualcube.choices", JSON.stringify({ name: n }));
  }, name);
  if (before) await context.addInitScript(before);
  const page = await openPage(context, nodeAddress(`?room=demo&skip-prejoin&lang=en${more}`));
  page.name = name;
  await inside(page);
  return page;
}

/** Waits until a page is in the room and its media connection stands. */
export async function inside(page) {
  await until(page, "in the room", () => {
    const { stage, media } = window.virtualcube?.room?.stage() ?? {};
    return stage === "in" && media === "connected";
  });
}

/** Waits until something is so in a page; what: for the message. */
export async function until(page, what, so, argument, timeout = 30_000) {
  await page.waitForFunction(so, argument, { timeout, polling: 100 }).catch(async (cause) => {
    const state = await page
      .evaluate(() => {
        const r = window.virtualcube?.room;
        return JSON.stringify({
          stage: r?.stage(),
          streams: r?.streams(),
          figures: r?.figures(),
          ears: r?.ears(),
        });
      })
      .catch((e) => String(e));
    assert.fail(
      `${page.name}: not ${what} within ${timeout / 1000} s (${String(cause).split("\n")[0]}); ${state}`,
    );
  });
}

export const own = (page) => page.evaluate(() => window.virtualcube.room.state().you);
