import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aFilter, aParameter, filterChain, kinds } from "../../../test/fake/filters";
import { aPerson, aState } from "../../../test/fake/state";
import type { Done, FilterChain, Person } from "../../protocol/room.gen";
import { chainsOf, touching } from "../../session/filters";
import type { Request } from "../../session/session";
import { speak } from "../../text/text";
import { changes } from "../changes";
import { Chains } from "./chain";
import { controlOf, held, same, titled, translated, written } from "./control";
import { added, kindsFor, moved, places, removed, renewed, settled, tuned } from "./links";

describe("the control of a parameter", () => {
  const number = (min: number, max: number, type = "number") =>
    controlOf(aParameter("p", { type, min, max }));

  it.each([
    ["of 0 to 1", number(0, 1), { step: 0.01, digits: 2 }],
    ["of 0 to 5", number(0, 5), { step: 0.05, digits: 2 }],
    ["of angles", number(-45, 45), { step: 0.5, digits: 1 }],
    ["of hertz", number(20, 20020), { step: 200, digits: 0 }],
    ["of little", number(0, 1e-4), { step: 1e-6, digits: 6 }],
    ["of whole numbers", number(8, 80, "integer"), { step: 1, digits: 0, whole: true }],
    ["of two whole numbers", number(0, 1, "integer"), { step: 1, digits: 0, whole: true }],
  ])("is a slider with some hundred steps: %s", (_, control, want) => {
    expect(control).toMatchObject({ kind: "number", ...want });
  });

  it.each([
    ["a range that is none", number(1, 1)],
    ["a choice of nothing", controlOf(aParameter("p", { type: "choice" }))],
    ["a type of tomorrow", controlOf(aParameter("p", { type: "curve" }))],
  ])("is a text field for %s", (_, control) => {
    expect(control.kind).toBe("text");
  });

  const choice = controlOf(aParameter("p", { type: "choice", choices: ["a", "b"] }));
  const colour = controlOf(aParameter("p", { type: "colour" }));
  const text = controlOf(aParameter("p", { type: "text" }));
  const flag = controlOf(aParameter("p", { type: "switch" }));

  it.each([
    [number(0, 1), "0.5", "0.5"],
    [number(0, 1), " .50 ", "0.5"],
    [number(0, 1), "1.01", undefined],
    [number(0, 1), "", undefined],
    [number(0, 1), "NaN", undefined],
    [number(-1, 1), "-1", "-1"],
    [number(8, 80, "integer"), "24", "24"],
    [number(8, 80, "integer"), "24.5", undefined],
    [flag, "true", "true"],
    [flag, "false", "false"],
    [choice, "b", "b"],
    [choice, "c", undefined],
    [colour, "#2A5a3c", "#2a5a3c"],
    [colour, "green", undefined],
    [text, "", ""],
    [text, "日".repeat(85), "日".repeat(85)],
    [text, "日".repeat(86), undefined],
  ])("%j makes of %j %j", (control, set, want) => {
    expect(written(control, set)).toBe(want);
  });

  it.each([
    [number(0, 1), "0.30000000000000004", "0.3"],
    [number(0, 1), "1e-07", "0"],
    [number(0, 1), "much", ""],
    [number(8, 80, "integer"), "24", "24"],
    [flag, "on", "true"],
    [flag, "no", "false"],
    [text, "0.30000000000000004", "0.30000000000000004"],
  ])("%j shows %j as %j", (control, value, want) => {
    expect(held(control, value)).toBe(want);
  });

  it("takes numbers for the same however they are written, and nothing for nothing", () => {
    expect([same("0.5", "0.50"), same("1e-07", "0.0000001"), same("a", "a")]).toEqual([true, true, true]);
    expect([same("", "0"), same("a", "b"), same("0.5", "0.6")]).toEqual([false, false, false]);
  });

  it("has a name for people", () => {
    expect([titled("eye-contact"), titled("")]).toEqual(["Eye contact", ""]);
  });
});

describe("a chain", () => {
  const chain = ["f1", "f2", "f3"].map((id) => aFilter(id, { name: `n${id}`, values: { a: "1" } }));
  const ids = (links: { id: string }[] | undefined) => links?.map((l) => l.id);

  it("gets, loses and moves filters, and keeps what they are set to", () => {
    expect(added("new")(chain)?.at(-1)).toEqual({ id: "", name: "new", values: {} });
    expect(added("new")(chain)?.[0]).toEqual({ id: "f1", name: "nf1", values: {} });
    expect(ids(removed("f2")(chain))).toEqual(["f1", "f3"]);
    expect(ids(moved("f3", -1)(chain))).toEqual(["f1", "f3", "f2"]);
    expect(ids(moved("f1", 1)(chain))).toEqual(["f2", "f1", "f3"]);
    expect(renewed("f2")(chain)?.[1]).toEqual({ id: "", name: "nf2", values: { a: "1" } });
    expect(tuned(new Map([["f2", { a: "2" }]]))(chain)?.map((l) => l.values)).toEqual([{}, { a: "2" }, {}]);
  });

  it.each([
    ["taking away what has gone", removed("f9")],
    ["moving the first up", moved("f1", -1)],
    ["moving the last down", moved("f3", 1)],
    ["moving what has gone", moved("f9", 1)],
    ["renewing what has gone", renewed("f9")],
    ["setting what has gone", tuned(new Map([["f9", { a: "2" }]]))],
  ])("is left alone by %s", (_, edit) => {
    expect(edit(chain)).toBeUndefined();
  });

  it("is as it was asked for when names, order and values are", () => {
    expect(settled([{ id: "f1", name: "nf1", values: { a: "1.0" } }], chain.slice(0, 1))).toBe(true);
    expect(settled([{ id: "", name: "nf1", values: {} }], chain.slice(0, 1))).toBe(true);
    expect(settled([{ id: "f1", name: "nf1", values: { a: "2" } }], chain.slice(0, 1))).toBe(false);
    expect(settled([{ id: "f2", name: "nf2", values: {} }], chain.slice(0, 1))).toBe(false);
    expect(settled([], chain)).toBe(false);
  });
});

describe("the words of the node", () => {
  afterEach(() => speak("en"));

  it("are the page's own in Chinese, where it has some", () => {
    expect([titled("matte"), translated("Notices who speaks.")]).toEqual(["Matte", undefined]);
    speak("zh");
    expect([
      titled("matte"),
      titled("eye-contact"),
      translated("Notices who speaks."),
      translated("toString"),
    ]).toEqual(["背景", "Eye contact", "检测谁在说话。", undefined]);
  });
});

describe("the places for filters", () => {
  const where = (me: Partial<Person>, ...others: Person[]) =>
    places(aState("p1", [aPerson("p1", me), ...others])).map((p) => `${p.person.id} ${p.source}`);
  const rig = aPerson("p9", { cube: "c", unattended: true, microphone: "on" });

  it("are what one sends", () => {
    expect(where({})).toEqual(["p1 microphone", "p1 camera"]);
    expect(where({ screen: "on", cube: "c" })).toEqual([
      "p1 microphone",
      "p1 camera",
      "p1 screen",
      "p1 view",
    ]);
    expect(where({ filters: [aFilter("f1", { source: "screen" })] })).toContain("p1 screen");
  });

  it("are, for hosts alone, what software sends", () => {
    const others = [
      aPerson("p3", { program: true, microphone: "on" }),
      aPerson("p4", { program: true, camera: "on" }),
    ];
    expect(where({ role: "host" }, ...others).slice(2)).toEqual(["p3 microphone", "p4 camera"]);
    expect(where({}, ...others)).toHaveLength(2);
  });

  it("are, for hosts alone, rigs that nobody is at", () => {
    const others = [rig, aPerson("p2", { cube: "d" })];
    expect(where({ role: "host" }, ...others)).toEqual([
      "p1 microphone",
      "p1 camera",
      "p9 view",
      "p9 microphone",
    ]);
    expect(where({}, ...others)).toEqual(["p1 microphone", "p1 camera"]);
  });

  it("are none for listeners, or before one is in", () => {
    expect(where({ role: "listener" }, rig)).toEqual([]);
    expect(places(aState("", [rig]))).toEqual([]);
  });

  it("take filters of their kind", () => {
    const names = (source: "microphone" | "camera" | "screen" | "view") =>
      kindsFor(source, kinds).map((k) => k.name);
    expect(names("microphone")).toEqual(["denoise"]);
    expect(names("screen")).toEqual(names("camera"));
    expect(names("view")).toEqual(["landmarks"]);
  });
});

describe("everybody's filters", () => {
  const filters = [
    aFilter("f1"),
    aFilter("f2", { state: "failed" }),
    aFilter("f3", { source: "microphone" }),
  ];
  const person = aPerson("p1", { filters });

  it("touch what is sent unless they failed, and are in order by source", () => {
    expect(touching(person).map((f) => f.id)).toEqual(["f1", "f3"]);
    expect(Object.keys(chainsOf(aState("p1", [person]), "p1"))).toEqual(["camera", "microphone"]);
    expect(chainsOf(aState("p1", []), "p1")).toEqual({});
  });

  it("are told of where one's own fails or goes", () => {
    const now = aPerson("p1", {
      filters: [aFilter("f1", { state: "failed" }), aFilter("f2", { state: "failed" })],
    });
    expect(changes(aState("p1", [person]), aState("p1", [now]), false)).toEqual([
      { what: "filterFailed", filter: now.filters[0] },
      { what: "filterGone", filter: filters[2] },
    ]);
    const others = [aPerson("p2"), aPerson("p3")];
    const before = aState("p2", [person, ...others]);
    expect(changes(before, aState("p2", [now, ...others]), false)).toEqual([]);
  });
});

describe("changing a chain", () => {
  let state = aState("p1", []);
  let asked: FilterChain[] = [];
  let refuse = false;
  let told: number; // ms from the answer to the state
  let chains: Chains;

  const set = (person: Person) => {
    state = aState("p1", [person]);
    chains.update();
  };
  /** Answers after 20 ms, and tells the state some time after that. */
  const ask = async (request: Request): Promise<Done | undefined> => {
    const message = request as FilterChain;
    asked.push(message);
    await new Promise((go) => setTimeout(go, 20));
    if (refuse) return undefined;
    const next = () => filterChain(state.people.get("p1") as Person, message, kinds);
    setTimeout(() => set(next()), told);
    return { type: "done", re: 0, id: "" };
  };
  const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const values = () => asked.map((m) => m.links[0]?.values.feather);

  beforeEach(() => {
    vi.useFakeTimers();
    [asked, refuse, told] = [[], false, 10];
    state = aState("p1", [aPerson("p1", { filters: [aFilter("f1", { values: { feather: "0.5" } })] })]);
    chains = new Chains(() => state, ask);
  });
  afterEach(() => vi.useRealTimers());

  it("asks for oneself without a name, and for another by it", async () => {
    void chains.of("p1", "camera").change(added("matte"));
    void chains.of("p9", "view").change(added("landmarks"));
    await later(2000);
    expect(asked.map((m) => [m.person, m.source])).toEqual([
      ["", "camera"],
      ["p9", "view"],
    ]);
  });

  it("makes each of what the room says after the one before", async () => {
    const chain = chains.of("p1", "camera");
    void chain.change(added("caption"));
    void chain.change(added("matte"));
    void chain.change(removed("f1"));
    await later(200);
    expect(asked.map((m) => m.links.map((l) => l.name))).toEqual([
      ["matte", "caption"],
      ["matte", "caption", "matte"],
      ["caption", "matte"],
    ]);
    expect(asked[2]?.links.every((l) => l.id !== "")).toBe(true);
  });

  it("goes on where the state does not come as asked", async () => {
    told = 1e6;
    const chain = chains.of("p1", "camera");
    const first = chain.change(added("caption"));
    void chain.change(removed("f1"));
    await later(900);
    expect(asked.length).toBe(1);
    await later(200);
    expect(asked.length).toBe(2);
    await expect(first).resolves.toBe(true);
  });

  it("sends the newest of values ten times a second, and the last one always", async () => {
    const chain = chains.of("p1", "camera");
    for (let i = 1; i <= 50; i++) {
      chain.tune("f1", "feather", String(i / 100));
      await later(10);
    }
    await later(300);
    expect(asked.length).toBeGreaterThanOrEqual(5);
    expect(asked.length).toBeLessThanOrEqual(7);
    expect(values()[0]).toBe("0.01");
    expect(values().at(-1)).toBe("0.5");
    expect(asked.every((m) => m.links.length === 1 && m.links[0]?.id === "f1")).toBe(true);
  });

  it("knows what is asked for until the room says so", async () => {
    const chain = chains.of("p1", "camera");
    chain.tune("f1", "feather", "0.9");
    expect(chain.wanted("f1", "feather")).toBe("0.9");
    await later(25);
    expect(chain.wanted("f1", "feather")).toBe("0.9");
    await later(10);
    expect(chain.wanted("f1", "feather")).toBeUndefined();
  });

  it("forgets what was refused, and what somebody else changed meanwhile", async () => {
    const chain = chains.of("p1", "camera");
    const shown = vi.fn();
    chains.onChange = shown;
    refuse = true;
    chain.tune("f1", "feather", "0.9");
    await later(25);
    expect([chain.wanted("f1", "feather"), shown.mock.calls.length]).toEqual([undefined, 1]);
    [refuse, told] = [false, 1e6];
    chain.tune("f1", "feather", "0.9");
    await later(500);
    expect(chain.wanted("f1", "feather")).toBe("0.9");
    await later(1000);
    expect(chain.wanted("f1", "feather")).toBeUndefined();
    chain.tune("f1", "feather", "0.8");
    set(aPerson("p1"));
    expect(chain.wanted("f1", "feather")).toBeUndefined();
  });

  it("knows which filter the viewer ended, unless that was refused", async () => {
    const f1 = aFilter("f1");
    refuse = true;
    void chains.remove("p1", f1);
    expect(chains.took("f1")).toBe(true);
    await later(50);
    expect(chains.took("f1")).toBe(false);
    refuse = false;
    void chains.renew("p1", f1);
    await later(50);
    expect([chains.took("f1"), asked.at(-1)?.links]).toEqual([
      true,
      [{ id: "", name: "matte", values: { feather: "0.5" } }],
    ]);
  });
});
