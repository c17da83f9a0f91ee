// Head tracking in the built page, without a node: nothing starts by itself;
// then a webcam whose person moves by known amounts is followed, lost and
// found again, under the node's own content security policy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { launch, screenshot, withBrowser } from "./browser.mjs";
import { film, frames, rate, truth } from "./webcam.mjs";

const root = join(import.meta.dirname, "..", "dist");
const guard = readFileSync(join(import.meta.dirname, "..", "..", "signaling", "guard.go"), "utf8");
const policy = [.../^const policy = ((?:.*\+\n)*.*)$/m.exec(guard)[1].matchAll(/"([^"]*)"/g)]
  .map((m) => m[1])
  .join("");
assert.match(policy, /script-src 'self'/);
assert.doesNotMatch(policy, /'unsafe-eval'/);

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};
const fetched = [];
const server = createServer((request, response) => {
  const name = new URL(request.url, "http://page").pathname;
  fetched.push(name);
  response.setHeader("Content-Security-Policy", policy);
  try {
    const file = name === "/" ? "index.html" : name;
    const body = readFileSync(join(root, file));
    response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}/`;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rms = (values) => Math.sqrt(values.reduce((a, v) => a + v * v, 0) / values.length);
const spread = (values) => {
  const mean = values.reduce((a, v) => a + v, 0) / values.length;
  return rms(values.map((v) => v - mean));
};
const millimetres = (metres) => Number((1000 * metres).toFixed(2));

/** Each measured picture once, with the truth of it; what is measured from the film's still part on. */
function seenOf(shown, pictures) {
  const known = [];
  for (const s of shown) {
    const there = truthAt(pictures, s.takenAt);
    if (!there || !s.head || known.at(-1)?.takenAt === s.takenAt) continue;
    known.push({ ...s, truth: there });
  }
  const still = known.filter((k) => k.truth.phase === "still");
  assert.ok(still.length > 10, `only ${still.length} pictures of the head at rest`);
  const rest = [0, 1, 2].map((i) => median(still.map((k) => k.head.eye[i])));
  // In the viewer's cube the picture's right is +x, nearer to the screen +z.
  return known.map((k) => ({
    ...k,
    off: [
      k.head.eye[0] - rest[0] - k.truth.x,
      k.head.eye[1] - rest[1],
      k.head.eye[2] - rest[2] - k.truth.nearer,
    ],
    rest,
  }));
}

/** Where the camera's head was at an instant, by the pictures taken before and after. */
function truthAt(pictures, now) {
  const next = pictures.findIndex((p) => p.at > now);
  if (next < 1) return undefined;
  const [a, b] = [pictures[next - 1], pictures[next]];
  const [from, to] = [truth(a.number), truth(b.number)];
  if (from.phase !== to.phase || b.number < a.number) return undefined;
  const t = (now - a.at) / (b.at - a.at);
  return {
    phase: from.phase,
    x: from.x + (to.x - from.x) * t,
    nearer: from.nearer + (to.nearer - from.nearer) * t,
  };
}

/** The lean against the truth some milliseconds before, and the delay at which they fit best. */
function lateness(shown, pictures, phase, of) {
  const samples = shown.filter((s) => truthAt(pictures, s.now)?.phase === phase);
  const off = (delay) =>
    samples
      .map((s) => ({ s, t: truthAt(pictures, s.now - delay) }))
      .filter(({ t }) => t?.phase === phase)
      .map(({ s, t }) => of(s, t));
  const delays = Array.from({ length: 41 }, (_, n) => 5 * n - 40);
  const errors = delays.map((d) => spread(off(d)));
  const best = errors.indexOf(Math.min(...errors));
  return {
    late_ms: delays[best],
    off_mm: millimetres(errors[best]),
    off_now_mm: millimetres(spread(off(0))),
  };
}

function figures(shown, pictures, known) {
  const by = (phase) => known.filter((k) => k.truth.phase === phase && k.state === "tracking");
  const axis = (phase, i) => millimetres(rms(by(phase).map((k) => k.off[i])));
  const ms = known.map((k) => k.figures.milliseconds);
  const shownStill = shown.filter((s) => truthAt(pictures, s.now)?.phase === "still");
  // Between displays, beyond what the head's greatest speed twice over explains.
  const jumps = shown
    .slice(1)
    .map(
      (s, n) => Math.hypot(...s.lean.map((v, i) => v - shown[n].lean[i])) - 0.0003 * (s.now - shown[n].now),
    );
  const time = (shown.at(-1).now - shown[0].now) / 1000;
  return {
    pictures_a_second: Number(
      ((shown.at(-1).figures.pictures - shown[0].figures.pictures) / time).toFixed(1),
    ),
    display_frames_a_second: Number((shown.length / time).toFixed(1)),
    worker_ms: { median: median(ms), p95: ms.toSorted((a, b) => a - b)[Math.floor(0.95 * ms.length)] },
    answer_latency_ms: median(known.map((k) => k.figures.latency)),
    at_rest_cube_m: known[0].rest.map((v) => Number(v.toFixed(4))),
    measured_noise_still_mm: [0, 1, 2].map((i) => millimetres(spread(by("still").map((k) => k.off[i])))),
    shown_noise_still_mm: [0, 1, 2].map((i) =>
      millimetres(spread(shownStill.slice(-40).map((s) => s.lean[i]))),
    ),
    measured_off_sideways_mm: [0, 1, 2].map((i) => axis("sideways", i)),
    measured_off_near_mm: [0, 1, 2].map((i) => axis("near", i)),
    // The lean is in the cube opposite: its x is the picture's left, its z comes to the viewer.
    shown_sideways: lateness(shown, pictures, "sideways", (s, t) => s.lean[0] + t.x),
    shown_near: lateness(shown, pictures, "near", (s, t) => s.lean[2] + t.nearer),
    largest_jump_mm: millimetres(Math.max(...jumps)),
    states: [...new Set(shown.map((s) => s.state))],
  };
}

/** Runs in the page: displays a second while the eye moves without tracking. */
async function wander(seconds) {
  const { eye } = window.virtualcube.state();
  const start = performance.now();
  let count = 0;
  for (let now = start; now < start + 1000 * seconds; count++) {
    now = await new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
    window.virtualcube.setEye([eye[0] + 0.1 * Math.sin(now / 600), eye[1], eye[2]]);
  }
  window.virtualcube.setEye(eye);
  return Number((count / seconds).toFixed(1));
}

/** Loose, since the machine may be doing other work; the figures are in the log. */
function check(f) {
  assert.ok(f.pictures_a_second >= 5, `${f.pictures_a_second} pictures a second`);
  assert.ok(f.measured_off_sideways_mm[0] < 6, "the head's way sideways was measured badly");
  assert.ok(f.measured_off_near_mm[2] < 8, "the head's way to the screen was measured badly");
  assert.ok(f.shown_noise_still_mm[2] <= 0.5 * f.measured_noise_still_mm[2] + 0.1, "it trembles at rest");
  assert.ok(f.shown_sideways.off_now_mm < 30, "the eye is not where the head is");
  assert.ok(f.largest_jump_mm < 40, "the eye jumped");
  assert.deepEqual(f.states.toSorted(), ["lost", "tracking"]);
}

/** Runs in the page: records each display frame, each picture of the camera and its number. */
function record() {
  const log = { shown: [], pictures: [] };
  window.recorded = log;
  const video = document.querySelector("video.self");
  const g = new OffscreenCanvas(144, 1).getContext("2d", { willReadFrequently: true });
  const picture = (now, { captureTime }) => {
    video.requestVideoFrameCallback(picture);
    g.drawImage(video, 0, 472, 144, 1, 0, 0, 144, 1);
    const { data } = g.getImageData(0, 0, 144, 1);
    let number = 0;
    for (let bit = 0; bit < 9; bit++) if (data[4 * (16 * bit + 8)] > 127) number += 2 ** bit;
    log.pictures.push({ now, at: captureTime ?? now, number });
  };
  video.requestVideoFrameCallback(picture);
  const frame = () => {
    requestAnimationFrame(frame);
    const { head, takenAt, lean, figures, state } = window.virtualcube.head();
    log.shown.push({ now: performance.now(), head, takenAt, lean, figures, state });
  };
  requestAnimationFrame(frame);
}

await withBrowser("tracking", async (maker) => {
  const person = await film(maker);
  const browser = await launch([
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${person.path}`,
  ]);
  try {
    await follow(browser);
  } finally {
    await browser.close();
    person.remove();
    server.close();
  }
});

async function follow(browser) {
  const context = await browser.newContext({ viewport: { width: 960, height: 540 }, bypassCSP: false });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => {
    if (m.type() === "error" && !/404/.test(m.text())) errors.push(m.text());
  });
  if (process.env.DEBUG) page.on("console", (m) => console.log("  page:", m.text()));
  await page.goto(address);
  await page.getByRole("button", { name: "Follow my head" }).click();
  const state = page.locator("#head .state");
  assert.match(await state.textContent(), /^Off/);
  await page.waitForTimeout(300);
  assert.ok(!fetched.some((name) => /wasm|worker|\.bin$/.test(name)), `loaded unasked: ${fetched}`);

  const start = page.getByRole("button", { name: "Start with my webcam" });
  await start.click();
  await page.waitForFunction(() => window.virtualcube.head().state === "refused");
  assert.match(await state.textContent(), /not allowed/);
  assert.ok(!fetched.some((name) => /wasm|worker|\.bin$/.test(name)), `loaded unasked: ${fetched}`);

  await context.grantPermissions(["camera"]);
  const displays = await page.evaluate(wander, 2);
  const asked = Date.now();
  await start.click();
  await page
    .waitForFunction(() => window.virtualcube.head().state === "tracking", null, { timeout: 20_000 })
    .catch(async () => assert.fail(`never tracking: ${await state.textContent()} ${errors}`));
  const ready = Date.now() - asked;
  await page.evaluate(record);
  await page.waitForTimeout((1000 * (frames + 3 * rate)) / rate);
  const { shown, pictures } = await page.evaluate(() => window.recorded);
  const known = seenOf(shown, pictures);
  const result = { ready_ms: ready, ...figures(shown, pictures, known) };
  console.log(JSON.stringify({ display_frames_before: displays, ...result }));
  await screenshot(page, "tracking");
  check(result);

  await page.getByRole("button", { name: "Stop" }).click();
  await page.waitForFunction(() => window.virtualcube.head().lean.every((v) => v === 0));
  assert.match(await state.textContent(), /^Off/);
  assert.ok(await page.evaluate(() => document.querySelector("video.self").srcObject === null));
  assert.deepEqual(errors, []);
}
