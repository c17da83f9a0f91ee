/** A meeting in full swing, in either language. */
import { aFilter, kinds } from "./filters";
import { FakeSession } from "./session";
import { anItem, aPerson } from "./state";

export function meeting(chinese: boolean): FakeSession {
  const session = new FakeSession();
  const names = chinese
    ? ["陈雨", "安娜", "王伟", "李思远", "佐藤健", "玛丽亚", "赵一"]
    : ["Robin", "Anna Lindqvist", "Wei", "José", "Kenji Sato", "Maria-Theresia von Hohenstein", "Zed"];
  const looks = (at: string) => ({ shared: true, at, degrees: 1, since: 0 });
  const name = (i: number) => names[i] as string;
  const people = [
    aPerson("p1", { name: name(0), role: "host", seat: 0, microphone: "off", looks: looks("p3") }),
    aPerson("p2", {
      name: name(1),
      seat: 1,
      cube: "c1",
      microphone: "on",
      speaking: true,
      looks: looks("p1"),
      filters: [aFilter("f1", { source: "view", name: "landmarks", values: { model: "small" } })],
    }),
    aPerson("p3", {
      name: name(2),
      seat: 2,
      cube: "c2",
      microphone: "on",
      looks: looks("i1"),
      quality: "fair",
    }),
    aPerson("p4", {
      name: name(3),
      seat: 3,
      camera: "on",
      hand: 4000,
      microphone: "blocked",
      looks: looks("p2"),
      filters: [
        aFilter("f2", { values: { mode: "blur", radius: "24", colour: "#2a5a3c", feather: "0.5" } }),
        aFilter("f3", { source: "microphone", name: "denoise", values: { strength: "0.9", spare: "true" } }),
      ],
    }),
    aPerson("p5", { name: name(4), seat: 4, present: false, quality: "lost", aside: "a1" }),
    aPerson("p6", {
      name: name(5),
      role: "listener",
      seat: -1,
      hand: 9000,
      quality: "poor",
      looks: { ...looks(""), shared: false },
    }),
  ];
  session.welcome.filters.push(...kinds);
  for (const p of people) session.people.set(p.id, p);
  session.guests.set("g1", { id: "g1", name: name(6) });
  session.items.set(
    "i1",
    anItem("i1", { title: chinese ? "花园平面图" : "Plan of the garden", owner: "p3" }),
  );
  session.items.set(
    "i2",
    anItem("i2", { kind: "screen", title: chinese ? "预算" : "Budget 2027", owner: "p1" }),
  );
  const lines: [string, string][] = chinese
    ? [
        ["p2", "大家好!平面图在展板上。"],
        ["p3", "资料在这里:https://example.org/garden?plan=3。"],
        ["p1", "谢谢,我看一下。"],
      ]
    : [
        ["p2", "Hello all! The plan is on the board."],
        [
          "p3",
          "Everything is at https://example.org/garden?plan=3, and the old one at https://example.org/old.",
        ],
        ["p1", "Thanks, I am looking at it now.\nTwo questions later."],
        [
          "p6",
          "A long word: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        ],
      ];
  for (const [from, text] of lines) session.write(from, text);
  return session;
}
