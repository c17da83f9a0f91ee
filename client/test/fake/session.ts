/**
 * A session without a node: it records what is asked and answers as a node
 * would in the simple cases. For tests only.
 */
import type { Aside, Done, Figures, Guest, Item, Line, Person, Welcome } from "../../src/protocol/room.gen";
import {
  type Arriving,
  type Listener,
  Refused,
  type Request,
  type RoomState,
  type Session,
  type Source,
  type Stage,
} from "../../src/session/session";
import { filterChain } from "./filters";
import { aRoom } from "./state";

export class FakeSession implements Session {
  stage: Stage = "in";
  readonly welcome: Welcome = {
    type: "welcome",
    protocol: 1,
    version: "test",
    room: "garden",
    you: "p1",
    resume: "secret",
    resumed: false,
    keptSeconds: 60,
    ice: [],
    cubes: [],
    filters: [],
  };
  streams: readonly Arriving[] = [];
  readonly people = new Map<string, Person>();
  readonly items = new Map<string, Item>();
  readonly asides = new Map<string, Aside>();
  readonly guests = new Map<string, Guest>();
  readonly lines: Line[] = [];
  room = aRoom();
  you = "p1";
  /** What was asked, and what was published, in order. */
  readonly requests: Request[] = [];
  readonly published: string[] = [];
  /** Requests of this type are refused. */
  refuse = "";
  left = false;
  readonly #listeners = new Set<Listener>();

  get state(): RoomState {
    const { you, room, people, items, asides, guests, lines } = this;
    return { you, room, people, items, asides, guests, lines };
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ask(request: Request): Promise<Done> {
    this.requests.push(request);
    await Promise.resolve();
    if (this.refuse === request.type) throw new Refused("forbidden", "hosts alone may");
    this.#answer(request);
    this.tell();
    return { type: "done", re: this.requests.length, id: "x" };
  }

  async publish(source: Source, track: MediaStreamTrack | undefined): Promise<void> {
    this.published.push(`${source} ${track ? "on" : "off"}`);
    this.change(this.you, { [source]: track ? "on" : "off" });
  }

  look(): void {}
  point(): void {}

  async report(): Promise<RTCStatsReport | undefined> {
    return undefined;
  }

  nodeTime(): number | undefined {
    return undefined;
  }

  leave(): void {
    this.left = true;
    this.goTo("ended");
  }

  goTo(stage: Stage, error = "", retryIn?: number): void {
    this.stage = stage;
    const reason = error ? new Refused(error, error) : undefined;
    for (const l of this.#listeners) l.stage?.(stage, reason, retryIn);
  }

  change(id: string, part: Partial<Person>): void {
    const person = this.people.get(id);
    if (person) this.people.set(id, { ...person, ...part });
    this.tell();
  }

  write(from: string, text: string, aside = ""): void {
    const id = `c${this.lines.length + 1}`;
    const at = 1_790_000_000_000 + 60_000 * this.lines.length;
    this.lines.push({ id, from, name: this.people.get(from)?.name ?? from, text, at, aside });
    this.tell();
  }

  tell(): void {
    for (const l of this.#listeners) l.state?.(this.state);
  }

  show(figures: Figures): void {
    for (const l of this.#listeners) l.figures?.(figures);
  }

  hear(streams: readonly Arriving[]): void {
    this.streams = streams;
    for (const l of this.#listeners) l.streams?.(streams);
  }

  #answer(request: Request): void {
    switch (request.type) {
      case "raise": {
        const person = this.people.get(request.person || this.you);
        if (person) this.people.set(person.id, { ...person, hand: request.up ? 99_000 : 0 });
        break;
      }
      case "say":
        this.write(this.you, request.text, request.aside ? (this.people.get(this.you)?.aside ?? "") : "");
        break;
      case "rule":
        this.room = { ...this.room, locked: request.locked, lobby: request.lobby, murmur: request.murmur };
        break;
      case "admit":
        this.guests.delete(request.guest);
        break;
      case "clear":
        this.items.delete(request.item);
        break;
      case "filter": {
        const person = this.people.get(request.person || this.you);
        if (person) this.people.set(person.id, filterChain(person, request, this.welcome.filters));
        break;
      }
      case "shareLooks": {
        const me = this.people.get(this.you);
        if (me) this.people.set(me.id, { ...me, looks: { ...me.looks, shared: request.share } });
        break;
      }
    }
  }
}
