// The node is killed and started again: the page says so and comes back by
// itself. VIRTUALCUBE_COMMAND starts the node that answers at VIRTUALCUBE_URL.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { openPage, screenshot, withBrowser } from "./browser.mjs";
import { nodeAddress, views } from "./node.mjs";

const command = process.env.VIRTUALCUBE_COMMAND;
assert.ok(command, "VIRTUALCUBE_COMMAND is not set: the command that starts the node");

/** Starts the node and waits until it answers. */
async function start() {
  const node = spawn("/bin/sh", ["-c", `exec ${command}`], { stdio: ["ignore", "inherit", "inherit"] });
  const ended = new Promise((resolve) => node.once("exit", resolve));
  const deadline = Date.now() + 60_000;
  for (;;) {
    assert.equal(node.exitCode, null, "the node ended by itself");
    assert.ok(Date.now() < deadline, "the node does not answer");
    const answer = await fetch(nodeAddress("healthz")).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    async kill(signal) {
      node.kill(signal);
      await ended;
    },
  };
}

let node = await start();
await withBrowser("reconnect", async (browser) => {
  const page = await openPage(browser, nodeAddress());
  await views(page, 10, 60_000);
  await node.kill("SIGKILL");
  const killed = Date.now();
  await page.waitForFunction(() => window.virtualcube.state().phase === "reconnecting", undefined, {
    timeout: 20_000,
  });
  console.log(`noticed after ${((Date.now() - killed) / 1000).toFixed(1)} s`);
  await page.locator("#notice").waitFor({ state: "visible" });
  await screenshot(page, "reconnecting");
  const before = await page.evaluate(() => window.virtualcube.state().views);
  node = await start();
  const back = Date.now();
  await views(page, before + 10, 60_000);
  console.log(`views again ${((Date.now() - back) / 1000).toFixed(1)} s after the node`);
  assert.ok(await page.locator("#notice").isHidden(), "the notice stays");
});
await node.kill("SIGTERM");
