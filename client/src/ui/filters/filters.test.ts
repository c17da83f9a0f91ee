import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Done, Filter, FilterParameter } from "../../protocol/room.gen";
import type { Request } from "../../session/session";
import { Chain } from "./chain";
import { controlOf, held, same, titled, written } from "./control";
import { added, moved, removed, renewed, settled, tuned } from "./links";

const parameter = (p: Partial<FilterParameter>): FilterParameter => ({
  name: "level",
  type: "number",
  default: "0.5",
  min: 0,
  max: 1,
  choices: [],
  unit: "",
  help: "how much",
  live: true,
  ...p,
});

const filter = (id: string, values: Record<string, string> = {}): Filter => ({
  id,
  source: "microphone",
  name: "gain",
  values,
  state: "running",
  error: "",
});

describe("controls of parameters", () => {
  it("are made from the description", () => {
    expect(controlOf(parameter({}))).toMatchObject({ kind: "number", step: 0.01, digits: 2, whole: false });
    expect(controlOf(parameter({ type: "integer", min: 1, max: 64 }))).toMatchObject({
      step: 1,
      whole: true,
    });
    expect(controlOf(parameter({ min: -90, max: 5000 }))).toMatchObject({ step: 50, digits: 0 });
    expect(controlOf(parameter({ type: "switch" }))).toEqual({ kind: "switch" });
    expect(controlOf(parameter({ type: "choice", choices: ["a", "b"] }))).toMatchObject({ kind: "choice" });
    expect(controlOf(parameter({ type: "colour" }))).toEqual({ kind: "colour" });
    for (const odd of [{ type: "choice" }, { min: 2, max: 2 }, { type: "spline" }])
      expect(controlOf(parameter(odd)).kind).toBe("text");
  });

  it("write what the node reads, and nothing that it would refuse", () => {
    const number = controlOf(parameter({}));
    const whole = controlOf(parameter({ type: "integer", min: 1, max: 9 }));
    const colour = controlOf(parameter({ type: "colour" }));
    const choice = controlOf(parameter({ type: "choice", choices: ["blur"] }));
    expect(["0.25", " 1 ", "", "1.01", "much", "NaN"].map((s) => written(number, s))).toEqual([
      "0.25",
      "1",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(["3", "3.5", "0"].map((s) => written(whole, s))).toEqual(["3", undefined, undefined]);
    expect([written(colour, "#FF8800"), written(colour, "red")]).toEqual(["#ff8800", undefined]);
    expect([written(choice, "blur"), written(choice, "paint")]).toEqual(["blur", undefined]);
    expect(held(number, "0.30000000004")).toBe("0.3");
    expect(held(controlOf(parameter({ type: "switch" })), "on")).toBe("true");
    expect([same("1", "1.0"), same("a", "b"), same("", "0")]).toEqual([true, false, false]);
    expect(titled("eye-contact")).toBe("Eye contact");
  });
});

describe("edits of a chain", () => {
  const chain = [filter("f1", { level: "1" }), filter("f2")];
  it("name the whole chain", () => {
    expect(added("vad")(chain)?.map((l) => l.id)).toEqual(["f1", "f2", ""]);
    expect(removed("f1")(chain)?.map((l) => l.id)).toEqual(["f2"]);
    expect(moved("f2", -1)(chain)?.map((l) => l.id)).toEqual(["f2", "f1"]);
    expect(renewed("f1")(chain)?.[0]).toEqual({ id: "", name: "gain", values: { level: "1" } });
    expect(tuned(new Map([["f1", { level: "0" }]]))(chain)?.[0]?.values).toEqual({ level: "0" });
  });
  it("are none where there is nothing to change", () => {
    for (const edit of [
      removed("f9"),
      moved("f1", -1),
      moved("f9", 1),
      renewed("f9"),
      tuned(new Map([["f9", {}]])),
    ])
      expect(edit(chain)).toBeUndefined();
  });
  it("are settled when the room says so", () => {
    const links = [{ id: "f1", name: "gain", values: { level: "1.0" } }];
    expect(settled(links, [filter("f1", { level: "1" })])).toBe(true);
    expect(settled(links, [filter("f1", { level: "2" })])).toBe(false);
    expect(settled(links, chain)).toBe(false);
  });
});

describe("a chain", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A room that does what it is asked for. */
  function room() {
    let filters = [filter("f1", { level: "0" })];
    const asked: Request[] = [];
    const ask = async (request: Request): Promise<Done | undefined> => {
      asked.push(request);
      if (request.type !== "filter") return undefined;
      filters = request.links.map((l, i) => {
        const old = filters.find((f) => f.id === l.id);
        return old ? { ...old, values: { ...old.values, ...l.values } } : filter(`f${i + 10}`);
      });
      return { type: "done", re: 1, id: "" };
    };
    const chain = new Chain("", "microphone", () => filters, ask);
    return { chain, asked, level: () => filters[0]?.values.level };
  }

  it("sends the newest of values that come quickly, and always the last", async () => {
    const { chain, asked, level } = room();
    for (let i = 1; i <= 50; i++) {
      chain.tune("f1", "level", String(i / 50));
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(level()).toBe("1");
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(9);
    expect(chain.wanted("f1", "level")).toBeUndefined();
  });

  it("makes one change after the other", async () => {
    const { chain, asked } = room();
    const done = Promise.all([chain.change(added("vad")), chain.change(removed("f1"))]);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await done).toEqual([true, true]);
    expect(asked.map((r) => (r.type === "filter" ? r.links.length : 0))).toEqual([2, 1]);
  });

  it("forgets what was refused", async () => {
    const chain = new Chain(
      "",
      "microphone",
      () => [filter("f1")],
      async () => undefined,
    );
    chain.tune("f1", "level", "1");
    expect(chain.wanted("f1", "level")).toBe("1");
    await vi.advanceTimersByTimeAsync(200);
    expect(chain.wanted("f1", "level")).toBeUndefined();
  });
});
