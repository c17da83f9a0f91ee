// A lost WebGL context comes back with the person in it.
import assert from "node:assert/strict";
import { openPage, screenshot, withBrowser } from "./browser.mjs";
import { nodeAddress, views } from "./node.mjs";

await withBrowser("context", async (browser) => {
  const page = await openPage(browser, nodeAddress());
  await views(page, 10);
  await page.evaluate(() => {
    const gl = document.getElementById("canvas").getContext("webgl2");
    window.lose = gl.getExtension("WEBGL_lose_context");
    window.lose.loseContext();
  });
  await page.waitForFunction(() => window.virtualcube.state().contextLost);
  assert.equal(await page.locator("#status").textContent(), "Graphics lost");
  // Nobody gives it back: the page says so, with what to do.
  await page.locator("#notice").waitFor({ state: "visible", timeout: 10_000 });
  assert.match(await page.locator("#notice").textContent(), /graphics/i);
  const before = await page.evaluate(() => {
    window.lose.restoreContext();
    return window.virtualcube.state().views;
  });
  await views(page, before + 10);
  assert.ok(await page.locator("#notice").isHidden(), "the notice stays");
  await screenshot(page, "restored");
  assert.deepEqual(
    page.errors.filter((e) => !/Context (Lost|Restored)|CONTEXT_LOST/i.test(e)),
    [],
  );
});
