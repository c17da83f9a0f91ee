// Filters on a page's live voice and webcam, as two other pages get them: real ones
// are added, tuned, swapped, killed and removed. How many pictures are lost, and how
// far apart do flash and beep come? VIRTUALCUBE_URL: the node; VIRTUALCUBE_GROUP: its
// process group. VIRTUALCUBE_LIPS: how far apart they may be in any part, ms, 400
// unless given, and VIRTUALCUBE_LOST: which share of the pictures may be lost, a half
// unless given, as the machine may be busy with other work. VIRTUALCUBE_SECONDS: of
// each part, 4 unless given.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { screenshot, withBrowser } from "./browser.mjs";
import { apart, flashesAndBeeps, median, pictures, rate, studio } from "./claps.mjs";
import { devices, enter, own, until } from "./roomnode.mjs";

const group = Number(process.env.VIRTUALCUBE_GROUP);
assert.ok(group > 1, "VIRTUALCUBE_GROUP is not set");
const limit = Number(process.env.VIRTUALCUBE_LIPS ?? 400);
const lost = Number(process.env.VIRTUALCUBE_LOST ?? 0.5);
const seconds = Number(process.env.VIRTUALCUBE_SECONDS ?? 4);

/** The processes in which the node has filters work: children of one of its group. */
function children() {
  const all = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent, of] = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/.*\) /, "").split(" ");
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1");
      all.set(pid, { parent, of: Number(of), filters: command.includes("filter-process") });
    } catch {} // it has ended
  }
  return [...all].flatMap(([pid, p]) => (p.filters && all.get(p.parent)?.of === group ? [Number(pid)] : []));
}

/** Waits until a page is told how the filters of a participant are. */
const told = (page, id, filters) =>
  until(
    page,
    `told ${JSON.stringify(filters)}`,
    ([id, filters]) =>
      JSON.stringify(
        window.virtualcube.room
          .state()
          .people.get(id)
          ?.filters.map((f) => `${f.source} ${f.name} ${f.state}`),
      ) === JSON.stringify(filters),
    [id, filters],
  );

const both = ["microphone denoise running", "camera matte running"];

await withBrowser(
  "chains",
  async (browser) => {
    const ada = await enter(browser, "Ada", "&plain", { before: studio });
    const bob = await enter(browser, "Bob", "&plain", { before: studio });
    const eve = await enter(browser, "Eve", "&plain", { before: studio });
    const id = await own(ada);
    for (const name of ["Microphone", "Camera"]) await ada.click(`button[aria-label=${name}]`);
    for (const page of [bob, eve]) {
      await until(page, "hearing Ada", (id) => id in window.virtualcube.room.ears(), id);
      await until(
        page,
        "seeing Ada",
        (id) => window.virtualcube.room.figures().people[id]?.kind === "camera",
        id,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 5000)); // jitter buffers find their lengths

    const set = (source, links) =>
      ada.evaluate(([source, links]) => window.virtualcube.room.setFilters(source, links), [source, links]);
    const link = (source, values) =>
      ada.evaluate(
        ([source, values]) => {
          const f = window.virtualcube.room.filters()[source][0];
          return { id: f.id, name: f.name, values: { ...f.values, ...values } };
        },
        [source, values],
      );
    /** Nothing is on its way when pictures are counted. */
    const count = async () => {
      await ada.evaluate(() => {
        window.studio.still = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 800));
      const all = await Promise.all([ada, bob, eve].map((page) => pictures(page, id)));
      await ada.evaluate(() => {
        window.studio.still = false;
      });
      return [all[0].sent, all[1].got, all[2].got];
    };

    const parts = {
      nothing: async () => {},
      added: async () => {
        await set("microphone", [{ id: "", name: "denoise", values: { strength: "0.8" } }]);
        await set("camera", [{ id: "", name: "matte", values: { mode: "blur" } }]);
        for (const page of [bob, eve]) await told(page, id, both);
      },
      tuned: async () => {
        for (const radius of ["10", "40", "70", "24"])
          await set("camera", [await link("camera", { radius })]);
        await set("microphone", [await link("microphone", { strength: "0.6" })]);
      },
      swapped: async () => {
        const before = (await link("camera", {})).id;
        await set("camera", [{ id: "", name: "matte", values: { mode: "blur", radius: "50" } }]);
        await until(
          bob,
          "told of the new one",
          ([id, before]) => {
            const f = window.virtualcube.room.state().people.get(id)?.filters;
            return f?.length === 2 && f.every((f) => f.state === "running" && f.id !== before);
          },
          [id, before],
        );
      },
      killed: async () => {
        const all = children();
        assert.ok(all.length > 0, "the node has no children");
        for (const pid of all) process.kill(pid, "SIGKILL");
        await until(bob, "told that one was opened again", () =>
          Object.values(window.virtualcube.room.figures().node?.filters ?? {}).some((f) => f.restarts > 0),
        );
        await told(bob, id, both);
      },
      removed: async () => {
        await set("camera", []);
        await set("microphone", []);
        await told(eve, id, []);
      },
    };
    const problems = [];
    let before = await count();
    for (const [what, change] of Object.entries(parts)) {
      const measured = [bob, eve].map((page) => flashesAndBeeps(page, id, seconds));
      await change();
      const skews = (await Promise.all(measured)).map(apart);
      if (what === "swapped") for (const page of [bob, eve]) await screenshot(page, `chains-${page.name}`);
      const now = await count();
      const [sent, ...got] = now.map((n, i) => n - before[i]);
      before = now;
      const middle = skews.map((s) => (s.length ? median(s) : Number.NaN));
      const lips = await bob.evaluate((id) => window.virtualcube.room.figures().lips[id], id);
      console.log(
        `${what}: the beep comes ${middle.map((m) => m.toFixed(0)).join(" and ")} ms after the flash (${skews.map((s) => s.map((x) => x.toFixed(0)).join(" ")).join("; ")}); ` +
          `of ${sent} pictures ${got.join(" and ")} came; in the page the voice takes ${lips?.voice.toFixed(0)} ms, the picture ${lips?.view.toFixed(0)} and waits ${lips?.wait.toFixed(0)}`,
      );
      const measurable = middle.filter((m) => !Number.isNaN(m)); // a busy page may have drawn too little
      if (measurable.length === 0) problems.push(`${what}: no flash came with a beep`);
      if (!measurable.every((m) => Math.abs(m) <= limit))
        problems.push(`${what}: flash and beep are too far apart`);
      // What matte hides is not shown while it is away: up to two seconds here.
      const withheld = what === "killed" ? 2 * rate : 0;
      if (!got.every((n) => n >= sent * (1 - lost) - withheld))
        problems.push(`${what}: too many pictures are lost`);
    }
    assert.deepEqual(problems, []);
    assert.deepEqual([ada.errors, bob.errors, eve.errors], [[], [], []]);
  },
  devices,
);
