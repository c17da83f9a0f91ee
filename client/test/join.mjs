// Joins a node, waits for views, works the page by mouse, keys and buttons,
// checks the statistics panel and leaves.
import assert from "node:assert/strict";
import { openPage, screenshot, withBrowser } from "./browser.mjs";
import { drawn, nodeAddress, views } from "./node.mjs";

await withBrowser("join", async (browser) => {
  const page = await openPage(browser, nodeAddress());
  await views(page, 40);
  assert.equal(await page.locator("#status").textContent(), "Live");
  assert.ok(await page.locator("#notice").isHidden(), "a notice hides the person");
  await screenshot(page, "joined");

  const eye = () => page.evaluate(() => window.virtualcube.state().eye);
  const start = await eye();
  await page.mouse.move(640, 360);
  await page.mouse.down();
  await page.mouse.move(540, 330, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction((x) => window.virtualcube.state().eye[0] > x + 0.05, start[0]);
  await page.locator("#canvas").press("ArrowLeft");
  await page.mouse.wheel(0, 100);
  await page.waitForFunction((z) => window.virtualcube.state().eye[2] > z + 0.05, start[2]);
  await page.getByRole("button", { name: "Centre" }).click();
  await page.waitForFunction((x) => Math.abs(window.virtualcube.state().eye[0] - x) < 0.01, start[0]);

  const button = page.getByRole("button", { name: "Statistics" });
  assert.equal(await button.getAttribute("aria-expanded"), "false");
  await button.click();
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  await page.waitForFunction(() => {
    const outputs = [...document.querySelectorAll("#panel output")];
    return outputs.length === 5 && outputs.every((o) => /\d/.test(o.textContent));
  });
  await page.waitForTimeout(5000);
  const stats = await page.evaluate(() => window.virtualcube.stats());
  assert.ok(stats.viewsPerSecond > 1, `views a second: ${stats.viewsPerSecond}`);
  assert.ok(stats.latency > 0 && stats.latency < 5000, `capture to display: ${stats.latency} ms`);
  assert.ok(stats.bitrate > 10_000, `bitrate: ${stats.bitrate}`);
  await screenshot(page, "statistics");
  await page.keyboard.press("s");
  assert.ok(await page.locator("#panel").isHidden(), "the key does not close the panel");

  const samples = (await page.evaluate(() => window.virtualcube.latencySamples())).sort((a, b) => a - b);
  const at = (q) => samples[Math.floor(q * (samples.length - 1))].toFixed(0);
  const state = await page.evaluate(() => window.virtualcube.state());
  console.log(
    `views a second ${stats.viewsPerSecond.toFixed(1)}, capture to display median ${at(0.5)} ms, p95 ${at(0.95)} ms, ` +
      `${(stats.bitrate / 1e6).toFixed(2)} Mbit/s, held ${state.held} of ${state.views}, video ${state.video}`,
  );

  await page.setViewportSize({ width: 390, height: 844 });
  await drawn(page);
  await screenshot(page, "phone");
  assert.deepEqual(page.errors, []);

  // Leaving tells the node, which would notice by itself only after a while.
  await page.goto("about:blank");
  const deadline = Date.now() + 5000;
  const watching = async () =>
    (await (await fetch(nodeAddress("metrics"))).text()).match(/^virtualcube_viewers\{.*\} (\d+)/m)?.[1];
  while ((await watching()) !== "0") {
    assert.ok(
      Date.now() < deadline,
      `five seconds after leaving, the node counts ${await watching()} viewers`,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
});
