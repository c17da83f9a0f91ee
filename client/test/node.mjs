// The node that a browser test talks to.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** The node's address, from VIRTUALCUBE_URL. */
export function nodeAddress(query = "") {
  const address = process.env.VIRTUALCUBE_URL;
  assert.ok(
    address,
    "VIRTUALCUBE_URL is not set: start a node (make run) and set it to the link that it prints",
  );
  // The link of a room has a query of its own.
  return new URL(query || ".", address).href;
}

/**
 * Markers on the person, from VIRTUALCUBE_MARKERS: JSON, or the path of a file
 * with it: [{ "name", "colour": [255, 0, 0], "position": [x, y, z] }], metres.
 */
export function markers() {
  const given = process.env.VIRTUALCUBE_MARKERS ?? "";
  assert.ok(given, "VIRTUALCUBE_MARKERS is not set: JSON with the markers' names, colours and positions");
  return JSON.parse(given.trimStart().startsWith("[") ? given : readFileSync(given, "utf8"));
}

/** Waits until the page has shown this many views. */
export async function views(page, count, timeout = 30_000) {
  await page
    .waitForFunction((n) => (window.virtualcube?.state().views ?? 0) >= n, count, { timeout })
    .catch(async () => {
      const state = await page.evaluate(() => JSON.stringify(window.virtualcube?.state()));
      const notice = await page.locator("#notice").textContent();
      assert.fail(`no ${count} views within ${timeout / 1000} s; the page is ${state} and says: ${notice}`);
    });
}

/** Waits until what was set before is on the screen. */
export async function drawn(page) {
  await page.evaluate(
    () =>
      new Promise((resolve) =>
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50))),
      ),
  );
}
