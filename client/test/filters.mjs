// Without a node: filters are added, tuned, moved and taken away by pointer and
// keys; the controls follow the room; everybody sees who is touched by which.
import assert from "node:assert/strict";
import { join } from "node:path";
import { createServer } from "vite";
import { openPage, screenshot, withBrowser } from "./browser.mjs";
import { dim, faults, overlaps } from "./look.mjs";

const server = await createServer({
  root: join(import.meta.dirname, ".."),
  logLevel: "error",
  server: { port: 0, host: "127.0.0.1" },
});
await server.listen();
const address = new URL("test/fake/room.html", server.resolvedUrls.local[0]).href;

async function open(browser, query = "", options = {}) {
  const page = await openPage(browser, address + query, options);
  await page.waitForFunction(() => window.meeting);
  await page.focus("#canvas");
  page.meeting = (f, arg) => page.evaluate(`(${f})(window.meeting, ${JSON.stringify(arg)})`);
  /** The requests since the last call, once there are so many. */
  page.asked = async (n) => {
    await page.waitForFunction((n) => window.meeting.session.requests.length >= n, n);
    return page.evaluate(() => window.meeting.session.requests.splice(0));
  };
  page.section = (source, person = "p1") =>
    page.locator(`section[data-source="${source}"][data-person="${person}"]`);
  page.knob = (name) => page.locator(`.knob[data-parameter="${name}"]`);
  return page;
}

/** Chooses a kind of filter for a source. */
async function add(page, source, name) {
  await page
    .section(source)
    .getByRole("button", { name: /^Add a filter|^添加滤镜/ })
    .click();
  await page.section(source).locator(`.kinds [data-kind="${name}"] button`).click();
  await page.section(source).getByRole("heading", { level: 4 }).last().waitFor();
}

const focused = (page) =>
  page.evaluate(
    () => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent,
  );

await withBrowser("filters: chains and controls", async (browser) => {
  const page = await open(browser);
  await page.keyboard.press("l");
  assert.equal(await page.locator("#side-title").textContent(), "Filters");
  assert.equal(await page.locator(".filters section").count(), 2, "microphone and camera");

  // By keys alone: the chooser opens, Escape shuts it and nothing else, Enter adds.
  const chooser = page.section("camera").getByRole("button", { name: "Add a filter: Camera" });
  await chooser.focus();
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "Matte");
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "Add a filter: Camera");
  assert.ok(await page.locator(".side").isVisible());
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  assert.deepEqual(await page.asked(1), [
    { type: "filter", person: "", source: "camera", links: [{ id: "", name: "matte", values: {} }] },
  ]);
  assert.equal(await focused(page), "Add a filter: Camera");
  const id = await page.section("camera").locator(".filter").getAttribute("data-filter");
  const link = (values) => [
    { type: "filter", person: "", source: "camera", links: [{ id, name: "matte", values }] },
  ];

  // Live ones are sent while they are dragged, the last value always.
  const slider = page.knob("radius").locator("input[type=range]");
  assert.equal(await slider.getAttribute("aria-valuetext"), "24 px");
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await slider.boundingBox();
  await page.mouse.move(x + 0.25 * width, y + height / 2);
  await page.mouse.down();
  for (let i = 0; i < 30; i++) {
    await page.mouse.move(x + (0.25 + i / 50) * width, y + height / 2);
    await page.waitForTimeout(20);
  }
  await page.mouse.up();
  const last = await slider.inputValue();
  await page.waitForFunction(
    (v) => window.meeting.session.requests.at(-1)?.links[0].values.radius === v,
    last,
  );
  const drags = await page.asked(2);
  assert.ok(drags.length >= 3 && drags.length <= 20, `${drags.length} requests for 30 moves in some 600 ms`);
  assert.equal(await page.knob("radius").locator("input[type=number]").inputValue(), last);
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  assert.deepEqual(await page.asked(1), link({ radius: String(Number(last) + 1) }));

  // Numbers by hand; what it does not take is said, and not sent.
  const exact = page.getByLabel("Feather, as a number");
  await exact.fill("7");
  assert.equal(await page.knob("feather").locator(".problem").textContent(), "0 to 1");
  assert.equal(await exact.getAttribute("aria-invalid"), "true");
  await exact.fill("0.125");
  assert.deepEqual(await page.asked(1), link({ feather: "0.125" }));
  assert.equal(await page.knob("feather").locator(".problem").textContent(), "");
  await page.getByLabel("Mode").selectOption("replace");
  assert.deepEqual(await page.asked(1), link({ mode: "replace" }));
  await page.getByLabel("Colour").fill("#ff8800");
  assert.deepEqual((await page.asked(1)).at(-1), link({ colour: "#ff8800" })[0]);

  // A refusal is told, and the control says again what the room does.
  await page.meeting((m) => {
    m.session.refuse = "filter";
  });
  await page.getByLabel("Mode").selectOption("remove");
  await page.getByText("That did not work: hosts alone may").waitFor();
  await page.waitForFunction(
    () => document.querySelector('[data-parameter="mode"] select').value === "replace",
  );
  await page.meeting((m) => {
    m.session.refuse = "";
  });
  await page.asked(1);

  // Those that are not live are sent when one is done, and say what that does.
  await add(page, "camera", "caption");
  await page.asked(1);
  assert.match(await page.knob("line").locator(".hint").first().textContent(), /opens the filter anew/);
  await page.getByLabel("Line").pressSequentially("Hello");
  await page.waitForTimeout(250);
  assert.deepEqual(await page.meeting((m) => m.session.requests), []);
  await page.keyboard.press("Enter");
  const [written] = await page.asked(1);
  assert.deepEqual(written.links[1].values, { line: "Hello" });

  // Order: the focus stays on the button, at the end, too.
  const order = () => page.section("camera").getByRole("heading", { level: 4 }).allTextContents();
  await page.getByRole("button", { name: "Caption earlier" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(
    () => document.querySelector('[data-source="camera"] h4')?.textContent === "Caption",
  );
  assert.deepEqual(await order(), ["Caption", "Matte"]);
  assert.equal(await focused(page), "Caption earlier");
  await page.keyboard.press("Enter"); // it is the first already
  assert.equal((await page.asked(1)).length, 1);

  // What fails says so, to who does not look, too, and is tried again with what it was set to.
  await page.meeting((m, id) => {
    const filters = m.session.people.get("p1").filters;
    m.session.change("p1", {
      filters: filters.map((f) =>
        f.id === id ? { ...f, state: "failed", error: "the model is broken" } : f,
      ),
    });
  }, id);
  assert.match(await page.locator(".notices").textContent(), /The filter Matte failed: the model is broken/);
  assert.equal(await page.locator(".filters [role=status]").textContent(), "Matte: failed");
  await page.getByRole("button", { name: "Try Matte again" }).click();
  const [again] = await page.asked(1);
  assert.equal(again.links[1].id, "");
  assert.deepEqual([again.links[1].values.mode, again.links[1].values.feather], ["replace", "0.125"]);

  // Removed by oneself it is not news; by a host it is.
  const gone = () => page.locator(".notices").getByText("works no more on what you send").count();
  await page.getByRole("button", { name: "Remove Caption" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".filters .filter").length === 1);
  assert.equal(await focused(page), "Add a filter: Camera");
  assert.equal(await gone(), 0);
  await page.meeting((m) => m.session.change("p1", { filters: [] }));
  assert.equal(await gone(), 1);
  await page.meeting((m) => m.session.change("p1", { role: "listener" }));
  assert.match(await page.locator(".filters").textContent(), /Listeners send nothing/);
  assert.deepEqual(page.errors, []);
});

await withBrowser("filters: who is touched by which", async (browser) => {
  const page = await open(browser);
  await page.keyboard.press("p");
  const mark = (id) => page.locator(`[data-person="${id}"] .touched`);
  assert.equal(
    await mark("p4").getAttribute("aria-label"),
    "2 filters work on what José sends: Matte (Camera) and Denoise (Microphone)",
  );
  assert.equal(await mark("p4").getAttribute("title"), await mark("p4").getAttribute("aria-label"));
  assert.equal(await mark("p3").isVisible(), false);
  await page.locator('[data-person="p4"] > button.icon').click();
  await page.getByRole("button", { name: "Take Matte away from José" }).click();
  assert.deepEqual(await page.asked(1), [{ type: "filter", person: "p4", source: "camera", links: [] }]);
  await page.waitForFunction(() => document.querySelectorAll('[data-person="p4"] .touches li').length === 1);
  await page.meeting((m) => m.session.change("p1", { role: "speaker" }));
  assert.equal(await page.getByRole("button", { name: /^Take .* away/ }).count(), 0, "hosts alone may");
  assert.equal(await page.locator('[data-person="p4"] .touches li').isVisible(), true);

  // Hosts set those of a rig that nobody is at.
  await page.meeting((m) => {
    const rig = { ...m.session.people.get("p2"), id: "p9", name: "Rig A", unattended: true, cube: "c9" };
    m.session.people.set("p9", { ...rig, microphone: "off", filters: [] });
    m.session.change("p1", { role: "host" });
  });
  await page.keyboard.press("l");
  const rig = page.section("view", "p9");
  assert.equal(await rig.getByRole("heading", { level: 3 }).textContent(), "Rig A: View in 3D");
  await rig.getByRole("button", { name: /Add a filter/ }).click();
  await rig.locator('[data-kind="landmarks"] button').click();
  const [asked] = await page.asked(1);
  assert.deepEqual([asked.person, asked.source, asked.links[0].name], ["p9", "view", "landmarks"]);

  // Each filter's time, drops and queue.
  await page.keyboard.press("s");
  await page.meeting((m) =>
    m.session.show({
      ...{ roundTrip: 31, loss: 0, estimate: 8e6, sent: 3e6, views: {}, voices: {}, ways: {} },
      filters: {
        f3: { frames: 5310, late: 12, errors: 1, restarts: 2, queue: 3, mean: 4.26, longest: 41 },
        f99: { frames: 1, late: 0, errors: 0, restarts: 0, queue: 0, mean: 1, longest: 1 },
      },
    }),
  );
  assert.deepEqual(await page.locator(".fares .name").allTextContents(), ["Denoise (Microphone) of José"]);
  assert.deepEqual(await page.locator(".fares dd").allTextContents(), [
    "4.3",
    "41.0",
    "5310",
    "12",
    "1",
    "2",
    "3",
  ]);
  assert.deepEqual(page.errors, []);
});

const sights = {
  panel: async (page) => {
    await page.keyboard.press("l");
    await add(page, "camera", "matte");
    await add(page, "microphone", "denoise");
  },
  chooser: async (page) => {
    await page.keyboard.press("l");
    await page
      .section("camera")
      .getByRole("button", { name: /^Add a filter|^添加滤镜/ })
      .click();
    await page.locator(".kinds:not([hidden])").scrollIntoViewIfNeeded();
  },
  failed: async (page) => {
    await page.keyboard.press("l");
    await add(page, "camera", "matte");
    await add(page, "camera", "caption");
    await page.meeting((m) => {
      const [matte, caption] = m.session.people.get("p1").filters;
      const error = "open matte: the child process ended with signal 9; it was started three times";
      m.session.change("p1", {
        filters: [
          { ...matte, state: "failed", error },
          { ...caption, state: "opening" },
        ],
      });
    });
    await page.locator(".notices button").first().click();
    await page.locator(".filter .problem").first().scrollIntoViewIfNeeded();
    await page.locator(".filters .filterhead").first().scrollIntoViewIfNeeded();
  },
  touched: async (page) => {
    await page.keyboard.press("p");
    await page.locator('[data-person="p4"] > button.icon').click();
    await page.locator(".touches").scrollIntoViewIfNeeded();
  },
  figures: async (page) => {
    await page.keyboard.press("s");
    await page.meeting((m) => {
      const filter = { frames: 125310, late: 12, errors: 0, restarts: 0, queue: 1, mean: 14.26, longest: 41 };
      m.session.show({
        ...{
          roundTrip: 31,
          loss: 0.012,
          estimate: 8e6,
          sent: 3e6,
          views: { c1: { render: 4.2 } },
          voices: {},
        },
        ways: {},
        filters: { f1: filter, f2: { ...filter, late: 0 }, f3: { ...filter, mean: 0.8, longest: 3.1 } },
      });
    });
    await page.locator(".fares").scrollIntoViewIfNeeded();
  },
};

await withBrowser("filters: looks", async (browser) => {
  const found = [];
  for (const [width, height, language] of [
    [1440, 900, "en"],
    [1024, 700, "en"],
    [390, 844, "en"],
    [390, 844, "zh"],
  ]) {
    const options = { viewport: { width, height }, reducedMotion: "reduce", hasTouch: width < 500 };
    const page = await open(browser, `?lang=${language}`, options);
    for (const [name, act] of Object.entries(sights)) {
      await page.goto(`${address}?lang=${language}`);
      await page.waitForFunction(() => window.meeting);
      await act(page);
      const faulty = [
        ...(await faults(page, width < 500 ? 44 : 24)),
        ...(await dim(page)),
        ...(await overlaps(page, [".roombar .pill", ".side", ".controlbar", ".toast"])),
        ...page.errors.splice(0),
      ];
      if (await page.evaluate(() => document.getAnimations().length > 0)) faulty.push("something moves");
      found.push(...faulty.map((f) => `${width} ${name} ${language}: ${f}`));
      await screenshot(page, `filters-${width}-${name}-${language}`);
    }
    await page.close();
  }
  assert.deepEqual(found, []);
});
await server.close();
