import { describe, expect, it } from "vitest";
import { MAX_ROOM_MESSAGE } from "./room.gen";
import { parseRoomMessage } from "./roommessages";

const pose = { position: [0, 0, 1.4], rotation: [0, 1, 0, 0] };
const person = {
  id: "p1",
  name: "Ann",
  role: "host",
  seat: 0,
  cube: "",
  unattended: false,
  program: false,
  present: true,
  hand: 0,
  microphone: "on",
  camera: "off",
  screen: "blocked",
  speaking: false,
  aside: "",
  looks: { shared: true, at: "p2", degrees: 1.5, since: 10 },
  quality: "good",
  filters: [
    { id: "f1", source: "camera", name: "matte", values: { radius: "24" }, state: "running", error: "" },
  ],
};
const kind = {
  name: "matte",
  summary: "the background is blurred",
  kind: "video",
  lookAhead: 0,
  latency: 20,
  private: true,
  parameters: [
    {
      name: "radius",
      type: "integer",
      default: "24",
      min: 8,
      max: 80,
      choices: null,
      unit: "px",
      help: "",
      live: true,
    },
  ],
};
const item = {
  id: "i1",
  kind: "picture",
  owner: "p1",
  title: "Plan",
  pose,
  width: 0.6,
  height: 0.4,
  picture: "api/pictures/1",
  pointers: null,
};
const room = {
  name: "r",
  layout: "round-table",
  seats: [pose],
  gallery: { position: [0, 0, -2], rotation: [0, 0, 0, 1] },
  boards: null,
  locked: false,
  lobby: true,
  murmur: false,
};
const welcome = {
  type: "welcome",
  protocol: 1,
  version: "1",
  room: "r",
  you: "p1",
  resume: "s",
  resumed: false,
  keptSeconds: 60,
  ice: [{ urls: ["turn:x"], username: "", credential: "" }],
  cubes: null,
  filters: [kind],
};
const figures = {
  type: "figures",
  roundTrip: 1,
  loss: 0,
  estimate: 1,
  sent: 1,
  views: null,
  voices: {},
  ways: {},
  filters: { f1: { frames: 9, late: 1, errors: 0, restarts: 0, queue: 2, mean: 3.5, longest: 9 } },
};
const state = (update: object) => ({ type: "state", update: { revision: 3, full: false, ...update } });
const parse = (m: unknown) => parseRoomMessage(JSON.stringify(m));

describe("messages of a room", () => {
  it.each([
    ["welcome", welcome],
    ["waiting", { type: "waiting", room: "r" }],
    ["an empty update", state({})],
    ["a full one", state({ full: true, room, people: [person], items: [item], gone: null })],
    ["an offer", { type: "offer", id: 1, sdp: "v=0", restart: false }],
    ["no streams", { type: "streams", streams: null }],
    [
      "a stream",
      { type: "streams", streams: [{ mid: "3", person: "", source: "view", cube: "a", murmur: false }] },
    ],
    ["figures", figures],
    ["figures without filters", { ...figures, filters: null }],
    ["a person without filters", state({ people: [{ ...person, filters: null }] })],
    ["a later kind of item", state({ items: [{ ...item, kind: "object" }] })],
    ["unknown fields", { type: "end", error: "removed", message: "", retry: false, tomorrow: 1 }],
  ])("takes %s", (_, m) => {
    expect(parse(m)).toBeDefined();
  });

  it("reads lists that are null as empty", () => {
    expect(parse(state({ items: [item], room }))).toMatchObject({
      update: { items: [{ pointers: [] }], room: { boards: [] } },
    });
  });

  it.each([
    ["nothing", undefined],
    ["a list", []],
    ["a type of every object", { type: "constructor" }],
    ["an unknown type", { type: "tomorrow" }],
    ["a welcome without a secret", { ...welcome, resume: undefined }],
    ["a seat that is no number", state({ people: [{ ...person, seat: "1" }] })],
    [
      "a filter without values",
      state({ people: [{ ...person, filters: [{ ...person.filters[0], values: 3 }] }] }),
    ],
    [
      "a filter that fares strangely",
      state({ people: [{ ...person, filters: [{ ...person.filters[0], state: "asleep" }] }] }),
    ],
    ["a kind of filter without a name", { ...welcome, filters: [{ ...kind, name: undefined }] }],
    [
      "figures of a filter that are none",
      { ...figures, filters: { f1: { ...figures.filters.f1, queue: -1 } } },
    ],
    ["an unknown role", state({ people: [{ ...person, role: "king" }] })],
    [
      "a turn that is none",
      state({ room: { ...room, seats: [{ position: [0, 0, 0], rotation: [0, 0, 0, 0] }] } }),
    ],
    [
      "a place without end",
      state({ room: { ...room, seats: [{ position: [0, 0, 1e9], rotation: [0, 0, 0, 1] }] } }),
    ],
    ["an item without width", state({ items: [{ ...item, width: 0 }] })],
    ["too many people", state({ people: Array.from({ length: 1001 }, () => person) })],
    ["a long name", state({ people: [{ ...person, name: "x".repeat(300) }] })],
    ["a revision below zero", state({ revision: -1 })],
  ])("refuses %s", (_, m) => {
    expect(parse(m)).toBeUndefined();
  });

  it("refuses what is no text, no JSON or too long", () => {
    expect(parseRoomMessage(new ArrayBuffer(2))).toBeUndefined();
    expect(parseRoomMessage("{")).toBeUndefined();
    expect(parseRoomMessage(JSON.stringify({ pad: "x".repeat(MAX_ROOM_MESSAGE) }))).toBeUndefined();
  });
});
