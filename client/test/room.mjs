// Three pages in one room, with the synthetic person: they see and hear each
// other from where they sit, talk aside, are arranged anew, and one is loaded
// again and comes back to its seat.
import assert from "node:assert/strict";
import { screenshot, withBrowser } from "./browser.mjs";
import { devices, enter, inside, own, until } from "./roomnode.mjs";

await withBrowser(
  "room",
  async (browser) => {
    const ada = await enter(browser, "Ada");
    const rig = await ada.evaluate(
      () => [...window.virtualcube.room.state().people.values()].find((p) => p.cube)?.id,
    );
    await until(
      ada,
      "shown the rig",
      (id) =>
        (window.virtualcube.room.figures().views.cube?.shown ?? 0) > 30 &&
        window.virtualcube.room.figures().people[id]?.kind === "view",
      rig,
      60_000,
    );
    const [bob, eve] = [await enter(browser, "Bob"), await enter(browser, "Eve")];
    const pages = [ada, bob, eve];
    for (const page of pages) {
      await page.getByRole("button", { name: /^Microphone/ }).click();
      await page.getByRole("button", { name: /^Camera/ }).click();
    }
    const ids = await Promise.all(pages.map(own));
    for (const [i, page] of pages.entries()) {
      const others = ids.filter((_, k) => k !== i);
      await until(
        page,
        "seeing everybody",
        (o) => o.every((id) => window.virtualcube.room.figures().people[id]?.kind === "camera"),
        others,
        60_000,
      );
      await until(
        page,
        "getting every voice",
        (o) => o.every((id) => (window.virtualcube.room.figures().node?.voices[id] ?? 0) > 50),
        others,
      );
      await until(
        page,
        "seeing the rig",
        () => (window.virtualcube.room.figures().views.cube?.shown ?? 0) > 5,
        undefined,
        60_000,
      );
    }
    for (const page of pages) await checkEars(page);
    for (const page of pages) await screenshot(page, `room-${page.name}`);

    await whisper(pages, ids);
    await arrange(pages);
    await comeBack(bob, ids[1], ada);
    for (const page of pages) assert.deepEqual(page.errors, [], page.name);
  },
  devices,
);

/**
 * Who sits aside is louder at the nearer ear. The made-up microphones beep, a
 * busy page looks rarely, and Chromium hears everybody in the middle until it has
 * its impulse responses: so the newest loud moment of each counts, once all are right.
 */
async function checkEars(page) {
  const heard = await page.evaluate(async () => {
    const { room } = window.virtualcube;
    const { people, you, room: info } = room.state();
    const pose = (id) => info.seats[people.get(id)?.seat];
    // Yaw alone: seats are upright. In a cube +x is on the left.
    const mine = pose(you);
    const yaw = 2 * Math.atan2(mine.rotation[1], mine.rotation[3]);
    const all = room.streams().filter((s) => s.source === "microphone");
    const heard = all.map(({ person: id }) => {
      const [dx, dz] = [0, 2].map((k) => pose(id).position[k] - mine.position[k]);
      return { id, x: dx * Math.cos(yaw) - dz * Math.sin(yaw), louder: undefined };
    });
    const right = ({ x, louder }) =>
      louder !== undefined && (Math.abs(x) < 0.4 || louder * Math.sign(x) > 0.5);
    for (const end = performance.now() + 30_000; performance.now() < end && !heard.every(right); ) {
      const ears = room.ears();
      for (const h of heard) {
        const { left = 0, right = 0 } = ears[h.id] ?? {};
        if (left + right > 0.01) h.louder = 20 * Math.log10(left / right);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return heard.map((h) => ({ ...h, right: right(h) }));
  });
  assert.ok(heard.length >= 3, `${page.name} hears ${heard.length} voices`);
  for (const { id, x, louder, right } of heard) {
    console.log(
      `${page.name} hears ${id}, ${x.toFixed(2)} m to the left, ${louder?.toFixed(1)} dB louder on the left`,
    );
    assert.ok(right, `${page.name} hears ${id} not, or at the wrong ear`);
  }
}

/** Ada and Bob talk aside: the node sends their packets to each other alone. */
async function whisper([ada, bob, eve], [a, b]) {
  const sent = (page) => page.evaluate(() => ({ ...window.virtualcube.room.figures().node.voices }));
  const second = (page) =>
    page.evaluate(async () => {
      const before = window.virtualcube.room.figures().node;
      while (window.virtualcube.room.figures().node === before) await new Promise((r) => setTimeout(r, 50));
    });
  await ada.evaluate((id) => window.virtualcube.room.ask({ type: "whisper", person: id }), b);
  await until(
    eve,
    "told of the side discussion",
    (id) => window.virtualcube.room.state().people.get(id).aside !== "",
    a,
  );
  await second(eve);
  await second(eve); // what was counted before
  const before = await Promise.all([ada, bob, eve].map(sent));
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await Promise.all([ada, bob, eve].map(second));
  const after = await Promise.all([ada, bob, eve].map(sent));
  const more = (page, id) => (after[page][id] ?? 0) - (before[page][id] ?? 0);
  console.log(
    `aside, packets: Ada gets ${more(0, b)} of Bob, Bob ${more(1, a)} of Ada, Eve ${more(2, a)} and ${more(2, b)}`,
  );
  assert.ok(more(0, b) > 100 && more(1, a) > 100, "those in the side discussion do not hear each other");
  assert.equal(more(2, a) + more(2, b), 0, "the side discussion reached somebody outside");
  await screenshot(ada, "room-aside");
  await ada.evaluate(() => window.virtualcube.room.ask({ type: "whisper", person: "" }));
  await until(eve, "told of its end", (id) => window.virtualcube.room.state().people.get(id).aside === "", a);
}

/** The host arranges; everybody is told, keeps their number and sees the rig go on. */
async function arrange(pages) {
  const shown = (page) => page.evaluate(() => window.virtualcube.room.figures().views.cube?.shown ?? 0);
  const before = await Promise.all(pages.map(shown));
  await pages[0].evaluate(() =>
    window.virtualcube.room.ask({ type: "arrange", layout: "side-by-side", seats: 4 }),
  );
  for (const [i, page] of pages.entries()) {
    await until(page, "arranged", () => window.virtualcube.room.state().room.layout === "side-by-side");
    await until(
      page,
      "live after it",
      (n) => {
        // Who is beside the screen now is not drawn.
        const { people, views } = window.virtualcube.room.figures();
        const rig = Object.values(people).find((p) => p.kind === "view");
        return rig !== undefined && (!rig.visible || (views.cube?.shown ?? 0) > n + 2);
      },
      before[i],
      60_000,
    );
  }
  await screenshot(pages[2], "room-side-by-side");
  await pages[0].evaluate(() =>
    window.virtualcube.room.ask({ type: "arrange", layout: "round-table", seats: 4 }),
  );
}

/** A page that is loaded again is the same participant on the same seat, and the others see it so. */
async function comeBack(page, id, other) {
  const seat = await page.evaluate((p) => window.virtualcube.room.state().people.get(p).seat, id);
  const began = Date.now();
  await page.reload();
  await inside(page);
  assert.equal(await own(page), id, "it came back as somebody else");
  assert.ok((await page.evaluate(() => window.virtualcube.room.stage())).resumed, "it was not resumed");
  assert.equal(await page.evaluate((p) => window.virtualcube.room.state().people.get(p).seat, id), seat);
  await until(
    page,
    "live again",
    () => (window.virtualcube.room.figures().views.cube?.shown ?? 0) > 2,
    undefined,
    60_000,
  );
  console.log(`loaded again: back with pictures after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await until(other, "seeing them back", (p) => window.virtualcube.room.state().people.get(p)?.present, id);
}
