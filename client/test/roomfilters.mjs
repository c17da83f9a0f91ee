// Filters in the room's page: put there, tuned and removed by who sends something,
// and shown to everybody. VIRTUALCUBE_URL: the node.
import assert from "node:assert/strict";
import { screenshot, withBrowser } from "./browser.mjs";
import { devices, enter, own, until } from "./roomnode.mjs";

const settingOf = (page, filter, parameter) =>
  page.evaluate(
    ([filter, parameter]) =>
      [...window.virtualcube.room.state().people.values()]
        .flatMap((p) => p.filters)
        .find((f) => f.name === filter)?.values[parameter],
    [filter, parameter],
  );

/** Waits until a page sees how the filters of a participant are. */
const sees = (page, person, filters) =>
  until(
    page,
    `shown ${JSON.stringify(filters)}`,
    ([person, filters]) =>
      JSON.stringify(
        window.virtualcube.room
          .state()
          .people.get(person)
          ?.filters.map((f) => `${f.source} ${f.name} ${f.state}`),
      ) === JSON.stringify(filters),
    [person, filters],
  );

const add = async (page, source, name) => {
  const section = page.locator(`.filters section[data-source=${source}]`);
  await section.locator(".chooser > button").click();
  await section.locator(`.kinds li[data-kind=${name}] button`).click();
};

await withBrowser(
  "roomfilters",
  async (browser) => {
    const ada = await enter(browser, "Ada", "&plain", { viewport: { width: 1000, height: 700 } });
    const bob = await enter(browser, "Bob", "&plain");
    const id = await own(ada);
    for (const name of ["Microphone", "Camera"]) await ada.click(`button[aria-label=${name}]`);
    await until(bob, "hearing Ada", (id) => id in window.virtualcube.room.ears(), id);

    await ada.keyboard.press("l");
    await ada.waitForSelector(".filters section[data-source=microphone]");
    await add(ada, "microphone", "gain");
    await sees(bob, id, ["microphone gain running"]);
    await add(ada, "camera", "grade");
    await sees(bob, id, ["microphone gain running", "camera grade running"]);
    await screenshot(ada, "filters");

    // A slider is moved by keys; what it says is what the room says.
    const slider = ada.locator("[data-parameter] input[type=range]").first();
    const parameter = await ada.locator("[data-parameter]").first().getAttribute("data-parameter");
    const before = await settingOf(bob, "gain", parameter);
    await slider.focus();
    for (let i = 0; i < 5; i++) await ada.keyboard.press("ArrowRight");
    await until(
      bob,
      "shown the new value",
      ([parameter, before]) => {
        const all = [...window.virtualcube.room.state().people.values()].flatMap((p) => p.filters);
        return all.find((f) => f.name === "gain")?.values[parameter] !== before;
      },
      [parameter, before],
    );
    await until(
      ada,
      "shown by the slider what the room says",
      (parameter) => {
        const all = [...window.virtualcube.room.state().people.values()].flatMap((p) => p.filters);
        const said = all.find((f) => f.name === "gain")?.values[parameter];
        const slider = document.querySelector("[data-parameter] input[type=range]");
        return Number(slider.value) === Number(said);
      },
      parameter,
    );

    // Everybody is shown which filter touches whom, and what it costs.
    await bob.keyboard.press("p");
    const mark = bob.locator(`[data-person=${id}] .touched`);
    assert.match(
      await mark.getAttribute("aria-label"),
      /2 filters work on what Ada sends: Gain \(Microphone\)/,
    );
    await screenshot(bob, "filters-people");
    await bob.keyboard.press("s");
    await bob.waitForSelector(".fares");
    await screenshot(bob, "filters-figures");

    // A host takes away; who does not send it may not.
    await ada.locator(".filters section[data-source=microphone] .filterhead button").last().click();
    await sees(bob, id, ["camera grade running"]);
    assert.equal(
      await bob.evaluate(
        (person) =>
          window.virtualcube.room
            .ask({ type: "filter", person, source: "camera", links: [] })
            .then(() => "done")
            .catch((e) => e.error),
        id,
      ),
      "forbidden",
    );
    for (const [name, viewport] of [
      ["tablet", { width: 768, height: 700 }],
      ["phone", { width: 375, height: 700 }],
    ]) {
      await ada.setViewportSize(viewport);
      await screenshot(ada, `filters-${name}`);
    }
    await ada.locator(".filters section[data-source=camera] .filterhead button").last().click();
    await sees(bob, id, []);
    await until(bob, "hearing Ada still", (id) => (window.virtualcube.room.ears()[id]?.left ?? -1) >= 0, id);
    assert.deepEqual([ada.errors, bob.errors], [[], []]);
  },
  devices,
);
