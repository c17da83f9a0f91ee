import { describe, expect, it } from "vitest";
import { anItem, aPerson, aState } from "../../test/fake/state";
import { changes } from "./changes";
import { choicesOf } from "./choices";
import { pieces } from "./links";
import { nudged, stepOf } from "./nudge";
import { company, handPlace, hands, listed, watchers } from "./order";
import { problemOf } from "./picture";
import { commandOf, type Press } from "./shortcuts";
import { Unread } from "./unread";

describe("links", () => {
  const links = (text: string) =>
    pieces(text)
      .filter((p) => p.address)
      .map((p) => p.address);

  it.each([
    ["see https://a.example/x.", ["https://a.example/x"]],
    ["(https://a.example/x)", ["https://a.example/x"]],
    [
      "https://a.example/w_(y) and http://b.example?q=1&r=2!",
      ["https://a.example/w_(y)", "http://b.example?q=1&r=2"],
    ],
    ["请看https://a.example/页。谢谢", ["https://a.example/页"]],
    ["请看(https://a.example/x)", ["https://a.example/x"]],
    ["<https://a.example>", ["https://a.example"]],
    ["javascript:alert(1) data:text/html,x file:///x ftp://x", []],
    ["https://bank.example@evil.example/", []],
    ["https://", []],
    ["www.example.org", []],
  ])("finds what is one: %s", (text, want) => {
    expect(links(text)).toEqual(want);
    expect(
      pieces(text)
        .map((p) => p.text)
        .join(""),
    ).toBe(text);
  });
});

describe("the order of people", () => {
  const state = aState("p2", [
    aPerson("p1", { seat: 2, hand: 30 }),
    aPerson("p2", { seat: 1, hand: 20 }),
    aPerson("p3", { seat: 0, looks: { shared: true, at: "p2", degrees: 1, since: 0 } }),
    aPerson("p10", { seat: -1, hand: 20 }),
    aPerson("p4", { seat: -1, looks: { shared: false, at: "p2", degrees: 1, since: 0 } }),
  ]);

  it("of hands is that of raising", () => {
    expect(hands(state.people.values()).map((p) => p.id)).toEqual(["p2", "p10", "p1"]);
    expect(handPlace(state.people.values(), "p1")).toBe(3);
    expect(handPlace(state.people.values(), "p3")).toBe(0);
  });

  it("of the list: oneself, seats, standing", () => {
    expect(listed(state).map((p) => p.id)).toEqual(["p2", "p3", "p1", "p4", "p10"]);
  });

  it("names those who look at one and share it", () => {
    expect(watchers(state).map((p) => p.id)).toEqual(["p3"]);
  });
});

describe("changes", () => {
  const [me, anna] = [aPerson("p1"), aPerson("p2", { name: "Anna" })];

  it("tells nothing of the first state, nor of one after entering anew", () => {
    expect(changes(aState("", []), aState("p1", [me, anna]), false)).toEqual([]);
    expect(changes(aState("p1", [me]), aState("p7", [anna]), false)).toEqual([]);
  });

  it("tells who came, left and raised the hand", () => {
    const raised = { ...anna, hand: 5 };
    expect(changes(aState("p1", [me]), aState("p1", [me, raised]), false)).toEqual([
      { what: "joined", person: raised },
      { what: "hand", person: raised },
    ]);
    expect(changes(aState("p1", [me, anna]), aState("p1", [me]), false)).toEqual([
      { what: "left", person: anna },
    ]);
  });

  it("tells of oneself what others did", () => {
    const before = aState("p1", [{ ...me, hand: 4, microphone: "on" }]);
    const now = aState("p1", [{ ...me, microphone: "blocked", role: "listener", seat: 3 }]);
    expect(changes(before, now, false)).toEqual([
      { what: "blocked", source: "microphone" },
      { what: "handDown" },
      { what: "role", role: "listener" },
      { what: "seat", seat: 3 },
    ]);
    expect(changes(before, aState("p1", [me]), true)).toEqual([]);
  });

  it("tells of a side discussion once, when somebody is in it", () => {
    const asides = [{ id: "a1", members: ["p1", "p2"] }];
    const both = aState(
      "p1",
      [
        { ...me, aside: "a1" },
        { ...anna, aside: "a1" },
      ],
      { asides },
    );
    expect(company(both)?.map((p) => p.name)).toEqual(["Anna"]);
    expect(changes(aState("p1", [me, anna]), both, false)).toEqual([{ what: "aside", names: ["Anna"] }]);
    expect(changes(both, both, false)).toEqual([]);
    expect(changes(both, aState("p1", [me, anna]), false)).toEqual([{ what: "asideEnd" }]);
  });

  it("tells of items of others", () => {
    const item = anItem("i1", { owner: "p2", title: "Plan" });
    const now = aState("p1", [me, anna], { items: [item, anItem("i2", { owner: "p1" })] });
    expect(changes(aState("p1", [me, anna]), now, false)).toEqual([
      { what: "item", owner: "p2", title: "Plan" },
    ]);
  });
});

describe("unread lines", () => {
  const line = (n: number, from: string) => ({ id: `c${n}`, from, name: from, text: "x", at: n, aside: "" });

  it("are those of others since the chat was open", () => {
    const unread = new Unread();
    unread.take([line(1, "p2")], "p1", false);
    expect(unread.count).toBe(0); // was there before one came
    expect(unread.take([line(1, "p2"), line(2, "p2"), line(3, "p1")], "p1", false).map((l) => l.id)).toEqual([
      "c2",
    ]);
    expect(unread.count).toBe(1);
    unread.take([line(9, "p2"), line(10, "p2")], "p1", false); // the front was cut
    expect(unread.count).toBe(3);
    unread.clear();
    unread.take([line(9, "p2"), line(10, "p2"), line(11, "p2")], "p1", true);
    expect(unread.count).toBe(0);
  });

  it("of a chat that was empty are the first ones", () => {
    const unread = new Unread();
    unread.take([], "p1", false);
    unread.take([line(1, "p2")], "p1", false);
    expect(unread.count).toBe(1);
  });
});

describe("shortcuts", () => {
  const press = (key: string, more: Partial<Press> = {}): Press => ({
    key,
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    isComposing: false,
    ...more,
  });

  it("act on the page", () => {
    expect(commandOf(press("m"), "page", true)).toBe("microphone");
    expect(commandOf(press("M"), "press", true)).toBe("microphone");
    expect(commandOf(press("?"), "page", true)).toBe("keys");
    expect(commandOf(press("ь", { code: "KeyM" }), "page", true)).toBe("microphone");
    expect(commandOf(press("x"), "page", true)).toBeUndefined();
    expect(commandOf(press("constructor"), "page", true)).toBeUndefined();
  });

  it("leave fields, browser and input methods alone", () => {
    expect(commandOf(press("m"), "field", true)).toBeUndefined();
    expect(commandOf(press("m", { ctrlKey: true }), "page", true)).toBeUndefined();
    expect(commandOf(press("m", { isComposing: true }), "page", true)).toBeUndefined();
    expect(commandOf(press("m", { repeat: true }), "page", true)).toBeUndefined();
    expect(commandOf(press("m"), "page", false)).toBeUndefined();
    expect(commandOf(press("Escape"), "field", false)).toBe("close");
  });

  it("leave the space bar to what it would press", () => {
    expect(commandOf(press(" "), "press", true)).toBeUndefined();
    expect(commandOf(press(" ", { repeat: true }), "page", true)).toBe("talk");
  });
});

describe("nudging an item", () => {
  const item = anItem("i1", { pose: { position: [1, 1, 1], rotation: [0, 0, 0, 1] }, width: 1 });

  it("moves it as one sees it who stands before it", () => {
    expect(nudged(item, "right", false).pose.position[0]).toBeCloseTo(1.05);
    expect(nudged(item, "near", false).pose.position[2]).toBeCloseTo(1.05);
    // Turned by half, its right is the other way.
    const back = {
      ...item,
      pose: { ...item.pose, rotation: [0, 1, 0, 0] as [number, number, number, number] },
    };
    expect(nudged(back, "right", true).pose.position[0]).toBeCloseTo(0.99);
  });

  it("turns about the upright, at unit length", () => {
    let at: Pick<typeof item, "pose" | "width"> = item;
    for (let i = 0; i < 36; i++) at = nudged(at, "turnRight", false);
    expect(Math.hypot(...at.pose.rotation)).toBeCloseTo(1, 12);
    expect(Math.abs(at.pose.rotation[1])).toBeCloseTo(1, 6); // 180 degrees
  });

  it("keeps its width within bounds", () => {
    expect(nudged({ ...item, width: 5.9 }, "larger", false).width).toBe(6);
    expect(nudged({ ...item, width: 0.1 }, "smaller", false).width).toBe(0.1);
    expect(stepOf("ArrowUp")).toBe("up");
    expect(stepOf("toString")).toBeUndefined();
  });
});

describe("bounds", () => {
  it("of pictures", () => {
    expect(problemOf({ type: "image/png", size: 10 })).toBeUndefined();
    expect(problemOf({ type: "image/svg+xml", size: 10 })).toMatch(/PNG/);
    expect(problemOf({ type: "image/png", size: 6 << 20 })).toMatch(/6 MB/);
  });

  it("of what was remembered", () => {
    expect(choicesOf(null).camera).toBe(false);
    const odd = choicesOf({
      camera: "yes",
      name: 5,
      keys: false,
      volumes: { a: 9, b: 0.5 },
      screen: { diagonal: 1e9 },
    });
    expect(odd).toMatchObject({ camera: false, name: "", keys: false, volumes: { b: 0.5 } });
    expect(odd.screen).toEqual({ diagonal: 0, distance: 0 });
  });
});
