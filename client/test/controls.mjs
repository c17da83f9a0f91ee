// Without a node: every button and key of the room asks for what it should,
// at three sizes nothing lies over anything else, all has a name, and text is
// to be read.
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
const fakeDevices = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--auto-select-desktop-capture-source=Entire screen",
];

/** The room's page; the hall has the focus, as after entering. */
async function open(browser, query = "", options = {}) {
  const page = await openPage(browser, address + query, options);
  await page.waitForFunction(() => window.meeting);
  await page.focus("#canvas");
  page.meeting = (f, arg) => page.evaluate(`(${f})(window.meeting, ${JSON.stringify(arg)})`);
  /** The requests since the last call. */
  page.asked = () => page.evaluate(() => window.meeting.session.requests.splice(0));
  page.published = () => page.evaluate(() => window.meeting.session.published.splice(0));
  page.bar = (command) => page.locator(`.controlbar [data-command="${command}"]`);
  return page;
}

await withBrowser(
  "own controls",
  async (browser) => {
    const page = await open(browser);
    const pressed = (command) => page.bar(command).getAttribute("aria-pressed");

    await page.bar("microphone").click();
    await page.waitForFunction(() => window.meeting.session.published.length === 1);
    assert.equal(await pressed("microphone"), "true");
    await page.keyboard.press("m");
    await page.waitForFunction(() => window.meeting.session.published.length === 2);
    assert.deepEqual(await page.published(), ["microphone on", "microphone off"]);
    assert.equal(await pressed("microphone"), "false");

    // Hold to talk, also just after a press by hand; a lost focus ends it.
    await page.keyboard.down(" ");
    await page.waitForFunction(() => window.meeting.session.published.length === 1);
    assert.equal(await page.bar("microphone").getAttribute("data-kind"), "live");
    await page.keyboard.up(" ");
    await page.waitForFunction(() => window.meeting.session.published.length === 2);
    await page.keyboard.down(" ");
    await page.waitForFunction(() => window.meeting.session.published.length === 3);
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await page.waitForFunction(() => window.meeting.session.published.length === 4);
    await page.keyboard.up(" ");
    assert.deepEqual(
      await page.published(),
      ["on", "off", "on", "off"].map((s) => `microphone ${s}`),
    );

    await page.keyboard.press("v");
    await page.waitForFunction(() => window.meeting.session.published.length === 1);
    assert.equal(await page.meeting((m) => m.devices.track("camera").readyState), "live");
    await page.keyboard.press("v");
    await page.waitForFunction(() => window.meeting.session.published.length === 2);
    assert.equal(
      await page.meeting((m) => m.devices.track("camera") === undefined),
      true,
      "the light is still on",
    );
    await page.published();

    await page.asked();
    await page.keyboard.press("h");
    await page.keyboard.press("h");
    assert.deepEqual(await page.asked(), [
      { type: "raise", up: true, person: "" },
      { type: "raise", up: false, person: "" },
    ]);

    // Blocked: it goes off, says so, and neither key nor button brings it back.
    await page.keyboard.press("m");
    await page.waitForFunction(() => window.meeting.session.published.length === 1);
    await page.meeting((m) => m.session.change("p1", { microphone: "blocked" }));
    await page.waitForFunction(() => window.meeting.session.published.length === 2);
    await page.meeting((m) => m.session.change("p1", { microphone: "blocked" }));
    assert.match(await page.locator(".notices").textContent(), /switched your microphone off/);
    assert.equal(await page.bar("microphone").getAttribute("aria-disabled"), "true");
    await page.keyboard.press("m");
    await page.bar("microphone").click({ force: true });
    assert.deepEqual(await page.published(), ["microphone on", "microphone off"]);
    await page.meeting((m) => m.session.change("p1", { microphone: "off" }));

    // A shared screen becomes a work item, and goes with it.
    await page.meeting((m) => {
      m.session.items.delete("i2");
      m.devices.openScreen = () => m.devices.open("camera");
    });
    await page.keyboard.press("d");
    await page.waitForFunction(() => window.meeting.session.requests.some((r) => r.type === "place"));
    const place = (await page.asked()).at(-1);
    assert.deepEqual([place.kind, place.title, place.aspect > 1], ["screen", "Screen of Robin", true]);
    await page.keyboard.press("d");
    await page.waitForFunction(() => window.meeting.session.published.at(-1) === "screen off");

    // Keys leave fields alone; single keys may be switched off.
    await page.keyboard.press("c");
    await page.keyboard.type("mvdh");
    assert.equal(await page.locator("#chat-field").inputValue(), "mvdh");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".side").isVisible(), false);
    await page.keyboard.press("?");
    assert.equal(await page.locator("dialog.keys").isVisible(), true);
    await page.keyboard.press("Escape");
    await page.meeting((m) => m.memory.change({ keys: false }));
    await page.keyboard.press("p");
    assert.equal(await page.locator(".side").isVisible(), false);
    await page.meeting((m) => m.memory.change({ keys: true }));
    await page.keyboard.press("s");
    await page.meeting((m) =>
      m.session.show({
        roundTrip: 31,
        loss: 0.012,
        estimate: 8e6,
        sent: 3e6,
        views: { c1: { render: 4.2 } },
        voices: { p2: 50 },
      }),
    );
    assert.match(await page.locator(".figures").textContent(), /31 ms.*1\.2 %.*render 4\.2 ms.*Anna/);
    await page.keyboard.press("Escape");
    assert.deepEqual(await page.meeting((m) => m.actions.filter((a) => a.startsWith("statistics"))), [
      "statistics true",
      "statistics false",
    ]);
    assert.deepEqual(page.errors, []);
  },
  fakeDevices,
);

await withBrowser("people, lobby and rules", async (browser) => {
  const page = await open(browser, "", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.keyboard.press("p");
  const facts = (id) => page.locator(`[data-person="${id}"] .facts`).textContent();
  assert.equal(await facts("p2"), "speaks · looks at you · speaker · Seat 2 · in 3D");
  assert.match(await facts("p4"), /^hand raised, first · looks at Anna/);
  assert.match(await facts("p6"), /^hand raised, number 2 · keeps their gaze private · listener$/);
  assert.match(
    await page.locator('[data-person="p3"] .quality').getAttribute("title"),
    /fair\. Good: less than 3 %/,
  );
  assert.match(await page.locator(".glance").textContent(), /Anna Lindqvist looks at you/);

  const press = async (id, ...labels) => {
    const row = page.locator(`[data-person="${id}"]`);
    if (!(await row.locator(".menu").count())) await row.locator("> button.icon").click();
    for (const label of labels) await row.getByRole("button", { name: label, exact: true }).click();
  };
  await page.asked();
  await press("p2", "Mute", "Speak aside", "To the lobby", "Show in the hall", "Remove");
  assert.equal((await page.asked()).length, 3, "removing must be asked twice");
  await press("p2", "Remove Anna Lindqvist? Press again.");
  await press("p4", "Let speak again", "Stop video", "Take hand down");
  assert.deepEqual(await page.asked(), [
    { type: "remove", person: "p2", lobby: false },
    { type: "block", person: "p4", source: "microphone", blocked: false },
    { type: "block", person: "p4", source: "camera", blocked: true },
    { type: "raise", up: false, person: "p4" },
  ]);
  assert.deepEqual(await page.meeting((m) => m.actions.filter((a) => a.startsWith("focus"))), ['focus "p2"']);
  await page.getByLabel("Role of José").selectOption("listener");
  await page.getByLabel("Seat of José").selectOption("5");
  await press("p1");
  await page.getByLabel("Your own seat").selectOption("-1");
  assert.deepEqual(await page.asked(), [
    { type: "appoint", person: "p4", role: "listener" },
    { type: "sit", person: "p4", seat: 5 },
    { type: "sit", person: "", seat: -1 },
  ]);
  await page.getByLabel("Volume of José").fill("40");
  assert.equal(await page.meeting((m) => m.memory.volume("José")), 0.4);

  // What others do meanwhile does not take the focus.
  await page.locator('[data-person="p4"] .menu button').first().focus();
  await page.meeting((m) =>
    m.session.change("p3", { speaking: true, looks: { shared: true, at: "p4", degrees: 0, since: 0 } }),
  );
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Show in the hall");

  await page.meeting((m) => {
    m.session.guests.set("g9", { id: "g9", name: "Nora" });
    m.session.tell();
  });
  assert.match(await page.locator(".notices").textContent(), /Nora waits/);
  await page.getByRole("button", { name: "Admit Nora" }).click();
  await page.getByRole("button", { name: "Deny Zed" }).click();
  await page.waitForFunction(() => !document.querySelector(".notices").textContent.includes("Nora"));
  assert.deepEqual(await page.asked(), [
    { type: "admit", guest: "g9", in: true },
    { type: "admit", guest: "g1", in: false },
  ]);

  await page.getByRole("button", { name: "Copy the invitation link" }).click();
  await page.getByText("The link is copied.").waitFor();
  await page.getByText("Room", { exact: true }).click();
  await page.getByLabel("Lock the room").click();
  await page.getByLabel("Layout").selectOption("side-by-side");
  await page.getByLabel("Seats", { exact: true }).selectOption("3");
  assert.ok(await page.getByRole("button", { name: "Re-arrange" }).isDisabled(), "5 people on 3 seats");
  await page.getByLabel("Seats", { exact: true }).selectOption("8");
  await page.getByRole("button", { name: "Re-arrange" }).click();
  assert.deepEqual(await page.asked(), [
    { type: "rule", locked: true, lobby: true, murmur: true },
    { type: "arrange", layout: "side-by-side", seats: 8 },
  ]);
  // A refused rule goes back, with a notice.
  await page.meeting((m) => {
    m.session.refuse = "rule";
  });
  await page.getByLabel("Lock the room").click();
  await page.getByText("That did not work: hosts alone may").waitFor();
  assert.ok(await page.getByLabel("Lock the room").isChecked());

  // Nobody but hosts sees what hosts do.
  await page.meeting((m) => m.session.change("p1", { role: "speaker" }));
  assert.equal(await page.locator(".rules").isVisible(), false);
  assert.equal(await page.getByRole("button", { name: "To the lobby" }).count(), 0);
  assert.deepEqual(page.errors, []);
});

await withBrowser("chat, board, settings and the side discussion", async (browser) => {
  const page = await open(browser);
  await page.meeting((m) => m.session.write("p2", "<img src=x onerror=alert(1)> https://a.example/x."));
  assert.match(await page.bar("chat").getAttribute("aria-label"), /1 unread line$/);
  await page.keyboard.press("c");
  assert.equal(await page.bar("chat").getAttribute("aria-label"), "Chat");
  const last = page.locator(".chat li").last();
  assert.equal(await last.locator("img").count(), 0);
  assert.equal(await last.locator("a").getAttribute("href"), "https://a.example/x");
  assert.match(await last.locator("a").getAttribute("rel"), /noopener/);
  await page.asked();
  await page.keyboard.type("one\ntwo");
  await page.locator("#chat-field").fill("x".repeat(2001));
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
  assert.equal(await page.locator(".chat .count").textContent(), "1 character too many");
  await page.keyboard.press("Enter");
  await page.locator("#chat-field").fill("kept");
  await page.meeting((m) => {
    m.session.refuse = "say";
  });
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.getElementById("chat-field").value === "kept");
  await page.meeting((m) => {
    m.session.refuse = "";
    m.session.asides.set("a1", { id: "a1", members: ["p1", "p5"] });
    m.session.change("p1", { aside: "a1" });
  });
  assert.match(await page.locator(".asidebanner").textContent(), /Side discussion with Kenji Sato.*murmur/);
  await page.locator("#chat-field").fill("hush");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Back to all" }).click();
  assert.deepEqual(await page.asked(), [
    { type: "say", text: "one", aside: false },
    { type: "say", text: "kept", aside: false },
    { type: "say", text: "hush", aside: true },
    { type: "whisper", person: "" },
  ]);

  let sent;
  await page.route("**/api/room/garden/pictures", (route) => {
    sent = route.request();
    return route.fulfill({ json: { path: "pictures/7.png" } });
  });
  await page.keyboard.press("Escape");
  await page.bar("items").click();
  const png = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [20, 10];
    return canvas.toDataURL("image/png").split(",")[1];
  });
  const pick = (name, mimeType, buffer) =>
    page.locator('input[type="file"]').setInputFiles({ name, mimeType, buffer });
  await pick("notes.txt", "text/plain", Buffer.from("x"));
  await page.getByText("That is no PNG").waitFor();
  await pick("huge.png", "image/png", Buffer.alloc(5 * 2 ** 20 + 1));
  await page.getByText("at most 5 MB are possible").waitFor();
  await pick("broken.png", "image/png", Buffer.from("no picture"));
  await page.getByText("cannot be read").waitFor();
  await pick("plan.png", "image/png", Buffer.from(png, "base64"));
  await page.waitForFunction(() => window.meeting.session.requests.some((r) => r.type === "place"));
  assert.equal(sent.headers().authorization, "Bearer secret");
  assert.deepEqual((await page.asked())[0], {
    type: "place",
    kind: "picture",
    title: "plan",
    picture: "pictures/7.png",
    aspect: 2,
  });
  await page.getByRole("button", { name: "Move Budget 2027", exact: true }).click();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowUp");
  const [first, second] = await page.asked();
  assert.ok(Math.abs(first.pose.position[0] - 0.05) < 1e-9 && first.item === "i2");
  assert.ok(
    Math.abs(second.pose.position[1] - 1.21) < 1e-9 && second.pose.position[0] === first.pose.position[0],
  );
  await page.getByRole("button", { name: "Remove Plan of the garden" }).click();
  assert.deepEqual(await page.asked(), [{ type: "clear", item: "i1" }]);

  await page.bar("settings").click();
  await page.getByLabel("Share where I look").click();
  await page.getByLabel("Mono sound").click();
  await page.getByLabel("Reduced motion").click();
  await page.getByLabel("Follow my head").click();
  await page.getByLabel("Diagonal").fill("27");
  await page.getByLabel("Distance").fill("62.5");
  await page.getByRole("button", { name: "Eye back to the middle" }).click();
  assert.deepEqual(await page.asked(), [{ type: "shareLooks", share: false }]);
  const { actions, choices, still } = await page.meeting((m) => ({
    actions: m.actions.slice(2),
    choices: m.memory.choices,
    still: document.documentElement.hasAttribute("data-still"),
  }));
  assert.deepEqual(actions, [
    "reduceMotion true",
    "track true",
    'declare {"diagonal":27,"distance":0}',
    'declare {"diagonal":27,"distance":62.5}',
    "recentre",
  ]);
  assert.deepEqual([choices.mono, choices.motion, still], [true, true, true]);

  // Another language at once; what is open and written stays.
  await page.getByLabel("Language").selectOption("zh");
  assert.equal(await page.locator("#side-title").textContent(), "设置");
  assert.equal(await page.getAttribute("html", "lang"), "zh-Hans");
  assert.equal(await page.bar("leave").getAttribute("aria-label"), "离开");
  await page.reload();
  await page.waitForFunction(() => window.meeting);
  assert.equal(await page.bar("chat").getAttribute("aria-label"), "聊天");
  assert.deepEqual(page.errors, []);
});

await withBrowser("whole screens", async (browser) => {
  const page = await open(browser);
  const go = (...args) => page.meeting((m, args) => m.session.goTo(...args), args);
  const title = () => page.locator(".screen h1").textContent();
  await go("away", "media", 8000);
  assert.equal(await title(), "Connection lost");
  assert.match(await page.locator(".clock").textContent(), /kept for 60 more seconds. Next attempt in 8 s/);
  assert.ok(await page.evaluate(() => document.querySelector(".inroom").inert));
  await go("in");
  assert.match(await page.locator(".notices").textContent(), /You are back/);
  assert.equal(await page.locator(".screen").isVisible(), false);
  await go("waiting");
  assert.equal(await title(), "You are in the lobby");
  assert.equal(await page.locator(".inroom").isVisible(), false);
  await page.keyboard.press("m");
  assert.deepEqual(await page.published(), [], "nobody publishes from the lobby");
  for (const [error, text, again] of [
    ["full", /places are taken/, 1],
    ["removed", /has removed you/, 0],
    ["denied", /did not let you in/, 0],
    ["replaced", /from another page/, 1],
    ["constructor", /^constructor$/, 1],
  ]) {
    await go("ended", error);
    assert.match(await page.locator(".screen .card > p").first().textContent(), text);
    assert.equal(await page.getByRole("button", { name: "Enter again" }).count(), again, error);
  }
  await go("ended", "protocol-version");
  assert.equal(await page.getByRole("button", { name: "Load the page again" }).count(), 1);
  await go("in");
  await page.bar("leave").click();
  await page.waitForFunction(() => window.meeting.session.left);
  assert.equal(await title(), "You have left");
  await page.getByRole("button", { name: "Enter again" }).click();
  assert.deepEqual(await page.meeting((m) => m.actions.slice(-1)), ["enterAgain"]);
  assert.deepEqual(page.errors, []);
});

await withBrowser(
  "before joining",
  async (browser) => {
    const count = () => {
      const { mediaDevices } = navigator;
      window.opened = 0;
      const real = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (c) => {
        window.opened++;
        if (window.failing) throw new DOMException("no", window.failing);
        return real(c);
      };
    };
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    const page = await context.newPage();
    await page.addInitScript(count);
    await page.goto(`${address}?prejoin`);
    await page.getByText("Ready to join?").waitFor();
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => window.opened), 0, "a device was opened before a press");

    for (const [name, words] of [
      ["NotAllowedError", /may not use it.*lock or camera icon/],
      ["NotFoundError", /None was found.*join without/],
      ["NotReadableError", /Another program.*Close other calls/],
    ]) {
      await page.evaluate((n) => {
        window.failing = n;
      }, name);
      await page.locator('[data-device="camera"]').click();
      await page.waitForFunction(
        (w) => new RegExp(w).test(document.querySelector(".preview .problem").textContent),
        words.source,
      );
      assert.equal(await page.locator('[data-device="camera"]').getAttribute("aria-pressed"), "false");
    }
    await page.evaluate(() => {
      window.failing = "";
    });
    await page.locator('[data-device="camera"]').click();
    await page.locator('[data-device="microphone"]').click();
    await page.waitForFunction(() => document.querySelector(".preview video").videoWidth > 0);
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.querySelector(".preview video")).scale),
      "-1 1",
    );
    await page.waitForFunction(
      () => Number(document.querySelector(".level").getAttribute("aria-valuenow")) > 5,
    );
    assert.equal(await page.locator(".preview .problem").isVisible(), false);

    await page.locator("summary", { hasText: "Connection test" }).click();
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText("It works, with limits.").waitFor();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the report" }).click(),
    ]);
    assert.match(file.suggestedFilename(), /^virtualcube-connection-.*\.json$/);

    await page.getByRole("button", { name: "Join with camera and microphone", exact: true }).click();
    await page.getByText("Tell the others your name first.").waitFor();
    await page.getByLabel("Your name").fill("Robin");
    await page.getByRole("button", { name: "Join with camera and microphone", exact: true }).click();
    await page.waitForFunction(() => window.meeting.session.published.length === 2);
    assert.deepEqual(await page.evaluate(() => [window.meeting.joining, window.meeting.session.published]), [
      { name: "Robin", camera: true, microphone: true, listen: false },
      ["microphone on", "camera on"],
    ]);

    // The next time name and devices are as they were, since the browser permits them; nothing is published.
    await page.reload();
    await page.getByRole("button", { name: "Join with camera and microphone", exact: true }).waitFor();
    assert.equal(await page.getByLabel("Your name").inputValue(), "Robin");
    assert.deepEqual(await page.evaluate(() => window.meeting.session.published), []);
    await page.getByRole("button", { name: "Only listen" }).click();
    await page.waitForFunction(() => window.meeting.session.requests.length === 1);
    assert.deepEqual(
      await page.evaluate(() => [
        window.meeting.session.requests[0],
        window.meeting.devices.track("camera") === undefined,
      ]),
      [{ type: "sit", person: "", seat: -1 }, true],
    );
    await page.goto(`${address}?prejoin&skip-prejoin`);
    await page.waitForFunction(() => window.meeting?.controls);
    assert.equal(await page.evaluate(() => window.opened), 0, "who skips the preview is not to be seen");
    await context.close();
  },
  fakeDevices,
);

const regions = [".roombar .pill", ".asidebanner", ".side", ".controlbar", ".toast"];
const states = {
  room: () => {},
  people: (page) => page.keyboard.press("p"),
  person: async (page) => {
    await page.keyboard.press("p");
    await page.locator('[data-person="p4"] > button.icon').click();
  },
  chat: (page) => page.keyboard.press("c"),
  board: (page) => page.keyboard.press("b"),
  settings: (page) => page.keyboard.press("e"),
  keys: (page) => page.keyboard.press("?"),
  aside: (page) =>
    page.meeting((m) => {
      m.session.asides.set("a1", { id: "a1", members: ["p1", "p5", "p2"] });
      m.session.change("p1", { aside: "a1" });
      m.session.change("p3", { hand: 9 });
    }),
  waiting: (page) => page.meeting((m) => m.session.goTo("waiting")),
  away: (page) => page.meeting((m) => m.session.goTo("away", "media", 4000)),
  ended: (page) => page.meeting((m) => m.session.goTo("ended", "full")),
  prejoin: () => {},
};

await withBrowser(
  "looks",
  async (browser) => {
    const found = [];
    for (const [width, height, language] of [
      [1440, 900, "en"],
      [1024, 700, "en"],
      [390, 844, "en"],
      [390, 844, "zh"],
    ]) {
      const options = { viewport: { width, height }, reducedMotion: "reduce", hasTouch: width < 500 };
      const page = await open(browser, `?lang=${language}`, options);
      for (const [name, act] of Object.entries(states)) {
        await page.goto(`${address}?lang=${language}${name === "prejoin" ? "&prejoin" : ""}`);
        await page.waitForFunction(() => window.meeting);
        await act(page);
        const faulty = [
          ...(await faults(page, width < 500 ? 44 : 24)),
          ...(await dim(page)),
          ...(await overlaps(page, regions)),
          ...page.errors.splice(0),
        ];
        if (await page.evaluate(() => document.getAnimations().length > 0)) faulty.push("something moves");
        found.push(...faulty.map((f) => `${width} ${name} ${language}: ${f}`));
        await screenshot(page, `controls-${width}-${name}-${language}`);
      }
      await page.close();
    }
    assert.deepEqual(found, []);
  },
  fakeDevices,
);
await server.close();
