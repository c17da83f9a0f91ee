import { describe, expect, it } from "vitest";
import type { Line, Person, Update } from "../protocol/room.gen";
import type { RoomState } from "./session";
import { apply, nothing } from "./state";

const person = (id: string, name = id) => ({ id, name }) as Person;
const line = (id: string, text = id) => ({ id, text }) as Line;
const update = (u: Partial<Update>): Update => ({ revision: 1, full: false, ...u });

const start: RoomState = apply(
  { ...nothing, you: "p1" },
  update({
    full: true,
    people: [person("p1"), person("p2")],
    guests: [{ id: "g1", name: "Ann" }],
    lines: [line("c1"), line("c2")],
  }),
);

const show = (s: RoomState) => ({
  people: [...s.people.values()].map((p) => p.name),
  guests: [...s.guests.keys()],
  lines: s.lines.map((l) => l.text),
});

describe("an update", () => {
  it.each<[string, Partial<Update>, Partial<ReturnType<typeof show>>]>([
    ["of nothing leaves all", {}, {}],
    ["adds", { people: [person("p3")] }, { people: ["p1", "p2", "p3"] }],
    ["replaces by id", { people: [person("p1", "Bo")] }, { people: ["Bo", "p2"] }],
    ["takes away what is gone", { gone: ["p2", "g1", "c1"] }, { people: ["p1"], guests: [], lines: ["c2"] }],
    ["knows not all that is gone", { gone: ["p9"] }, {}],
    ["appends lines", { lines: [line("c3")] }, { lines: ["c1", "c2", "c3"] }],
    [
      "writes a line again in its place",
      { lines: [line("c1", "new"), line("c3")] },
      { lines: ["new", "c2", "c3"] },
    ],
    [
      "that is full replaces all",
      { full: true, people: [person("p7")] },
      { people: ["p7"], guests: [], lines: [] },
    ],
    ["may bring and take at once", { people: [person("p3")], gone: ["p3"] }, {}],
  ])("%s", (_, u, want) => {
    expect(show(apply(start, update(u)))).toEqual({ ...show(start), ...want });
  });

  it("changes no state that was there before, and keeps what it does not touch", () => {
    const after = apply(start, update({ people: [person("p3")] }));
    expect(start.people.size).toBe(2);
    expect(after.guests).toBe(start.guests);
    expect(after.lines).toBe(start.lines);
    expect(apply(start, update({})).people).toBe(start.people);
    expect(apply(start, update({ full: true })).you).toBe("p1");
  });

  it("keeps a thousand lines", () => {
    const many = Array.from({ length: 700 }, (_, i) => line(`c${i + 10}`));
    const twice = apply(
      apply(start, update({ lines: many })),
      update({ lines: many.map((l) => line(`${l.id}x`)) }),
    );
    expect(twice.lines.length).toBe(1000);
    expect(twice.lines.at(-1)?.id).toBe("c709x");
  });
});
