// Pictures for measuring the reprojection: the page looks at one view from its
// own eye and from 5, 10 and 15 cm aside, and again with the node's eye there.
// The node's rig must stand still. Writes into VIRTUALCUBE_OUT, for each
// picture, NAME-black.png and NAME-white.png, the person before both, from
// which the matte follows, and shots.json, which says through which camera.
// The root's reproject_test.go scores them against the truth; see client/embed.go.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPage, screenshot, withBrowser } from "./browser.mjs";
import { drawn, nodeAddress, views } from "./node.mjs";

const offsets = [0.05, 0.1, 0.15]; // metres
const sides = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] };
const settled = 30; // views after which the codec has nothing more to add to a new eye's
const out = process.env.VIRTUALCUBE_OUT;
assert.ok(out, "VIRTUALCUBE_OUT is not set: the folder for the pictures");

/** All canvases are cleared to this grey level. */
function overrideBackground() {
  window.background = 0;
  const clear = WebGL2RenderingContext.prototype.clearColor;
  WebGL2RenderingContext.prototype.clearColor = function () {
    clear.call(this, window.background, window.background, window.background, 1);
  };
}

await withBrowser("reproject", async (browser) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addInitScript(overrideBackground);
  const page = await openPage(context, nodeAddress("?freeze&plain"));
  await views(page, 60);
  await page.addStyleTag({
    content: ".bar, .tools { visibility: hidden } #canvas { box-shadow: none !important }",
  });
  const shots = [];

  /** Puts the page's eye somewhere and takes the two pictures. */
  async function shoot(name, eye) {
    for (const [background, level] of [
      ["black", 0],
      ["white", 1],
    ]) {
      await page.evaluate(
        ([eye, level]) => {
          window.background = level;
          // The renderer sets the colour that it clears to only when the context is new or it changes.
          document.getElementById("canvas").getContext("webgl2").clearColor();
          window.virtualcube.setEye(eye);
        },
        [eye, level],
      );
      await drawn(page);
      await screenshot(page, `${name}-${background}`);
    }
    const camera = await page.evaluate(() => {
      const { width, height } = document.getElementById("canvas");
      const [x0, y0] = window.virtualcube.project([0, 0, 0]);
      const [x1, y1] = window.virtualcube.project([1, 1, 0]);
      const [halfWidth, halfHeight] = [width / 2 / (x1 - x0), height / 2 / (y0 - y1)];
      return {
        width,
        height,
        halfWidth,
        halfHeight,
        center: [
          ((width / 2 - x0) / (width / 2)) * halfWidth,
          ((y0 - height / 2) / (height / 2)) * halfHeight,
          0,
        ],
        eye: window.virtualcube.state().eye,
      };
    });
    assert.ok(
      Math.hypot(...camera.eye.map((v, i) => v - eye[i])) < 1e-6,
      `the page's eye may not be at ${eye}`,
    );
    shots.push({ name, ...camera });
  }

  const hold = (on) =>
    page.evaluate((on) => {
      const video = document.getElementById("video");
      if (on) video.pause();
      else return video.play();
    }, on);
  const own = await page.evaluate(() => window.virtualcube.state().view.eye);
  const places = [];
  for (const offset of offsets) {
    for (const [side, [x, y]] of Object.entries(sides)) {
      places.push([
        `${side}-${Math.round(100 * offset)}`,
        [own[0] + x * offset, own[1] + y * offset, own[2]],
      ]);
    }
  }

  await hold(true);
  await shoot("page-own-0", own);
  for (const [name, eye] of places) await shoot(`page-${name}`, eye);
  await hold(false);

  for (const [name, eye] of places) {
    await page.evaluate((e) => {
      window.virtualcube.setEye(e);
      window.virtualcube.freeze(false);
    }, eye);
    await page.waitForFunction(
      (e) => Math.hypot(...window.virtualcube.state().view.eye.map((v, i) => v - e[i])) < 0.002,
      eye,
    );
    await views(page, settled + (await page.evaluate(() => window.virtualcube.state().views)));
    await hold(true);
    await shoot(`node-${name}`, eye);
    await hold(false);
  }
  writeFileSync(join(out, "shots.json"), JSON.stringify(shots));
  // So many pictures are read back that the browser tires of saying that it is slow.
  assert.deepEqual(
    page.errors.filter((e) => !/too many errors/.test(e)),
    [],
  );
});
