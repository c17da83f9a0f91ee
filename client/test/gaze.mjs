// The synthetic person looks at the eye of one seat, with a rod along the gaze
// whose tips differ in colour. Two pages sit at the table: on the screen that
// the looked-at one declares, the tips fall together; on the other's they do not.
// VIRTUALCUBE_GAZE: { seat, eye: [x, y, z] in that cube, tips: [{ name, colour, position }] }
import assert from "node:assert/strict";
import { centroid, decode, screenshot, withBrowser } from "./browser.mjs";
import { drawn } from "./node.mjs";
import { enter, until } from "./roomnode.mjs";

const gaze = JSON.parse(process.env.VIRTUALCUBE_GAZE ?? "null");
assert.ok(gaze, "VIRTUALCUBE_GAZE is not set");
const reach = 30; // pixels round the expected place in which a tip is looked for
const pictures = 5;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

await withBrowser("gaze", async (browser) => {
  const options = { viewport: { width: 1280, height: 747 } };
  const pages = [];
  for (const name of ["Ada", "Bob"])
    pages.push(await enter(browser, name, "&plain&screen=120x70@65", options));
  let seen = 0;
  for (const page of pages) {
    const { seat, rig } = await page.evaluate(() => {
      const { you, people } = window.virtualcube.room.state();
      return { seat: people.get(you).seat, rig: [...people.values()].find((p) => p.cube).id };
    });
    const target = seat === gaze.seat;
    // The other leans over the table: a rod of 30 cm is then more than 10 degrees long.
    await page.evaluate((eye) => window.virtualcube.room.setEye(eye), target ? gaze.eye : [0, 0, 0.2]);
    await page.addStyleTag({ content: "#room { visibility: hidden }" });
    // The node has to hear of the eye before its views are from there.
    const shown = () => page.evaluate(() => window.virtualcube.room.figures().views.cube?.shown ?? 0);
    const before = await shown();
    await until(
      page,
      "shown the rig from the eye",
      (n) => (window.virtualcube.room.figures().views.cube?.shown ?? 0) > n + 8,
      before,
      60_000,
    );
    const angle = await apart(browser, page, rig, target);
    console.log(
      `${page.name} on seat ${seat + 1}${target ? ", looked at," : ""} sees the rod's tips ${angle.toFixed(2)} degrees apart`,
    );
    if (target) assert.ok(angle <= 1, "the gaze does not meet the eye");
    else assert.ok(angle >= 10, "the gaze seems to meet who is not looked at");
    if (target) seen++;
    assert.deepEqual(page.errors, [], page.name);
  }
  assert.equal(seen, 1, `nobody sits on seat ${gaze.seat + 1}`);
});

/** The angle between the tips as the page's eye sees their places on its screen, degrees. */
async function apart(browser, page, rig, target) {
  const found = gaze.tips.map(() => []);
  for (let n = 0; n < pictures; n++) {
    await drawn(page);
    const picture = await decode(browser, await screenshot(page, target ? "gaze-looked-at" : "gaze-aside"));
    const places = await page.evaluate(
      ([rig, tips]) => tips.map((t) => window.virtualcube.room.project(rig, t.position)),
      [rig, gaze.tips],
    );
    gaze.tips.forEach((tip, i) => {
      const at = centroid(picture, tip.colour, places[i], reach);
      if (at) found[i].push(at.at);
    });
  }
  const pixels = found.map((all, i) => {
    assert.ok(all.length > 0, `${page.name} does not see the ${gaze.tips[i].name} tip`);
    return [0, 1].map((k) => median(all.map((p) => p[k])));
  });
  const { screen, eye, size } = await page.evaluate(() => ({
    screen: window.virtualcube.room.screen(),
    eye: window.virtualcube.room.eye(),
    size: [document.getElementById("canvas").width, document.getElementById("canvas").height],
  }));
  const [a, b] = pixels.map(([x, y]) => {
    const u = (2 * x) / size[0] - 1;
    const v = 1 - (2 * y) / size[1];
    return [0, 1, 2].map(
      (i) =>
        screen.center[i] +
        u * screen.halfWidth * screen.right[i] +
        v * screen.halfHeight * screen.up[i] -
        eye[i],
    );
  });
  const dot = a.reduce((sum, c, i) => sum + c * b[i], 0);
  return (Math.acos(Math.min(1, dot / (Math.hypot(...a) * Math.hypot(...b)))) * 180) / Math.PI;
}
