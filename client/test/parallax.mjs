// The eye moves 10 cm sideways, first with the node's eye frozen (the page
// finishes the motion alone), then live: markers move as geometry says, within
// 1.5 px or a tenth of the way.
import assert from "node:assert/strict";
import { centroid, decode, openPage, screenshot, withBrowser } from "./browser.mjs";
import { drawn, markers, nodeAddress, views } from "./node.mjs";

const side = 0.1; // metres
const reach = 30; // pixels round the expected place in which a marker is looked for
const pictures = 5; // of which the middle place counts, as sensors and codec are noisy
const radius = 0.015; // metres, of a marker

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

await withBrowser("parallax", async (browser) => {
  const page = await openPage(browser, nodeAddress("?freeze&plain"));
  await views(page, 40);
  const known = markers();
  // Buttons must not hide a marker.
  await page.addStyleTag({ content: ".bar, .tools { visibility: hidden }" });

  /** Puts the page's eye somewhere; where the markers should be, where they are, and how much of each is there. */
  async function look(name, eye) {
    await page.evaluate((e) => window.virtualcube.setEye(e), eye);
    await drawn(page);
    const places = await page.evaluate(
      ([all, radius]) =>
        all.map(({ position: [x, y, z] }) =>
          [
            [x, y, z],
            [x + radius, y, z],
          ].map((p) => window.virtualcube.project(p)),
        ),
      [known, radius],
    );
    const found = known.map(() => []);
    for (let n = 0; n < pictures; n++) {
      await views(page, 1 + (await page.evaluate(() => window.virtualcube.state().views)));
      const picture = await decode(browser, await screenshot(page, name));
      known.forEach((m, i) => {
        found[i].push(centroid(picture, m.colour, places[i][0], reach));
      });
    }
    return known.map((_, i) => {
      const [want, edge] = places[i];
      const whole = Math.PI * (edge[0] - want[0]) ** 2; // pixels of a disc that faces the eye
      const there = found[i].filter((f) => f !== undefined);
      const share = median(found[i].map((f) => f?.weight ?? 0)) / whole;
      const at = there.length > 0 ? [0, 1].map((c) => median(there.map((f) => f.at[c]))) : undefined;
      return { want, found: at, share };
    });
  }

  const own = await page.evaluate(() => window.virtualcube.state().view.eye);
  const moved = [own[0] + side, own[1], own[2]];
  const still = await look("parallax-own", own);
  // One that is half hidden or off the canvas has its centre elsewhere.
  const seen = known.map((_, i) => i).filter((i) => still[i].share > 0.5 && still[i].share < 1.3);
  known.forEach((m, i) => {
    console.log(
      `${m.name}: ${(100 * still[i].share).toFixed(0)} % to be seen${seen.includes(i) ? "" : ", not measured"}`,
    );
  });
  assert.ok(seen.length >= 3, `of ${known.length} markers only ${seen.length} are to be seen`);

  function check(name, there) {
    for (const i of seen) {
      assert.ok(there[i].found, `${name}: marker ${known[i].name} is gone from near ${there[i].want}`);
      const [want, found] = ["want", "found"].map((k) => [0, 1].map((c) => there[i][k][c] - still[i][k][c]));
      const off = Math.hypot(found[0] - want[0], found[1] - want[1]);
      const way = Math.hypot(want[0], want[1]);
      const place = Math.hypot(there[i].found[0] - there[i].want[0], there[i].found[1] - there[i].want[1]);
      console.log(
        `${name} ${known[i].name}: should move ${want.map((v) => v.toFixed(1))} px, ` +
          `off by ${off.toFixed(2)} px; ${place.toFixed(2)} px from its place`,
      );
      assert.ok(
        off <= Math.max(1.5, way / 10),
        `${name}: marker ${known[i].name} moved ${found}, geometry says ${want}`,
      );
    }
  }

  check("frozen", await look("parallax-frozen", moved));
  const { eye } = await page.evaluate(() => window.virtualcube.state().view);
  assert.ok(
    Math.hypot(...eye.map((v, i) => v - own[i])) < 0.002,
    `the node's eye moved to ${eye}, though frozen`,
  );

  await page.evaluate(() => window.virtualcube.freeze(false));
  await page.waitForFunction(
    (e) => Math.hypot(...window.virtualcube.state().view.eye.map((v, i) => v - e[i])) < 0.005,
    moved,
    { timeout: 15_000 },
  );
  check("live", await look("parallax-live", moved));
  assert.deepEqual(page.errors, []);
});
