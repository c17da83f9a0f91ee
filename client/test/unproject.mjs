// Without a node: a made-up packed view is drawn where geometry says, from the
// view's own eye and from others; spoiled frames change nothing; a lost WebGL
// context comes back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createServer } from "vite";
import { centroid, decode, openPage, screenshot, withBrowser } from "./browser.mjs";

const server = await createServer({
  root: join(import.meta.dirname, ".."),
  logLevel: "error",
  server: { port: 0, host: "127.0.0.1" },
});
await server.listen();
const address = new URL("test/fake/index.html", server.resolvedUrls.local[0]).href;

await withBrowser("unproject", async (browser) => {
  const page = await openPage(browser, address);
  await page.waitForFunction(() => window.fake);
  const settle = (n) => page.waitForFunction((n) => window.fake.seen.length >= n, n);
  const look = async (name) => decode(browser, await screenshot(page, name));

  await page.evaluate(() => window.fake.send([0, 0.02, 1.2]));
  await settle(1);
  const strip = await page.evaluate(() => window.fake.seen[0]);
  assert.deepEqual([strip.status, strip.sequence, strip.milliseconds, strip.window], [1, 1, 1001, 7]);

  const own = [0, 0.02, 1.2];
  const markers = await page.evaluate(() => window.fake.markers);
  const places = (eye) =>
    page.evaluate((e) => {
      window.fake.setEye(e);
      return window.fake.markers.map((m) => window.fake.project(m.position));
    }, eye);
  const still = await places(own);
  for (const eye of [own, [0.1, 0.02, 1.2], [-0.1, 0.02, 1.2], [0.05, 0.1, 1.0]]) {
    const want = await places(eye);
    const picture = await look(`fake-${eye}`);
    markers.forEach((m, i) => {
      const found = centroid(picture, m.colour, want[i], 25);
      assert.ok(found, `eye ${eye}: marker ${m.name} is not to be seen near ${want[i]}`);
      const off = Math.hypot(found.at[0] - want[i][0], found.at[1] - want[i][1]);
      const moved = Math.hypot(want[i][0] - still[i][0], want[i][1] - still[i][1]);
      console.log(`eye ${eye} ${m.name}: moved ${moved.toFixed(1)} px, ${off.toFixed(2)} px off`);
      assert.ok(
        off < Math.max(1.5, 0.1 * moved),
        `eye ${eye}: ${m.name} at ${found.at}, geometry says ${want[i]}`,
      );
    });
  }

  const before = await look("fake-before");
  for (const spoil of ["strip", "window"]) {
    const count = await page.evaluate(() => window.fake.seen.length);
    await page.evaluate((s) => window.fake.send([0.3, 0.02, 1.2], 512, s), spoil);
    await settle(count + 1);
    const { status } = await page.evaluate(() => window.fake.seen.at(-1));
    assert.equal(status, { strip: 2, window: 4 }[spoil]);
    assert.ok(
      before.data.equals((await look(`fake-${spoil}`)).data),
      `a frame with a bad ${spoil} changed the picture`,
    );
  }

  await page.evaluate(() => window.fake.loseContext());
  const count = await page.evaluate(() => window.fake.seen.length);
  await page.evaluate(() => window.fake.send([0, 0.02, 1.2], 256));
  await settle(count + 1);
  await page.evaluate(() => window.fake.setEye([0.05, 0.1, 1.0]));
  const after = await look("fake-restored");
  const forehead = await page.evaluate(() => window.fake.project(window.fake.markers[0].position));
  assert.ok(centroid(after, [255, 0, 0], forehead, 10), "the person did not come back with the context");
  for (const size of [256, 512]) {
    const ms = await page.evaluate((size) => {
      window.fake.send([0, 0.02, 1.2], size);
      return window.fake.time(30);
    }, size);
    console.log(`a picture takes ${ms.toFixed(0)} ms here with a view of ${size} px`);
  }
  assert.deepEqual(
    page.errors.filter((e) => !/Context (Lost|Restored)/i.test(e)),
    [],
  );
});
await server.close();
