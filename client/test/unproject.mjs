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

/**
 * Of the pixels round a place that are truly the person, per cent that show
 * nothing and that show something else. truth has every second pixel both ways.
 */
function compare(picture, truth, place, reach) {
  let [person, holes, wrong] = [0, 0, 0];
  for (let i = 0; i < truth.length / 4; i++) {
    const [x, y] = [2 * (i % (picture.width / 2)), 2 * Math.floor(i / (picture.width / 2))];
    if (truth[4 * i + 3] === 0 || Math.hypot(x - place[0], y - place[1]) > reach) continue;
    person++;
    let [off, light] = [255, 0];
    // A pixel either way, as edges and patterns need not fall on the very pixel.
    for (let dy = -1; dy <= 2; dy++) {
      for (let dx = -1; dx <= 2; dx++) {
        const colour = picture.data.subarray(4 * ((y + dy) * picture.width + x + dx)).subarray(0, 3);
        off = Math.min(off, Math.max(...colour.map((v, c) => Math.abs(v - truth[4 * i + c]))));
        light = Math.max(light, ...colour);
      }
    }
    if (light < 8) holes++;
    else if (off > 48) wrong++;
  }
  return { holes: (100 * holes) / person, wrong: (100 * wrong) / person };
}

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

// From 15 cm aside, round the hand, which is 30 cm before the body: no hole, and
// where the hand was in front nothing of its colour stays behind.
await withBrowser("disocclude", async (browser) => {
  const page = await openPage(browser, `${address}?plain`);
  await page.waitForFunction(() => window.fake);
  await page.evaluate(() => window.fake.send([0, 0.02, 1.2]));
  await page.waitForFunction(() => window.fake.seen.length > 0);
  for (const [x, y] of [
    [0, 0],
    [0.15, 0],
    [-0.15, 0],
    [0, 0.15],
    [0, -0.15],
  ]) {
    await page.evaluate(([x, y]) => window.fake.setEye([x, 0.02 + y, 1.2]), [x, y]);
    const picture = await decode(browser, await screenshot(page, `fake-aside-${x}-${y}`));
    const hand = await page.evaluate(() => {
      const { position } = window.fake.markers.find((m) => m.name === "hand");
      return window.fake.project(position);
    });
    const truth = Buffer.from(await page.evaluate(() => window.fake.truth(2)), "latin1");
    const { holes, wrong } = compare(picture, truth, hand, 150);
    console.log(`${x}, ${y} m aside: ${holes.toFixed(2)} % holes, ${wrong.toFixed(2)} % of a wrong surface`);
    assert.ok(holes < 2, `${x}, ${y} m aside: ${holes.toFixed(2)} % of the person is missing`);
    assert.ok(wrong < 1, `${x}, ${y} m aside: ${wrong.toFixed(2)} % is of another surface`);
  }
  assert.deepEqual(page.errors, []);
});
await server.close();
