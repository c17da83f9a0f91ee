/** A session without a node: what the room says is what the test sets, and what is asked is kept. */
import type { Done, Info, Item, Person, Pose } from "../../src/protocol/room.gen";
import type { Arriving, Listener, Request, RoomState, Session, Stage } from "../../src/session/session";
import { nothing } from "../../src/session/state";

export class FakeSession implements Session {
  readonly stage: Stage = "in";
  state: RoomState = nothing;
  readonly welcome = undefined;
  streams: readonly Arriving[] = [];
  readonly asked: Request[] = [];
  readonly looks: unknown[] = [];
  readonly points: [string, number, number][] = [];
  readonly #listeners = new Set<Listener>();

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ask(request: Request): Promise<Done> {
    this.asked.push(request);
    return { type: "done", re: 0, id: "" };
  }

  async publish(): Promise<void> {}

  look(look: unknown): void {
    this.looks.push(look);
    if (this.looks.length > 50) this.looks.shift();
  }

  point(item: string, x: number, y: number): void {
    this.points.push([item, x, y]);
  }

  async report(): Promise<undefined> {}

  nodeTime(): undefined {}

  leave(): void {}

  set(state: Partial<RoomState>): void {
    this.state = { ...this.state, ...state };
    this.each((l) => l.state?.(this.state));
  }

  arrive(streams: readonly Arriving[]): void {
    this.streams = streams;
    this.each((l) => l.streams?.(streams));
  }

  each(tell: (listener: Listener) => void): void {
    for (const listener of this.#listeners) tell(listener);
  }
}

/** Seats round a table as session/assembly has them. */
export function roundTable(n: number): Pose[] {
  const radius = 0.7 + (n > 2 ? 0.6 / Math.tan(Math.PI / n) : 0);
  return Array.from({ length: n }, (_, k) => {
    const yaw = (2 * Math.PI * k) / n;
    return {
      position: [-radius * Math.sin(yaw), 0, -radius * Math.cos(yaw)],
      rotation: [0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)],
    };
  });
}

export function sideBySide(): Pose[] {
  return [0.6, -0.6].map((x) => ({ position: [x, 0, 0], rotation: [0, 0, 0, 1] }));
}

export function info(layout: string, seats: Pose[], boards: Info["boards"]): Info {
  const gallery: Pose = { position: [0, 0, -2.5], rotation: [0, 0, 0, 1] };
  return { name: "made up", layout, seats, gallery, boards, locked: false, lobby: false, murmur: false };
}

export function person(id: string, name: string, seat: number, more: Partial<Person> = {}): Person {
  return {
    id,
    name,
    role: "speaker",
    seat,
    cube: "",
    unattended: false,
    program: false,
    present: true,
    hand: 0,
    microphone: "on",
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

export function item(id: string, owner: string, more: Partial<Item> = {}): Item {
  return {
    id,
    kind: "screen",
    owner,
    title: "Quarterly plan",
    pose: { position: [0, 0.35, 0], rotation: [0, 1, 0, 0] },
    width: 0.7,
    height: 0.4,
    sides: "both",
    picture: "",
    pointers: [],
    ...more,
  };
}
