import { Backoff } from "../net/backoff";
import { Clock } from "../net/clock";
import {
  type Done,
  type End,
  type Look,
  ROOM_VERSION,
  type RoomMessage,
  type Update,
  type Welcome,
} from "../protocol/room.gen";
import { Media } from "./media";
import { type Memory, recall, remember } from "./memory";
import { Requests } from "./requests";
import {
  type Arriving,
  type Listener,
  Refused,
  type Request,
  type RoomState,
  type Session,
  type Source,
  type Stage,
} from "./session";
import { apply, nothing } from "./state";
import { Wire } from "./wire";

const restartEvery = 2000; // ms

/** What a page enters a room with. */
export interface Entry {
  address: string; // of the room's WebSocket
  room: string;
  token: string; // empty in development mode, or where the page kept one
  name: string; // shown to others; the token's wins
}

/**
 * The page's link to a room, for as long as it lives: it comes back to its
 * seat after a cut, a change of the network, or when the page was loaded again.
 */
export class Link implements Session {
  readonly clock = new Clock();
  readonly #entry: Entry;
  readonly #listeners = new Set<Listener>();
  readonly #backoff = new Backoff();
  readonly #requests = new Requests();
  readonly #tracks = new Map<Source, MediaStreamTrack>();
  readonly #published = new Set<Source>(); // the node was told of them
  #memory: Memory;
  #stage: Stage = "entering";
  #state: RoomState = nothing;
  #revision = 0;
  #welcome: Welcome | undefined;
  #streams: readonly Arriving[] = [];
  #wire: Wire | undefined;
  #media: Media | undefined;
  #timer: number | undefined;
  #looks = 0;
  #restartedAt = -restartEvery;
  #watching: AbortController | undefined;

  constructor(entry: Entry) {
    this.#entry = entry;
    this.#memory = recall(entry.room);
    if (entry.token) this.#memory.token = entry.token;
  }

  get stage(): Stage {
    return this.#stage;
  }

  get state(): RoomState {
    return this.#state;
  }

  get welcome(): Welcome | undefined {
    return this.#welcome;
  }

  get streams(): readonly Arriving[] {
    return this.#streams;
  }

  /** Messages of the node that made no sense since the wire stands. */
  get nonsense(): number {
    return this.#wire?.nonsense ?? 0;
  }

  /** Of the media's transport. */
  get connection(): RTCPeerConnectionState | "none" {
    return this.#media?.connection ?? "none";
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Enters, now; also after the end, and to end a pause between attempts. */
  open(name?: string): void {
    if (name !== undefined) this.#entry.name = name;
    if (!this.#watching) this.#watch();
    const been = this.#stage === "in" || this.#stage === "away";
    this.#connect();
    this.#say(been ? "away" : "entering");
  }

  ask(request: Request): Promise<Done> {
    return this.#requests.ask(request, (m) => this.#stage === "in" && (this.#wire?.send(m) ?? false));
  }

  async publish(source: Source, track: MediaStreamTrack | undefined): Promise<void> {
    if (track) this.#tracks.set(source, track);
    else this.#tracks.delete(source);
    const on = track !== undefined;
    await this.#media?.attach(source);
    // Away from the room it is told on coming back.
    if (this.#stage !== "in" || on === this.#published.has(source)) return;
    await this.#tell(source, on);
  }

  /** What the page itself publishes of a source. */
  own(source: Source): MediaStreamTrack | undefined {
    return this.#tracks.get(source);
  }

  look(look: Pick<Look, "eye" | "direction" | "confidence">): void {
    if (this.#stage === "in") this.#media?.look({ type: "look", sequence: ++this.#looks, ...look });
  }

  point(item: string, x: number, y: number): void {
    if (this.#stage === "in") this.#wire?.send({ type: "point", item, x, y });
  }

  async report(): Promise<RTCStatsReport | undefined> {
    return this.#media?.report();
  }

  nodeTime(now: number): number | undefined {
    return this.clock.node(now);
  }

  leave(): void {
    this.#wire?.send({ type: "leave" });
    this.#end();
  }

  async #tell(source: Source, on: boolean): Promise<void> {
    if (!on) this.#published.delete(source);
    try {
      await this.ask({ type: "publish", source, on });
      if (on) this.#published.add(source);
    } catch (cause) {
      if (on && cause instanceof Refused && cause.error !== "away" && cause.error !== "timeout") {
        this.#tracks.delete(source);
        await this.#media?.attach(source);
      }
      throw cause;
    }
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#cut();
    const wire = new Wire(this.#entry.address, this.clock, {
      open: () => this.#enter(wire),
      message: (m) => this.#take(m),
      lost: (reason) => this.#lost(reason),
    });
    this.#wire = wire;
  }

  #enter(wire: Wire): void {
    const { room, name } = this.#entry;
    const { token, resume } = this.#memory;
    wire.send({
      type: "enter",
      protocol: ROOM_VERSION,
      room,
      token,
      name,
      resume,
      revision: resume ? this.#revision : 0,
    });
  }

  #take(m: RoomMessage): void {
    switch (m.type) {
      case "welcome":
        this.#greet(m);
        break;
      case "waiting":
        if (this.#stage === "in") this.#retreat();
        this.#say("waiting");
        break;
      case "state":
        this.#update(m.update);
        break;
      case "offer":
        this.#media?.offer(m);
        break;
      case "streams":
        this.#media?.name(m.streams);
        break;
      case "window":
        this.#each((l) => l.window?.(m.cube, m.window));
        break;
      case "done":
      case "failed":
        this.#requests.answer(m);
        break;
      case "end":
        this.#ended(m);
        break;
      case "figures":
        this.#each((l) => l.figures?.(m));
        break;
    }
  }

  #greet(welcome: Welcome): void {
    if (welcome.protocol !== ROOM_VERSION) {
      const why = `The node speaks protocol ${welcome.protocol}, this page ${ROOM_VERSION}. Load the page again.`;
      this.#end(new Refused("protocol-version", why));
      return;
    }
    this.#backoff.reset();
    this.#welcome = welcome;
    this.#memory.resume = welcome.resume;
    remember(this.#entry.room, this.#memory);
    if (!welcome.resumed) {
      this.#begin();
      this.#state = { ...nothing, you: welcome.you };
    } else if (this.#state.you !== welcome.you) {
      this.#state = { ...this.#state, you: welcome.you };
    }
    if (this.#media) this.#media.ice = welcome.ice;
    else this.#media = this.#negotiator(welcome);
    this.#say("in");
    // Also what is off, as the node may have heard of it as on.
    for (const source of new Set([...this.#published, ...this.#tracks.keys()])) {
      this.#tell(source, this.#tracks.has(source)).catch(() => {}); // a blocked one is to be seen in the state
    }
  }

  #negotiator(welcome: Welcome): Media {
    const media = new Media(welcome.ice, this.#tracks, {
      send: (m) => void this.#wire?.send(m),
      streams: (streams) => {
        if (this.#media !== media) return;
        this.#streams = streams;
        this.#each((l) => l.streams?.(streams));
      },
      connected: () => this.#say(this.#stage),
      broken: () => this.#restart(true),
      hopeless: (message) => {
        this.#begin();
        this.#lost(new Refused("media", message));
      },
    });
    return media;
  }

  #update(update: Update): void {
    // A repeated message of before a cut.
    if (!update.full && update.revision < this.#revision) return;
    this.#revision = update.revision;
    this.#state = apply(this.#state, update);
    const me = this.#state.people.get(this.#state.you);
    // What a host has blocked must be told anew once it is allowed again.
    for (const source of this.#published) if (me?.[source] === "blocked") this.#published.delete(source);
    this.#each((l) => l.state?.(this.#state));
  }

  #ended(end: End): void {
    const reason = new Refused(end.error, end.message);
    // Whoever is sent away has no seat to come back to.
    if (end.error !== "shutdown") this.#forget();
    if (end.retry) this.#lost(reason);
    else this.#end(reason);
  }

  #lost(reason: Refused): void {
    this.#cut(reason);
    const been = this.#stage === "in" || this.#stage === "away";
    const pause = this.#backoff.next();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), pause);
    this.#say(been ? "away" : "entering", reason, pause);
  }

  /** Asks for new ways of the media, or comes back if the node is out of reach. */
  #restart(broken: boolean): void {
    if (this.#stage === "away") {
      this.#connect();
      return;
    }
    if (this.#stage !== "in" || !this.#wire) return;
    this.#wire.probe();
    const now = performance.now();
    if (now - this.#restartedAt < restartEvery) return;
    this.#restartedAt = now;
    this.#wire.send({ type: "restart" });
    if (broken) this.#say("in", new Refused("media", "The media connection to the node broke."));
  }

  #watch(): void {
    this.#watching = new AbortController();
    const options = { signal: this.#watching.signal };
    window.addEventListener("online", () => this.#restart(false), options);
    window.addEventListener(
      "pageshow",
      (e) => {
        if (e.persisted && !this.#wire?.isOpen) this.#connect();
      },
      options,
    );
    // It also tells of every new estimate; another kind of network alone matters.
    const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
    let kind = network?.type;
    network?.addEventListener(
      "change",
      () => {
        if (network.type === kind) return;
        kind = network.type;
        this.#restart(false);
      },
      options,
    );
  }

  /** Ends the wire and what waits for it. */
  #cut(reason = new Refused("away", "The connection to the room was lost.")): void {
    this.#wire?.close();
    this.#wire = undefined;
    this.#requests.abandon(reason);
  }

  /** Forgets what belongs to the participant that one was. */
  #begin(): void {
    this.#revision = 0;
    this.#published.clear();
    this.#media?.close();
    this.#media = undefined;
    this.#streams = [];
    this.#each((l) => l.streams?.([]));
  }

  /** A host sent the participant back to the lobby: whoever comes out of it is another one. */
  #retreat(): void {
    this.#forget();
    this.#begin();
    this.#state = nothing;
    this.#each((l) => l.state?.(this.#state));
  }

  #forget(): void {
    this.#memory.resume = "";
    remember(this.#entry.room, this.#memory);
  }

  #end(reason?: Refused): void {
    clearTimeout(this.#timer);
    this.#forget();
    this.#cut(reason);
    this.#begin();
    this.#watching?.abort();
    this.#watching = undefined;
    this.#say("ended", reason);
  }

  #say(stage: Stage, reason?: Refused, retryIn?: number): void {
    this.#stage = stage;
    this.#each((l) => l.stage?.(stage, reason, retryIn));
  }

  #each(tell: (listener: Listener) => void): void {
    for (const listener of [...this.#listeners]) tell(listener);
  }
}

/** The address of a page's room: api/room beside the page. */
export function roomAddress(base: string): string {
  const address = new URL("api/room", base);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
