// Without a node: a room of three others, two of them as made-up packed views,
// one by webcam, and a shared screen. Everybody is drawn where geometry says,
// from the viewer's eye and from others; items are pointed on and moved; people
// glide; a lost WebGL context comes back.
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
const address = new URL("test/fake/hall.html", server.resolvedUrls.local[0]).href;

/** Enters, and waits until so many views are shown. */
async function enter(browser, query, viewport, views = 2) {
  const page = await openPage(browser, `${address}${query}`, { viewport });
  await page.waitForFunction(() => window.fake);
  await page.evaluate(() => window.fake.enter());
  await page.waitForFunction((views) => {
    const shown = Object.values(window.fake.hall.shown()).map((s) => s.kind);
    return shown.filter((k) => k === "view").length === views && shown.includes("camera");
  }, views);
  return page;
}

await withBrowser("hall geometry", async (browser) => {
  const page = await enter(browser, "?plain", { width: 1280, height: 720 });
  // Markers of both people, from the own eye and from aside.
  for (const eye of [
    [0, 0, 0],
    [0.08, 0.04, 0],
    [-0.08, 0, 0.05],
  ]) {
    const places = await page.evaluate((e) => {
      window.fake.hall.eye.set(e);
      window.fake.hall.redraw();
      return ["p2", "p3"].map((p) => window.fake.markers.map((m) => window.fake.hall.project(p, m.position)));
    }, eye);
    const markers = await page.evaluate(() => window.fake.markers);
    await page.waitForTimeout(400);
    const picture = await decode(browser, await screenshot(page, `hall-eye-${eye}`));
    places.forEach((all, p) => {
      markers.forEach((m, i) => {
        // Of the one beside the hand hides much of the chest.
        if (m.name !== "forehead" && (m.name !== "chest" || p === 0)) return;
        const found = centroid(picture, m.colour, all[i], 14);
        assert.ok(found, `eye ${eye}: ${m.name} of person ${p + 2} is not near ${all[i]}`);
        const off = Math.hypot(found.at[0] - all[i][0], found.at[1] - all[i][1]);
        console.log(`eye ${eye}: ${m.name} of person ${p + 2} is ${off.toFixed(2)} px off`);
        assert.ok(off < 2, `eye ${eye}: ${m.name} at ${found.at}, geometry says ${all[i]}`);
      });
    });
  }
  assert.deepEqual(page.errors, []);
  await page.close();
});

await withBrowser("hall", async (browser) => {
  const page = await enter(browser, "", { width: 1280, height: 720 });
  await page.waitForTimeout(1500);
  await screenshot(page, "hall-wide");
  const ms = await page.evaluate(() => window.fake.time(30));
  console.log(`a picture of two views, a webcam and a screen takes ${ms.toFixed(0)} ms here`);

  // Where one looks is where the pointer rests.
  await page.mouse.move(640, 360);
  await page.waitForTimeout(300);
  const looks = await page.evaluate(() => window.fake.session.looks.at(-1));
  assert.equal(looks.confidence, 0.3);
  assert.ok(looks.direction[2] > 0.9, `the look goes to ${looks.direction}`);

  // The shared screen is pointed on, and moved by the host; others may not be asked more than five times a second.
  const middle = await page.evaluate(() => {
    const { x, y } = window.fake.itemAt("i1");
    return [x, y];
  });
  await page.mouse.move(...middle);
  await page.waitForTimeout(100);
  await page.mouse.move(middle[0] + 2, middle[1]);
  const [id, x, y] = await page.evaluate(() => window.fake.session.points.at(-1));
  assert.equal(id, "i1");
  assert.ok(Math.abs(x - 0.5) < 0.05 && Math.abs(y - 0.5) < 0.05, `pointed at ${x}, ${y}`);
  await page.mouse.down();
  const began = Date.now();
  for (let i = 1; i <= 20; i++) {
    await page.mouse.move(middle[0] + 2 + 4 * i, middle[1] + i);
    await page.waitForTimeout(20);
  }
  await page.mouse.up();
  await page.waitForTimeout(300);
  const asked = await page.evaluate(() => window.fake.session.asked);
  const most = 2 + (5 * (Date.now() - began)) / 1000;
  assert.ok(asked.length >= 2 && asked.length <= most, `${asked.length} moves were asked`);
  const moved = await page.evaluate(() => window.fake.itemAt("i1"));
  assert.ok(Math.abs(moved.x - middle[0] - 80) < 4, `the item went from ${middle} to ${moved.x}, ${moved.y}`);
  await page.evaluate(() => window.fake.hall.items.nudge("i1", -0.05, 0, 1.1, 0));
  assert.ok((await page.evaluate(() => window.fake.session.asked.length)) > asked.length);

  // Somebody stops sending; somebody goes.
  await page.evaluate(() => {
    window.fake.change("p4", { camera: "off" });
    window.fake.place("i2", { pose: { position: [0.6, 0.3, 0.2], rotation: [0, 1, 0, 0] }, title: "Mine" });
  });
  await page.waitForTimeout(1200);
  await screenshot(page, "hall-changed");
  const kinds = await page.evaluate(() => Object.values(window.fake.hall.shown()).map((s) => s.kind));
  assert.deepEqual(kinds.toSorted(), ["bust", "view", "view"]);

  await page.evaluate(() => window.fake.arrange("round-table", 6));
  await page.waitForTimeout(350);
  await screenshot(page, "hall-gliding");
  await page.waitForTimeout(1000);
  await screenshot(page, "hall-six");
  await page.evaluate(() => window.fake.arrange("side-by-side", 2));
  await page.waitForTimeout(1400);
  await screenshot(page, "hall-beside");
  await page.evaluate(() => window.fake.change("p1", { seat: -1, role: "listener" }));
  await page.evaluate(() => window.fake.arrange("round-table", 4));
  await page.waitForTimeout(1400);
  await screenshot(page, "hall-gallery");
  await page.evaluate(() => window.fake.change("p1", { seat: 0, role: "host" }));

  await page.evaluate(() => window.fake.loseContext());
  await page.waitForFunction(
    () => Object.values(window.fake.hall.shown()).filter((s) => s.kind === "view").length === 2,
  );
  await page.waitForTimeout(1200);
  await screenshot(page, "hall-restored");
  assert.deepEqual(
    page.errors.filter((e) => !/Context (Lost|Restored)/i.test(e)),
    [],
  );
  await page.close();
});

await withBrowser("hall on a phone", async (browser) => {
  // One at a time: who speaks, until the hand turns to somebody else.
  const page = await enter(browser, "", { width: 390, height: 844 }, 1);
  await page.waitForTimeout(1500);
  await screenshot(page, "hall-phone");
  const visible = () =>
    page.evaluate(() =>
      Object.entries(window.fake.hall.shown()).flatMap(([id, s]) => (s.visible ? [id] : [])),
    );
  assert.deepEqual(await visible(), ["p2"]);
  await page.mouse.move(60, 500);
  await page.mouse.down();
  await page.mouse.move(340, 500, { steps: 8 });
  await page.mouse.up();
  await page.waitForTimeout(1200);
  await screenshot(page, "hall-phone-turned");
  assert.ok((await visible()).includes("p3"), `turned by the hand one sees ${await visible()}`);
  assert.deepEqual(page.errors, []);
  await page.close();
});

await withBrowser("hall through a monitor", async (browser) => {
  const page = await enter(browser, "?screen=60x34@65:30", { width: 1280, height: 720 }, 2);
  await page.waitForTimeout(800);
  await screenshot(page, "hall-monitor");
  const screen = await page.evaluate(() => window.fake.hall.screen);
  assert.ok(Math.abs(Math.hypot(...screen.center) - 0.65) < 1e-6);
  assert.equal(screen.halfWidth, 0.3);
  assert.deepEqual(page.errors, []);
});
await server.close();
