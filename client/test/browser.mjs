// What the browser tests share: a headless Chromium and looking at pictures.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  // Both are needed where the loopback interface is all there is.
  "--allow-loopback-in-peer-connection",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** Starts a headless browser with further flags. */
export function launch(more = []) {
  const path = process.env.CHROMIUM ?? "/usr/bin/chromium";
  assert.ok(existsSync(path), `no Chromium at ${path}: install it (make setup) or set CHROMIUM`);
  return chromium.launch({ executablePath: path, headless: true, args: [...flags, ...more] });
}

/** Runs one test with a browser and ends the process with its result; more: flags for it. */
export async function withBrowser(name, test, more = []) {
  const browser = await launch(more);
  const started = Date.now();
  try {
    await test(browser);
    console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.error(`not ok ${name}: ${error.stack}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** A page that fails the test by any error of its own. */
export async function openPage(browser, address, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, ...options });
  page.errors = [];
  page.on("pageerror", (e) => page.errors.push(String(e)));
  page.on("console", (m) => {
    // The software compositor reads every picture back, and Chromium says so until it is tired of it.
    if (/Performance, GL_CLOSE_PATH_NV|performance warning: |too many errors, no more errors/.test(m.text()))
      return;
    if (m.type() === "error" || /WebGL|GL_INVALID|THREE/.test(m.text())) page.errors.push(m.text());
  });
  await page.goto(address);
  return page;
}

/** Writes a screenshot where a person can look at it, and returns its bytes. */
export async function screenshot(page, name) {
  const folder = process.env.VIRTUALCUBE_OUT ?? join(import.meta.dirname, "out");
  mkdirSync(folder, { recursive: true });
  const bytes = await page.screenshot();
  writeFileSync(join(folder, `${name}.png`), bytes);
  return bytes;
}

const decoders = new WeakMap();

/** The pixels of a PNG: { width, height, data } with four bytes each. */
export async function decode(browser, png) {
  if (!decoders.has(browser)) decoders.set(browser, await browser.newPage());
  const picture = await decoders.get(browser).evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const g = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    g.drawImage(bitmap, 0, 0);
    const { width, height, data } = g.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
    return { width, height, data: btoa(text) };
  }, png.toString("base64"));
  return { ...picture, data: Buffer.from(picture.data, "base64") };
}

/**
 * The centre of the pixels of a saturated colour (each channel 0 or 255),
 * within reach of a place, in pixels from the upper left corner of the picture;
 * weighted by how pure they are, so that a blurred edge counts in part.
 */
export function centroid(picture, colour, near, reach) {
  let [sx, sy, weight] = [0, 0, 0];
  const [left, right] = [Math.max(0, near[0] - reach), Math.min(picture.width - 1, near[0] + reach)].map(
    Math.floor,
  );
  const [top, bottom] = [Math.max(0, near[1] - reach), Math.min(picture.height - 1, near[1] + reach)].map(
    Math.floor,
  );
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const at = 4 * (y * picture.width + x);
      const [on, off] = [[], []];
      for (let c = 0; c < 3; c++) (colour[c] > 127 ? on : off).push(picture.data[at + c]);
      const purity = Math.min(...on) - Math.max(...off);
      if (purity < 70) continue;
      sx += purity * (x + 0.5);
      sy += purity * (y + 0.5);
      weight += purity;
    }
  }
  return weight === 0 ? undefined : { at: [sx / weight, sy / weight], weight: weight / 255 };
}
