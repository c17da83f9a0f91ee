/** Made-up people, items and rooms. */
import type { Aside, Guest, Info, Item, Line, Person, Pose } from "../../src/protocol/room.gen";
import type { RoomState } from "../../src/session/session";

export function aPerson(id: string, more: Partial<Person> = {}): Person {
  return {
    id,
    name: id,
    role: "speaker",
    seat: 0,
    cube: "",
    unattended: false,
    program: false,
    present: true,
    hand: 0,
    microphone: "off",
    camera: "off",
    screen: "off",
    speaking: false,
    aside: "",
    looks: { shared: true, at: "", degrees: 0, since: 0 },
    quality: "good",
    filters: [],
    ...more,
  };
}

export function anItem(id: string, more: Partial<Item> = {}): Item {
  return {
    id,
    kind: "picture",
    owner: "p1",
    title: id,
    pose: { position: [0, 1.2, 0], rotation: [0, 0, 0, 1] },
    width: 1.6,
    height: 0.9,
    sides: "both",
    picture: "",
    pointers: [],
    ...more,
  };
}

export function aRoom(more: Partial<Info> = {}): Info {
  const seat = (): Pose => ({ position: [0, 0, 0], rotation: [0, 0, 0, 1] });
  return {
    name: "garden",
    layout: "round-table",
    seats: Array.from({ length: 6 }, seat),
    gallery: { position: [0, 0, -2.5], rotation: [0, 0, 0, 1] },
    boards: [],
    locked: false,
    lobby: true,
    murmur: true,
    ...more,
  };
}

export function aState(
  you: string,
  people: readonly Person[],
  more: {
    room?: Info;
    items?: readonly Item[];
    asides?: readonly Aside[];
    guests?: readonly Guest[];
    lines?: readonly Line[];
  } = {},
): RoomState {
  const byId = <T extends { id: string }>(all: readonly T[] = []) => new Map(all.map((one) => [one.id, one]));
  return {
    you,
    room: more.room ?? aRoom(),
    people: byId(people),
    items: byId(more.items),
    asides: byId(more.asides),
    guests: byId(more.guests),
    lines: more.lines ?? [],
  };
}
