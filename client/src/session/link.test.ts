import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Peer, Socket } from "../../test/fake/transport";
import { LOOK_CHANNEL } from "../protocol/room.gen";
import { Link, roomAddress } from "./link";
import type { Arriving, Refused, Stage } from "./session";

let stages: [Stage, string | undefined, number | undefined][] = [];
let streams: readonly Arriving[] = [];
let storage: Map<string, string>;

beforeEach(() => {
  vi.useFakeTimers();
  Socket.all = [];
  Peer.all = [];
  stages = [];
  storage = new Map();
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("RTCPeerConnection", Peer);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("sessionStorage", {
    getItem: (k: string) => storage.get(k) ?? null,
    setItem: (k: string, v: string) => storage.set(k, v),
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const welcome = (more: object = {}) => ({
  type: "welcome",
  protocol: 1,
  version: "1",
  room: "demo",
  you: "p1",
  resume: "secret",
  resumed: false,
  keptSeconds: 60,
  ice: [{ urls: ["turn:node"], username: "u", credential: "c" }],
  cubes: [],
  filters: [],
  ...more,
});
const offer = (id: number, sections: number, session = "7") => ({
  type: "offer",
  id,
  sdp: `v=0\no=- ${session} ${id} IN IP4 0.0.0.0\na=sections=${sections}`,
  restart: false,
});
const settle = () => vi.advanceTimersByTimeAsync(0);

function make() {
  const link = new Link({ address: "ws://node/api/room", room: "demo", token: "t", name: "Ann" });
  link.listen({
    stage: (stage, reason, retryIn) => stages.push([stage, reason?.error, retryIn]),
    streams: (all) => {
      streams = all;
    },
  });
  return link;
}

function opened() {
  const link = make();
  link.open();
  Socket.last.open();
  return link;
}

async function entered() {
  const link = opened();
  Socket.last.hear(welcome());
  Socket.last.hear({ type: "state", update: { revision: 5, full: true } });
  Socket.last.hear(offer(1, 3));
  await settle();
  Peer.last.become("connected");
  return link;
}

/** Lets seconds pass in which the node answers pings. */
async function answered(seconds: number) {
  for (let i = 0; i < seconds; i++) {
    await vi.advanceTimersByTimeAsync(1000);
    const socket = Socket.last;
    if (socket.readyState === 1) socket.hear({ type: "pong", t0: 0, t1: 1, t2: 1 });
  }
}

describe("entering", () => {
  it("says who comes, and pings", () => {
    opened();
    expect(Socket.last.sent[0]).toEqual({
      type: "enter",
      protocol: 1,
      room: "demo",
      token: "t",
      name: "Ann",
      resume: "",
      revision: 0,
    });
    expect(Socket.last.of("ping").length).toBe(1);
  });

  it("waits in the lobby", () => {
    const link = opened();
    Socket.last.hear({ type: "waiting", room: "demo" });
    expect(link.stage).toBe("waiting");
    Socket.last.hear(welcome());
    expect([link.stage, link.state.you]).toEqual(["in", "p1"]);
  });

  it("forgets who it was when it is sent back to the lobby", async () => {
    const link = await entered();
    Socket.last.hear({ type: "waiting", room: "demo" });
    expect([link.stage, link.state.you, link.connection]).toEqual(["waiting", "", "none"]);
    Socket.last.hear(welcome({ you: "p9" }));
    expect([link.stage, link.state.you]).toEqual(["in", "p9"]);
  });

  it("ends with the reason where it makes no sense to try again", async () => {
    const link = opened();
    Socket.last.hear({ type: "end", error: "denied", message: "No.", retry: false });
    await answered(60);
    expect(stages.at(-1)).toEqual(["ended", "denied", undefined]);
    expect(Socket.all.length).toBe(1);
    link.open();
    expect(Socket.all.length).toBe(2);
  });

  it("refuses a node of another protocol", () => {
    opened();
    Socket.last.hear(welcome({ protocol: 9 }));
    expect(stages.at(-1)?.slice(0, 2)).toEqual(["ended", "protocol-version"]);
  });
});

describe("media", () => {
  it("answers in order, sends in the first three sections and names what comes in the others", async () => {
    const link = await entered();
    const peer = Peer.last;
    expect(peer.configuration.iceServers?.[0]?.urls).toEqual(["turn:node"]);
    expect(peer.transceivers.map((t) => t.direction)).toEqual(["sendonly", "sendonly", "sendonly"]);
    expect(peer.channels[0]).toMatchObject({ label: LOOK_CHANNEL, options: { negotiated: true, id: 0 } });
    const view = { mid: "3", person: "p2", source: "view", cube: "a", murmur: false };
    Socket.last.hear({ type: "streams", streams: [view] });
    expect(streams).toEqual([]);
    Socket.last.hear(offer(2, 4));
    Socket.last.hear(offer(3, 5));
    await settle();
    expect(Socket.last.of("answer").map((m) => m.id)).toEqual([1, 2, 3]);
    expect(Peer.all.length).toBe(1);
    expect(peer.transceivers.slice(3).map((t) => t.direction)).toEqual(["recvonly", "recvonly"]);
    expect(streams.map((a) => a.stream.person)).toEqual(["p2"]);
    expect(link.streams).toBe(streams);
  });

  it("makes a connection anew where the node did, with the tracks", async () => {
    const link = await entered();
    const track = { getSettings: () => ({ height: 720 }) } as MediaStreamTrack;
    const told = link.publish("camera", track);
    await settle();
    const [request] = Socket.last.of("publish");
    expect(request).toMatchObject({ source: "camera", on: true });
    Socket.last.hear({ type: "done", re: request?.req, id: "" });
    await told;
    const sender = Peer.last.transceivers[1]?.sender;
    expect(sender?.track).toBe(track);
    expect(sender?.parameters.encodings[0]).toMatchObject({ maxBitrate: 600_000, scaleResolutionDownBy: 2 });
    Socket.last.hear(offer(2, 3, "8"));
    await settle();
    expect(Peer.all.map((p) => p.connectionState)).toEqual(["closed", "new"]);
    expect(Peer.last.transceivers[1]?.sender.track).toBe(track);
  });

  it("sends nothing of what a host has blocked", async () => {
    const link = await entered();
    const told = link.publish("microphone", { getSettings: () => ({}) } as MediaStreamTrack);
    await settle();
    Socket.last.hear({
      type: "failed",
      re: Socket.last.of("publish")[0]?.req,
      error: "forbidden",
      message: "",
    });
    await expect(told).rejects.toMatchObject({ error: "forbidden" });
    expect(Peer.last.transceivers[0]?.sender.track).toBeNull();
  });

  it("tells anew what was blocked and is allowed again", async () => {
    const link = await entered();
    const track = { getSettings: () => ({}) } as MediaStreamTrack;
    link.publish("camera", track).catch(() => {});
    await settle();
    Socket.last.hear({ type: "done", re: Socket.last.of("publish")[0]?.req, id: "" });
    await settle();
    const me = {
      id: "p1",
      name: "Ann",
      role: "speaker",
      seat: 0,
      cube: "",
      present: true,
      hand: 0,
      microphone: "off",
      camera: "blocked",
      screen: "off",
      speaking: false,
      aside: "",
      looks: { shared: true, at: "", degrees: 0, since: 0 },
      quality: "good",
      unattended: false,
      program: false,
      filters: [],
    };
    Socket.last.hear({ type: "state", update: { revision: 6, full: false, people: [me] } });
    link.publish("camera", track).catch(() => {});
    await settle();
    expect(Socket.last.of("publish").length).toBe(2);
    link.leave();
  });

  it("sends looks that nothing waits before", async () => {
    const link = await entered();
    const look = { eye: [0, 0, 0], direction: [0, 0, 1], confidence: 1 } as const;
    link.look(look as never);
    const channel = Peer.last.channels[0];
    if (channel) channel.bufferedAmount = 9;
    link.look(look as never);
    expect(channel?.sent).toEqual([{ type: "look", sequence: 1, ...look }]);
  });
});

describe("requests", () => {
  it("are answered, refused or given up", async () => {
    const link = await entered();
    const say = () => link.ask({ type: "say", text: "hello", aside: false });
    const [one, two, three] = [say(), say(), say()];
    const [a, b] = Socket.last.of("say").map((m) => m.req);
    Socket.last.hear({ type: "failed", re: b, error: "rate", message: "Slower." });
    Socket.last.hear({ type: "done", re: a, id: "c1" });
    await expect(one).resolves.toMatchObject({ id: "c1" });
    await expect(two).rejects.toMatchObject({ error: "rate", message: "Slower." });
    const late = expect(three).rejects.toMatchObject({ error: "timeout" });
    await answered(11);
    await late;
  });

  it("fail at once without a connection, and with it", async () => {
    const link = await entered();
    const under = link.ask({ type: "raise", up: true, person: "" });
    const lost = expect(under).rejects.toMatchObject({ error: "away" });
    Socket.last.die();
    await lost;
    await expect(link.ask({ type: "raise", up: true, person: "" })).rejects.toMatchObject({ error: "away" });
  });

  it("are bounded", async () => {
    const link = await entered();
    const all = Array.from({ length: 65 }, () => link.ask({ type: "sit", person: "", seat: 1 }));
    await expect(all[64]).rejects.toMatchObject({ error: "rate" });
    const rest = Promise.allSettled(all);
    link.leave();
    await rest;
  });
});

describe("coming back", () => {
  it("resumes with what it knows, and keeps the media", async () => {
    const link = await entered();
    Socket.last.die();
    expect(stages.at(-1)?.[0]).toBe("away");
    await vi.advanceTimersByTimeAsync(stages.at(-1)?.[2] ?? 0);
    Socket.last.open();
    expect(Socket.last.sent[0]).toMatchObject({ resume: "secret", revision: 5, token: "t" });
    Socket.last.hear(welcome({ resumed: true, resume: "next" }));
    expect(link.stage).toBe("in");
    expect(Peer.all.length).toBe(1);
    expect(Peer.last.connectionState).toBe("connected");
    expect(Peer.last.configured?.iceServers?.[0]?.urls).toEqual(["turn:node"]);
  });

  it("notices a node that does not answer any more", async () => {
    await entered();
    await vi.advanceTimersByTimeAsync(4900);
    expect(stages.at(-1)?.[0]).toBe("away");
  });

  it("waits longer after each failure", async () => {
    make().open();
    for (let i = 0; i < 5; i++) {
      Socket.last.die();
      await vi.advanceTimersByTimeAsync(stages.at(-1)?.[2] ?? 0);
    }
    const pauses = stages.flatMap(([, , pause]) => (pause === undefined ? [] : [pause]));
    expect(pauses.length).toBe(5);
    for (let i = 1; i < pauses.length; i++) expect(pauses[i]).toBeGreaterThan(pauses[i - 1] as number);
  });

  it("takes the seat again when the page was loaded again, though the address has no token any more", async () => {
    await entered();
    const again = new Link({ address: "ws://node/api/room", room: "demo", token: "", name: "Ann" });
    again.open();
    Socket.last.open();
    expect(Socket.last.sent[0]).toMatchObject({ resume: "secret", token: "t", revision: 0 });
    again.leave();
    const third = new Link({ address: "ws://node/api/room", room: "demo", token: "", name: "Ann" });
    third.open();
    Socket.last.open();
    expect(Socket.last.sent[0]).toMatchObject({ resume: "" });
  });

  it("asks for new ways when the transport broke for two seconds, then begins anew", async () => {
    await entered();
    Peer.last.become("disconnected");
    await answered(1);
    Peer.last.become("connected");
    await answered(3);
    expect(Socket.last.of("restart")).toEqual([]);
    Peer.last.become("disconnected");
    await answered(3);
    expect(Socket.last.of("restart").length).toBe(1);
    expect(stages.at(-1)?.slice(0, 2)).toEqual(["in", "media"]);
    await answered(31);
    expect(Peer.last.connectionState).toBe("closed");
    Socket.last.open();
    expect(Socket.last.sent[0]).toMatchObject({ resume: "secret", revision: 0 });
  });

  it("asks for new ways when the network changed, or comes back at once", async () => {
    await entered();
    window.dispatchEvent(new Event("online"));
    expect(Socket.last.of("restart").length).toBe(1);
    await vi.advanceTimersByTimeAsync(2100); // the probe is not answered
    expect(stages.at(-1)?.[0]).toBe("away");
    const before = Socket.all.length;
    window.dispatchEvent(new Event("online"));
    expect(Socket.all.length).toBe(before + 1);
  });

  it("begins anew on an offer that cannot be used", async () => {
    await entered();
    Socket.last.hear({ ...offer(2, 3), sdp: "nonsense" });
    await settle();
    expect(stages.at(-1)?.slice(0, 2)).toEqual(["away", "media"]);
  });

  it("tells the node again what it publishes when it is somebody new", async () => {
    const link = await entered();
    link.publish("screen", { getSettings: () => ({}) } as MediaStreamTrack).catch(() => {});
    await settle();
    Socket.last.hear({ type: "done", re: Socket.last.of("publish")[0]?.req, id: "" });
    await settle();
    Socket.last.die();
    await vi.advanceTimersByTimeAsync(stages.at(-1)?.[2] ?? 0);
    Socket.last.open();
    Socket.last.hear(welcome({ you: "p9" }));
    expect(Socket.last.of("publish")).toMatchObject([{ source: "screen", on: true }]);
    expect(link.state.you).toBe("p9");
  });

  it("hears no more after it left", async () => {
    const link = await entered();
    const socket = Socket.last;
    link.leave();
    expect(socket.of("leave").length).toBe(1);
    expect(stages.at(-1)).toEqual(["ended", undefined, undefined]);
    socket.hear(welcome());
    await answered(30);
    expect(link.stage).toBe("ended");
    expect(Socket.all.length).toBe(1);
  });
});

it.each([
  ["http://node/", "ws://node/api/room"],
  ["https://node/sub/?room=a#token=b", "wss://node/sub/api/room"],
])("the room of %s is at %s", (page, room) => {
  expect(roomAddress(page)).toBe(room);
});

it("gives reasons as errors", () => {
  const reasons: Refused[] = [];
  const link = make();
  link.listen({ stage: (_, reason) => reason && reasons.push(reason) });
  link.open();
  Socket.last.die();
  expect(reasons[0]).toBeInstanceOf(Error);
});
