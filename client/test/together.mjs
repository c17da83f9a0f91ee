// Two pages and a foreign client watch one view at once: the node encodes once
// for all of them, and gathers their calls for key frames.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { openPage, withBrowser } from "./browser.mjs";
import { nodeAddress, views } from "./node.mjs";

/** The node's figures by name, labels left out. */
async function metrics() {
  const text = await (await fetch(nodeAddress("metrics"))).text();
  const found = {};
  for (const [, name, value] of text.matchAll(/^virtualcube_(\w+)(?:\{[^}]*\})? (\S+)$/gm))
    found[name] = Number(value);
  return found;
}

/** Runs the foreign client beside the pages; its exit code and what it printed. */
function foreign() {
  const child = spawn(process.execPath, [join(import.meta.dirname, "foreign.mjs")], { env: process.env });
  let printed = "";
  child.stdout.on("data", (d) => {
    printed += d;
  });
  child.stderr.on("data", (d) => {
    printed += d;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, printed }));
  });
}

const options = { viewport: { width: 640, height: 360 } };

await withBrowser("together", async (browser) => {
  const first = await openPage(browser, nodeAddress(), options);
  await views(first, 10);
  const second = await openPage(browser, nodeAddress(), options);
  await views(second, 10);

  const before = await metrics();
  assert.ok(before.viewers >= 2, `${before.viewers} viewers`); // one of an earlier test may not be timed out yet
  const shownBefore = await first.evaluate(() => window.virtualcube.state().views);
  let most = 0;
  const result = foreign();
  let over = false;
  result.then(() => {
    over = true;
  });
  while (!over) {
    most = Math.max(most, (await metrics()).viewers);
    await first.waitForTimeout(200);
  }
  const { code, printed } = await result;
  assert.equal(code, 0, printed);
  assert.ok(most >= 3, `${most} viewers at a time`);

  const after = await metrics();
  assert.equal(after.joins_total - before.joins_total, 1, "viewers that came meanwhile");
  const encoded = after.encodes_total - before.encodes_total;
  const rendered = after.views_total - before.views_total;
  const shown = (await first.evaluate(() => window.virtualcube.state().views)) - shownBefore;
  const keys = after.key_frames_total - before.key_frames_total;
  console.log(
    `${encoded} encodes of ${rendered} views for ${most} viewers, ${shown} shown by one page, ${keys} key frames`,
  );
  assert.ok(encoded > 20, `${encoded} views were encoded`);
  assert.ok(encoded <= rendered + 1, `${encoded} encodes of ${rendered} views`);
  // One who comes costs one; on a busy machine each of the others may ask for one that it lost.
  assert.ok(keys <= 1 + most, `${keys} key frames for one who came`);
  await Promise.all([first.close(), second.close()]);
});
